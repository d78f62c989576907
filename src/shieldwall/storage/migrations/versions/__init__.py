"""Alembic revisions, one module each, the first one first."""
