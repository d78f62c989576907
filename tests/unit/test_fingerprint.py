"""What is kept of a contribution when its bodies are gone."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from shieldwall.errors import InvalidInput
from shieldwall.mediation.fingerprint import features, fingerprint
from shieldwall.stix.observables import Observable

KEY = bytes(range(32))
ADDRESS = Observable("ipv4", "192.0.2.1")
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


def obj(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"{kind}--00000000-0000-4000-8000-000000000001"} | more


def report(*referred: dict[str, Any], name: str = "a report") -> dict[str, Any]:
    return obj("report", name=name, object_refs=[one["id"] for one in referred])


def test_a_fingerprint_is_keyed_blake2b_of_kind_and_value() -> None:
    assert fingerprint(KEY, ADDRESS) == hashlib.blake2b(b"ipv4:192.0.2.1", key=KEY, digest_size=16).digest()
    assert fingerprint(bytes(32), ADDRESS) != fingerprint(KEY, ADDRESS)
    assert fingerprint(KEY, Observable("domain", "192.0.2.1")) != fingerprint(KEY, ADDRESS)


@pytest.mark.parametrize("length", [0, 15, 65])
def test_a_key_that_would_leave_digests_open_is_refused(length: int) -> None:
    with pytest.raises(InvalidInput, match="mediation key"):
        fingerprint(b"k" * length, ADDRESS)


def test_features_gather_root_key_observables_hashes_and_parts() -> None:
    pattern = f"[ipv4-addr:value = '192.0.2.1' OR file:hashes.MD5 = '{MD5}']"
    indicator = obj("indicator", pattern_type="stix", pattern=pattern)
    malware = obj("malware", is_family=True, name="m")
    root = report(indicator, malware)
    found = features(KEY, root, {one["id"]: one for one in (root, indicator, malware)})
    assert (found.root_key, found.cve) == (malware["id"], None)
    assert found.hashes == {fingerprint(KEY, Observable("md5", MD5))}
    assert found.observables == found.hashes | {fingerprint(KEY, ADDRESS)}
    assert found.parts == {"evidence", "context"}
    assert (found.impact, found.decay, found.known) == (50, "ttp", 0)


def test_a_cve_counts_as_an_observable_wherever_the_root_names_it() -> None:
    cve = {fingerprint(KEY, Observable("cve", "CVE-2021-44228"))}
    vulnerability = obj("vulnerability", name="CVE-2021-44228")
    for root, objects in (
        (report(name="about cve-2021-44228"), {}),
        (report(vulnerability), {vulnerability["id"]: vulnerability}),
        (vulnerability, {}),
    ):
        found = features(KEY, root, objects)
        assert found.root_key == found.cve == "CVE-2021-44228"
        assert found.observables == cve
        assert found.hashes == frozenset()


def test_without_a_single_root_key_there_is_none() -> None:
    found = features(KEY, report(name="CVE-2021-44228 and CVE-2021-45046"), {})
    assert (found.root_key, found.cve, found.observables) == (None, None, frozenset())
