"""From a valid object to what others may read of it: the contributor's names, ids and contacts are out.

Ids of content stay, and so do identities of others: victims, vendors, ATT&CK (decisions 5 and 6). What no
alias covers, such as style, choice of words or the place of a victim, is not hidden here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from shieldwall.domain.contributions import MediatedObject, ValidObject
from shieldwall.errors import InvalidInput, InvalidStix
from shieldwall.mediation.aliases import PROSE_WITHHELD, STIX_ID, WITHHELD, Aliases, check_alias, registered
from shieldwall.mediation.pseudonym import check_key, pseudonym
from shieldwall.stix.canonical import canonical_json
from shieldwall.stix.parse import StixObject
from shieldwall.stix.schemas import property_names
from shieldwall.stix.validate import check
from shieldwall.stix.vocabulary import SCO

__all__ = ["check_alias", "mediate"]

_PROSE = frozenset(
    {
        "abstract", "aliases", "authors", "contact_information", "content", "description", "explanation",
        "goals", "labels", "name", "objective", "source_name", "statement",
    }
)  # fmt: skip
_BINARY = ("_bin", "_hex")
_LINK = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
_PROPERTY = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_UNDERSCORES = re.compile(r"__+")
_MAX_NUMBERED = 1000
_NO_NAME = "a text without what identifies the member"

_MAIL = re.compile(
    r"(?<![\w.%+'-])[\w.%+'-]++(?:@|\[@\]|\s?[\[(]at[\])]\s?)"
    r"(?:[\w-]++(?:\.|\[\.\]|\s?[\[(]dot[\])]\s?))+[^\W\d_]{2,}",
    re.IGNORECASE,
)
_MAIL_MARKS = ("@", "[at]", "(at)", "[AT]", "(AT)")
_PHONE = re.compile(
    r"(?<![\w+])\+[1-9](?:[ .()/-]{0,2}\d){7,14}(?!\d)"
    r"|(?<![\w.+-])(?:1-)?(?:\(\d{3}\)[ -]?|\d{3}-)\d{3}-\d{4}(?!\w|[.-]\d)",
    re.ASCII,
)
_PHONE_HINT = re.compile(r"[-+)](?:(?<=\+)[1-9]|[ -]?\d{3}-\d{4})", re.ASCII)


def mediate(original: ValidObject, aliases: Sequence[str], key: bytes) -> MediatedObject:
    """Remove from an object what identifies its contributor.

    References to a registered identity become the pseudonym of the object's lineage. Other aliases are taken
    out of every string and property name, in any spelling. E-mail addresses and telephone numbers are masked
    in prose and custom properties, never in patterns, URLs and observable values; an address that the pattern
    of the same object holds is content and stays.

    Args:
        original: The object as it came in.
        aliases: What is registered of the contributor, each as `check_alias` returns it.
        key: The alliance's secret, 16 to 64 bytes.

    Returns:
        ``served`` is None for the contributor's own identity and for translations of it.

    Raises:
        InvalidStix: The object cannot do without the name, as when its type or a hash holds it.
        InvalidInput: An alias or the key cannot be used.
    """
    names = registered(tuple(aliases))
    content = original.content
    about = content["object_ref"] if content["type"] == "language-content" else content["id"]
    if str(about).lower() in names.identities:
        return MediatedObject(original, None, content)
    check_key(key)
    served = canonical_json(content)
    text = served.decode()
    names = names.within(text)
    if names.pattern is None and not _may_hold_contact(text):
        return MediatedObject(original, served, content)
    mediated = _Mediation(content, names, key).result()
    if mediated == content:
        return MediatedObject(original, served, content)
    _still_valid(mediated)
    return MediatedObject(original, canonical_json(mediated), mediated)


def _may_hold_contact(text: str) -> bool:
    return any(mark in text for mark in _MAIL_MARKS) or _PHONE_HINT.search(text) is not None


def _still_valid(obj: StixObject) -> None:
    problems = check(obj)
    if problems:
        first = problems[0]
        raise _refusal(first.field, first.seen, f"{first.expected} once the member's name is out")


def _refusal(field: str, seen: object, expected: str = _NO_NAME) -> InvalidStix:
    return InvalidStix(field, seen, expected, f"Remove the name from {field} and send the object again.")


class _Mediation:
    """One pass over one object."""

    def __init__(self, content: Mapping[str, object], names: Aliases, key: bytes) -> None:
        self._content = content
        self._names = names
        self._key = key
        self._renamed: dict[str, str] = {}  # dotted path of a renamed key -> its new name

    def result(self) -> StixObject:
        kind = self._content["type"]
        # Every object but an observable has to say when it was created (STIX 2.1 section 3.2).
        observable = kind in SCO or "created" not in self._content
        mediated = self._properties(self._content, "", False, observable)
        for marking in mediated.get("granular_markings", ()) if self._renamed else ():
            marking["selectors"] = [self._selector(selector) for selector in marking["selectors"]]
        return mediated

    def _properties(self, node: Mapping[str, Any], path: str, custom: bool, observable: bool) -> dict[str, Any]:
        renamed = self._new_keys(node, path)
        known = property_names()
        result = {}
        for old, value in node.items():
            key = renamed.get(old, old)
            inner = f"{path}.{old}" if path else old
            own = custom or key.startswith(("x_", "extension-definition--"))
            own = own or not (path or observable or key in known)
            sco = observable or (key == "objects" and self._content["type"] == "observed-data")
            result[key] = self._value(value, key, inner, own, sco)
        return result

    def _value(self, value: Any, key: str, path: str, custom: bool, observable: bool) -> Any:
        if isinstance(value, str):
            return self._text(value, key, path, custom, observable)
        if isinstance(value, dict):
            return self._properties(value, path, custom, observable)
        if isinstance(value, list):
            return [
                self._value(item, key, f"{path}.[{position}]", custom, observable)
                for position, item in enumerate(value)
            ]
        return value

    def _text(self, text: str, key: str, path: str, custom: bool, observable: bool) -> str:
        names = self._names
        if text.lower() in names.identities:
            return pseudonym(self._key, str(self._content["id"]))
        if (key == "type" and not custom) or ("--" in text and STIX_ID.fullmatch(text)):
            # Ids and types are kept as they are, so a name in them cannot be taken out.
            if names.found(text) is not None:
                raise _refusal(path, text)
            return text
        if key == "selectors" and path.startswith("granular_markings."):
            return text  # follows the renamed properties at the end
        if key == "extension_properties" and names.found(text) is not None:
            return self._property_name(text, path)
        prose = custom or (key in _PROSE and not observable)
        if prose and not key.endswith(_BINARY) and not _LINK.fullmatch(text):
            return self._prose(text, path)
        return self._without_names(text, path, WITHHELD)

    def _prose(self, text: str, path: str) -> str:
        """Contacts first: the name in an address would otherwise go and leave the rest of it."""
        while True:
            masked = text
            if _may_hold_contact(text):
                masked = _PHONE.sub(PROSE_WITHHELD, _MAIL.sub(self._masked_mail, text))
            masked = self._without_names(masked, path, PROSE_WITHHELD)
            if masked == text:
                return text
            text = masked

    def _masked_mail(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in str(self._content.get("pattern", "")) else PROSE_WITHHELD

    def _without_names(self, text: str, path: str, replacement: str) -> str:
        try:
            return self._names.removed(text, replacement)
        except InvalidInput as error:
            raise _refusal(path, text) from error

    # ---- property names -----------------------------------------------------------------------------------

    def _new_keys(self, node: Mapping[str, Any], path: str) -> dict[str, str]:
        named = sorted(key for key in node if self._names.found(key) is not None)
        taken = set(node).difference(named)
        renamed = {}
        for key in named:
            field = f"{path}.{key}" if path else key
            new = self._free_name(self._property_name(key, field), taken, field)
            taken.add(new)
            renamed[key] = self._renamed[field] = new
        return renamed

    def _property_name(self, key: str, field: str) -> str:
        """A property keeps the rest of its name behind ``x_``; a key of a dictionary just loses the alias."""
        if not _PROPERTY.fullmatch(key):
            return self._without_names(key, field, WITHHELD)
        name = key
        while self._names.found(name) is not None:
            rest = _UNDERSCORES.sub("_", self._without_names(name, field, "_")).strip("_")
            name = f"x_{rest.removeprefix('x_') or WITHHELD}"
        return name

    def _free_name(self, name: str, taken: set[str], field: str) -> str:
        if name not in taken:
            return name
        for number in range(2, _MAX_NUMBERED):
            numbered = f"{name}_{number}"
            if numbered not in taken and self._names.found(numbered) is None:
                return numbered
        raise _refusal(field, name)

    def _selector(self, selector: str) -> str:
        """Follow a granular marking to the property under its new name (STIX 2.1 section 7.2.3.1)."""
        old, new = "", []
        for step in selector.split("."):
            old = f"{old}.{step}" if old else step
            new.append(self._renamed.get(old, step))
        return ".".join(new)
