"""Drives the real services with recorded or made-up members: no rule of the alliance is written here."""
