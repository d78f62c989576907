from __future__ import annotations

import pytest

from shieldwall.stix.observables import Observable, observable, observables_of

SHA256 = "0123456789abcdef" * 4


def _indicator(pattern: str, pattern_type: str = "stix") -> set[tuple[str, str]]:
    found = observables_of({"type": "indicator", "pattern": pattern, "pattern_type": pattern_type})
    return {(one.kind, one.value) for one in found}


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        ("sha256", SHA256.upper(), ("sha256", SHA256)),
        ("domain", " WWW.Example[.]COM. ", ("domain", "www.example.com")),
        ("domain", "example(dot)org", ("domain", "example.org")),
        ("domain", "192.0.2.1", ("ipv4", "192.0.2.1")),
        ("ipv4", "192[.]0[.]2[.]1", ("ipv4", "192.0.2.1")),
        ("ipv4", "192.0.2.1/32", ("ipv4", "192.0.2.1")),
        ("ipv4", "192.0.2.77/24", ("ipv4", "192.0.2.0/24")),
        ("ipv6", "2001:DB8:0::1", ("ipv6", "2001:db8::1")),
        ("url", "hxxp[://]Example[.]com/A?b=[.]C", ("url", "http://example.com/A?b=.C")),
        ("url", "HTTPS://User@Example.COM:8443/X", ("url", "https://User@example.com:8443/X")),
        ("url", "http://example.com", ("url", "http://example.com/")),
        ("url", "192.0.2.1:8080/gate.php", ("url", "http://192.0.2.1:8080/gate.php")),
        ("url", "tcp://192.0.2.1:443/", ("url", "tcp://192.0.2.1:443/")),
        ("email", "A.User[at]Example.com", ("email", "a.user@example.com")),
        ("cve", "cve-2021-44228", ("cve", "CVE-2021-44228")),
        ("registry-key", r"HKLM\Software\X", ("registry-key", r"hklm\software\x")),
        ("mutex", "Global\\X", ("mutex", "Global\\X")),
    ],
)
def test_one_thing_has_one_spelling(kind: str, written: str, kept: tuple[str, str]) -> None:
    assert observable(kind, written) == Observable(*kept)


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        ("sha256", SHA256[:-1]),
        ("md5", "g" * 32),
        ("domain", "localhost"),
        ("domain", "example.com/gate.php"),
        ("domain", ""),
        ("ipv4", "192.0.2.300"),
        ("url", "not a url"),
        ("url", "gate.php?"),
        ("email", "example.com"),
        ("cve", "CVE-21-1"),
        ("mutex", "  "),
    ],
)
def test_what_is_not_of_its_kind_is_no_observable(kind: str, written: str) -> None:
    assert observable(kind, written) != Observable(kind, written)
    assert observable(kind, written) is None or kind == "url"


def test_equalities_of_a_pattern_are_taken_and_nothing_else() -> None:
    assert _indicator(f"[file:hashes.'SHA-256' = '{SHA256}' OR file:name = 'a.exe']") == {("sha256", SHA256)}
    assert _indicator("[ipv4-addr:value IN ('192.0.2.1', '192.0.2.2')]") == {
        ("ipv4", "192.0.2.1"),
        ("ipv4", "192.0.2.2"),
    }
    assert _indicator("[domain-name:value = 'example.com'] FOLLOWEDBY [url:value = 'http://example.org/a']") == {
        ("domain", "example.com"),
        ("url", "http://example.org/a"),
    }
    assert _indicator("[network-traffic:dst_ref.value = '198.51.100.1']") == {("ipv4", "198.51.100.1")}
    assert _indicator("[process:image_ref.hashes.MD5 = '" + "a" * 32 + "']") == {("md5", "a" * 32)}


@pytest.mark.parametrize(
    "pattern",
    [
        "[domain-name:value != 'example.com']",
        "[NOT domain-name:value = 'example.com']",
        "[domain-name:value NOT = 'example.com']",
        "[domain-name:value LIKE '%.example.com']",
        "[domain-name:value NOT IN ('example.com')]",
        "[x-example:value = 'example.com']",
        "[domain-name:value = ",
    ],
)
def test_what_is_not_claimed_equal_is_no_observable(pattern: str) -> None:
    assert _indicator(pattern) == set()


def test_rules_in_other_languages_are_not_searched() -> None:
    assert _indicator("[domain-name:value = 'example.com']", "sigma") == set()


def test_observable_objects_and_vulnerabilities_carry_observables() -> None:
    file = {"type": "file", "hashes": {"SHA-256": SHA256, "SHA3-256": SHA256}, "name": "a.exe"}
    assert observables_of(file) == {Observable("sha256", SHA256)}
    observed = {
        "type": "observed-data",
        "objects": {"0": file, "1": {"type": "url", "value": "http://a.example/"}},
    }
    assert {one.kind for one in observables_of(observed)} == {"sha256", "url"}
    references = [{"source_name": "cve", "external_id": "CVE-2017-0199"}, {"source_name": "x", "url": "u"}]
    flaw = {"type": "vulnerability", "name": "Log4Shell (CVE-2021-44228)", "external_references": references}
    assert {one.value for one in observables_of(flaw)} == {"CVE-2017-0199", "CVE-2021-44228"}
    assert observables_of({"type": "malware", "name": "CVE-2021-44228"}) == frozenset()


def test_only_hashes_are_hashes() -> None:
    assert Observable("md5", "a" * 32).is_hash
    assert not Observable("ipv4", "192.0.2.1").is_hash
