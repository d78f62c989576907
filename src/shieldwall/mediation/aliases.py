"""The registered texts of one member, found in any spelling and taken out of a string.

Which string may hold what is decided in ``anonymise``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from unicodedata import normalize

from shieldwall.errors import InvalidInput
from shieldwall.stix.schemas import property_names
from shieldwall.stix.vocabulary import META, SCO, SDO, SRO

MIN_ALIAS_CHARS = 3
"""Shorter texts occur in everything."""

WITHHELD = "withheld"
"""What stands for an alias where the syntax is strict: hosts, URLs, patterns, keys, observable values."""

PROSE_WITHHELD = f"[{WITHHELD}]"
"""What stands for an alias, an e-mail address or a telephone number in prose."""

_MAX_ROUNDS = 16
_FIELD = "alias"
_REGISTER = "Register a longer text that only the member bears."
STIX_ID = re.compile(r"([a-z][a-z0-9-]*)--([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})", re.IGNORECASE)
"""Object type and UUID of a STIX id."""

_SHORT_HEX = re.compile(r"-*(?:[0-9a-f]-*){1,7}")
_TIMELIKE = re.compile(r"[0-9tz:\-]+")
_INVISIBLE = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SEPARATOR = r"(?:[\s+_\-]|%20)+"
_WORD = re.compile(r"[^\W_]+")
# Everything that mediation writes, or that no object can do without.
_OURS = f"{PROSE_WITHHELD * 2} {WITHHELD * 2} x_{WITHHELD}_"
_SYNTAX = ("https://www.", "stix", "tlp_2_0")


def folded(text: str) -> str:
    """Write a text in the one form in which spellings compare: NFKC, caseless, without invisible characters.

    >>> folded("Ｅxam\u00adple ＣＯＲＰ")
    'example corp'
    """
    if text.isascii():
        return text.lower()
    return normalize("NFKC", _INVISIBLE.sub("", normalize("NFKC", text)).casefold())


def _forms(text: str) -> tuple[str, ...]:
    """The caseless forms a text is searched in.

    Normalising after folding joins a combining character to the end of an alias and hides it, so the forms
    before that are searched too.
    """
    if text.isascii():
        return (text.lower(),)
    return (text.lower(), text.casefold(), normalize("NFKC", text).casefold(), folded(text))


@dataclass(frozen=True, slots=True)
class Aliases:
    """The aliases of one member, ready to search with; build it with `registered`.

    Attributes:
        identities: Registered STIX identity ids, in lower case.
        pattern: Finds any alias in a text or in its folded form.
        tokens: A text that holds an alias holds one of these, folded or in lower case.
    """

    identities: frozenset[str]
    pattern: re.Pattern[str] | None
    tokens: tuple[str, ...]

    def within(self, text: str) -> Aliases:
        """Narrow the search to what may occur in an object, given its JSON text."""
        forms = _forms(text)
        hits = tuple(token for token in self.tokens if any(token in form for form in forms))
        return replace(self, tokens=hits) if hits else NO_ALIASES

    def found(self, text: str) -> str | None:
        """Return what names the member in a text as it is written or in folded form, None if nothing does."""
        if self.pattern is None or not self._may_name(text):
            return None
        for form in (text, *_forms(text)):
            if match := self.pattern.search(form):
                return match[0]
        return None

    def removed(self, text: str, replacement: str) -> str:
        """Take out every alias, again and again until taking one out has not put another one together.

        A text that hides an alias in compatibility characters comes back in NFKC, or folded if that is not
        enough; other texts keep every other character.

        Raises:
            InvalidInput: The rounds do not end, as with thousands of overlapping aliases.
        """
        if self.pattern is None or not self._may_name(text):
            return text
        for _ in range(_MAX_ROUNDS):
            cleaned = _once(self.pattern, text, replacement)
            if cleaned == text:
                return text
            text = cleaned
        raise InvalidInput(_FIELD, text, f"a name that {_MAX_ROUNDS} rounds of removal take out")

    def _may_name(self, text: str) -> bool:
        for form in _forms(text):
            for token in self.tokens:
                if token in form:
                    return True
        return False


def _once(pattern: re.Pattern[str], text: str, replacement: str) -> str:
    cleaned = pattern.sub(replacement, text)
    if cleaned != text or text.isascii():
        return cleaned
    for form in (_INVISIBLE.sub("", normalize("NFKC", text)), *_forms(text)):
        cleaned = pattern.sub(replacement, form)
        if cleaned != form:
            return cleaned
    return text


NO_ALIASES = Aliases(frozenset(), None, ())
"""Of a member that nothing identifies."""


def check_alias(text: str) -> str:
    """Return an alias as it is to be registered: trimmed, spaces single, a STIX id in lower case.

    Args:
        text: A name, a domain, a prefix of property keys or a STIX identity id.

    Raises:
        InvalidInput: Too short, a piece of hexadecimal or of a timestamp, the id of anything but an identity,
            or a text that occurs in what STIX needs (a property name, an object type) or mediation writes.

    >>> check_alias("  Example   Corp ")
    'Example Corp'
    """
    alias = " ".join(text.split())
    form = folded(alias)
    identifier = STIX_ID.fullmatch(form)
    if identifier is not None:
        if identifier[1] != "identity":
            raise InvalidInput(_FIELD, alias, "the STIX id of an identity, or no id: ids of content are kept")
        return form
    if len(form) < MIN_ALIAS_CHARS or sum(map(len, _WORD.findall(form))) < MIN_ALIAS_CHARS - 1:
        raise InvalidInput(_FIELD, alias, f"at least {MIN_ALIAS_CHARS} characters", _REGISTER)
    if _SHORT_HEX.fullmatch(form) or _TIMELIKE.fullmatch(form):
        raise InvalidInput(_FIELD, alias, "no text that ids, hashes or timestamps hold by chance", _REGISTER)
    pattern = _pattern((alias,))
    for needed in _needed():
        if pattern.search(needed):
            raise InvalidInput(_FIELD, alias, f"no text that occurs in {needed!r}, which stays", _REGISTER)
    return alias


@lru_cache(maxsize=256)
def registered(aliases: tuple[str, ...]) -> Aliases:
    """Compile the aliases of one member.

    The UUID of a registered identity counts as an alias of its own.

    Raises:
        InvalidInput: See `check_alias`.
    """
    checked = {check_alias(alias) for alias in aliases}
    ids = {alias: match[2] for alias in checked if (match := STIX_ID.fullmatch(alias))}
    texts = checked.union(ids.values())
    tokens = {max(_WORD.findall(form.lower()), key=len) for form in _spelled(texts)}
    return Aliases(frozenset(ids), _pattern(texts) if texts else None, tuple(sorted(tokens)))


def _spelled(texts: Iterable[str]) -> set[str]:
    return {form for text in texts for form in (text, normalize("NFKC", text), *_forms(text))}


def _pattern(texts: Iterable[str]) -> re.Pattern[str]:
    """Longest first; a space also stands for what URLs, keys and line breaks put in its place."""
    ordered = sorted(_spelled(texts), key=lambda form: (-len(form), form))
    return re.compile("|".join(map(_spelling, ordered)), re.IGNORECASE)


def _spelling(form: str) -> str:
    words = (re.escape(word) for word in form.split())
    # STIX patterns and rules write a quote with a backslash before it.
    return re.sub(r"['’\"]", r"""\\\\?['’"]""", _SEPARATOR.join(words))


@lru_cache(maxsize=1)
def _needed() -> tuple[str, ...]:
    types = SDO | SRO | SCO | META
    return (_OURS, *_SYNTAX, *sorted(property_names()), *sorted(f"{kind}--" for kind in types))
