"""Every exception class of Shieldwall.

Core errors know nothing of HTTP; ``web/errors.py`` holds the one table from class to status code.
A message gives the field, the value seen, what was expected and what to do.
"""

from __future__ import annotations


class ShieldwallError(Exception):
    """Base of everything Shieldwall raises on purpose."""


class InvalidInput(ShieldwallError):
    """Input refused at the border.

    Args:
        field: Name of the field, option or file line that is wrong.
        seen: The value that came in; long values are cut in the message.
        expected: What would have been accepted.
        remedy: What to do about it; empty when ``expected`` already says it.
    """

    def __init__(self, field: str, seen: object, expected: str, remedy: str = "") -> None:
        self.field = field
        self.seen = seen
        self.expected = expected
        self.remedy = remedy
        shown = repr(seen)
        if len(shown) > 120:
            shown = shown[:117] + "..."
        message = f"{field}: got {shown}; expected {expected}"
        super().__init__(f"{message}. {remedy}" if remedy else message)


class InvalidStix(InvalidInput):
    """A STIX object or a TAXII envelope that breaks a rule of its specification."""


class InvalidPolicy(InvalidInput):
    """A policy document with an unknown key or a value out of range."""


class InvalidBallot(InvalidInput):
    """A ballot that is late, repeated, malformed or does not open its commitment."""


class ConfigError(InvalidInput):
    """A setting or an alliance folder that cannot be used."""


class NotAuthenticated(ShieldwallError):
    """No token, or a token nobody holds."""


class NotPermitted(ShieldwallError):
    """The caller is known and may not do this."""


class NotFound(ShieldwallError):
    """The thing named does not exist, or the caller may not know that it does."""


class Conflict(ShieldwallError):
    """The request contradicts what is already recorded."""


class TooLarge(ShieldwallError):
    """A body, page or document above its limit."""


class RateLimited(ShieldwallError):
    """Too many requests; ``retry_after_s`` says when to come back."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class MechanismError(ShieldwallError):
    """A rule of the mechanism was called outside its domain: a bug, not an input."""


class EconomicsError(ShieldwallError):
    """A solver was called outside its domain, or in too low a precision: a bug, not an input."""


class MissingPackage(ShieldwallError):
    """A package of the ``economics`` extra is not installed."""

    def __init__(self, package: str) -> None:
        remedy = "pip install 'shieldwall[economics]', or make economics in a checkout"
        super().__init__(f"this needs the package {package}. Install it: {remedy}")
        self.package = package


class LedgerError(ShieldwallError):
    """A checkpoint, proof or entry that does not verify."""


class StorageError(ShieldwallError):
    """The database refused or failed; nothing was half-written."""


class SettlementError(ShieldwallError):
    """The chain refused or failed a transaction."""
