"""The console: server-rendered pages for people, without scripts."""

from shieldwall.web.console.routes import console_router

__all__ = ["console_router"]
