"""The observables an object carries, normalised so that two members who saw the same thing write the same.

Taken from equalities in indicator patterns, from observable objects and from the CVE ids of vulnerabilities.
File names, command lines and paths are left out: they are shared by accident too often. Nothing is resolved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from shieldwall.stix.parse import StixObject
from shieldwall.stix.patterns import equalities
from shieldwall.stix.vocabulary import SCO

HASH_DIGITS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
"""Hexadecimal digits of each exact hash kind."""

_HASH_KINDS = frozenset(HASH_DIGITS) | {"ssdeep", "tlsh"}
_DIRECT_KINDS = {
    ("ipv4-addr", "value"): "ipv4",
    ("ipv6-addr", "value"): "ipv6",
    ("domain-name", "value"): "domain",
    ("url", "value"): "url",
    ("email-addr", "value"): "email",
    ("mutex", "name"): "mutex",
    ("windows-registry-key", "key"): "registry-key",
}
_CVE = re.compile(r"(?<![A-Za-z0-9])CVE-\d{4}-\d{4,}(?!\d)", re.IGNORECASE | re.ASCII)
_HEX = re.compile(r"[0-9a-f]+")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[\w-]{1,63}\.)+[^\W\d_][\w-]{1,62}")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]+)(.*)", re.DOTALL)
_DEFANGED = re.compile(r"\[(\.|:|@|/|://)\]|\((\.|@)\)|\{(\.)\}|\[(dot|at)\]|\((dot|at)\)", re.IGNORECASE)
_REFANGED = {"dot": ".", "at": "@"}
_HXXP = re.compile(r"\Ah(?:xx|tt)p(s?)://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Observable:
    """One normalised observable; build it with `observable`.

    Args:
        kind: md5, sha1, sha256, sha512, ssdeep, tlsh, ipv4, ipv6, domain, url, email, cve, mutex or
            registry-key.
        value: Lower case for hashes, hosts and e-mail, upper case for CVE ids, path of a URL as written.
    """

    kind: str
    value: str

    @property
    def is_hash(self) -> bool:
        """Whether it names a file by its content."""
        return self.kind in _HASH_KINDS


def observable(kind: str, value: str) -> Observable | None:
    """Normalise one value: refanged, one case, one spelling.

    Args:
        kind: A kind of `Observable`.
        value: As a member wrote it, perhaps defanged.

    Returns:
        None when the value is not of its kind (a host name that is no host name, a hash of the wrong length).

    >>> observable("url", "hxxps://WWW.Example[.]com/Path")
    Observable(kind='url', value='https://www.example.com/Path')
    """
    text = value.strip()
    if kind in HASH_DIGITS:
        text = text.lower()
        return Observable(kind, text) if len(text) == HASH_DIGITS[kind] and _HEX.fullmatch(text) else None
    if kind == "cve":
        return Observable(kind, text.upper()) if _CVE.fullmatch(text) else None
    if kind in ("domain", "ipv4", "ipv6"):
        return _host(_refang(text).lower().rstrip("."))
    if kind == "url":
        return _url(_refang(text))
    if kind == "email":
        local, at, host = _refang(text).rpartition("@")
        return Observable(kind, f"{local}@{host}".lower()) if local and at and _host(host.lower()) else None
    if kind == "registry-key":
        text = text.lower()
    return Observable(kind, text) if text else None


def _refang(text: str) -> str:
    plain = _DEFANGED.sub(lambda m: _REFANGED.get(m[0][1:-1].lower(), m[0][1:-1]), text)
    return _HXXP.sub(r"http\1://", plain)


def _host(text: str) -> Observable | None:
    """An address is an address and a name a name, whichever way it was labelled."""
    if text[:1].isdigit() or ":" in text:
        try:
            network = ip_network(text, strict=False)
        except ValueError:
            pass
        else:
            return Observable(f"ipv{network.version}", str(network).removesuffix(f"/{network.max_prefixlen}"))
    return Observable("domain", text) if _DOMAIN.fullmatch(text) else None


def _url(text: str) -> Observable | None:
    match = _URL.fullmatch(text)
    if match is None:
        # Reports often leave the scheme out: host, perhaps a port, and a path.
        host, _, _ = re.split(r"[/?#]", text, maxsplit=1)[0].partition(":")
        match = _URL.fullmatch(f"http://{text}") if _host(host.lower()) else None
    if match is None:
        return None
    scheme, authority, rest = match.groups()
    user, at, host = authority.rpartition("@")
    scheme = scheme.lower()
    if not rest and scheme in ("http", "https"):
        rest = "/"  # the same resource by RFC 3986 section 6.2.3
    return Observable("url", f"{scheme}://{user}{at}{host.lower()}{rest}")


def cves_in(*texts: object) -> frozenset[str]:
    """Find the CVE ids in texts, in upper case; what is no text is passed over.

    >>> cves_in("fix for cve-2021-44228", None)
    frozenset({'CVE-2021-44228'})
    """
    return frozenset(found.upper() for text in texts if isinstance(text, str) for found in _CVE.findall(text))


def observables_of(obj: StixObject) -> frozenset[Observable]:
    """Collect the observables of one valid object.

    >>> observables_of({"type": "vulnerability", "name": "CVE-2021-44228"})
    frozenset({Observable(kind='cve', value='CVE-2021-44228')})
    """
    return frozenset(found for found in _candidates(obj) if found is not None)


def _candidates(obj: StixObject) -> Iterator[Observable | None]:
    kind = obj["type"]
    if kind == "indicator" and obj.get("pattern_type") == "stix":
        for test in equalities(obj["pattern"]):
            yield _compared(test.object_type, test.path, test.value)
    elif kind == "vulnerability":
        references = obj.get("external_references", ())
        for cve in cves_in(obj.get("name"), *(reference.get("external_id") for reference in references)):
            yield Observable("cve", cve)
    elif kind == "observed-data":
        for nested in obj.get("objects", {}).values():
            yield from _carried(nested)
    elif kind in SCO:
        yield from _carried(obj)


def _carried(sco: dict[str, Any]) -> Iterator[Observable | None]:
    kind = sco["type"]
    for name, value in sco.items():
        if isinstance(value, str) and (kind, name) in _DIRECT_KINDS:
            yield observable(_DIRECT_KINDS[kind, name], value)
    if kind in ("file", "artifact"):
        for algorithm, digest in sco.get("hashes", {}).items():
            yield _hash(algorithm, digest)


def _compared(object_type: str, path: tuple[str, ...], value: str) -> Observable | None:
    if len(path) > 1 and path[-2] == "hashes" and object_type in ("file", "artifact", "process"):
        return _hash(path[-1], value)
    if object_type == "network-traffic" and path in (("src_ref", "value"), ("dst_ref", "value")):
        return observable("domain", value)
    if object_type == "email-message" and path in (("from_ref", "value"), ("sender_ref", "value")):
        return observable("email", value)
    kind = _DIRECT_KINDS.get((object_type, path[0])) if len(path) == 1 else None
    return observable(kind, value) if kind else None


def _hash(algorithm: str, digest: str) -> Observable | None:
    kind = algorithm.lower().replace("-", "")
    return observable(kind, digest) if kind in _HASH_KINDS else None
