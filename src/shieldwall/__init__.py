"""Shieldwall runs a security-information-sharing alliance and pays for what helps its members."""

__version__ = "0.1.0"
