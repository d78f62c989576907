"""What clustering and valuation read from a contribution: root key, actionability, impact and decay class.

Facts only; the figures they turn into are in ``mechanism``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from shieldwall.stix.observables import Observable, cves_in, observables_of
from shieldwall.stix.parse import StixObject
from shieldwall.stix.vocabulary import SCO

Aid = Literal["evidence", "context", "detection", "mitigation"]
DecayClass = Literal["phishing", "network", "vulnerability", "ttp"]

_EVIDENCE = SCO | {"indicator", "observed-data"}
_CONTEXT = frozenset(
    {"attack-pattern", "campaign", "infrastructure", "intrusion-set", "malware", "threat-actor", "tool"}
)
_TTP = _CONTEXT | {"course-of-action"}
_HOST_KINDS = frozenset({"domain", "url", "email", "mutex", "registry-key"})
_ADDRESS_KINDS = frozenset({"ipv4", "ipv6"})
_LURE_KINDS = frozenset({"domain", "url", "email"})

_RULE_TESTS: dict[str, tuple[re.Pattern[str], ...]] = {
    "yara": (
        re.compile(r"^[ \t]*(?:(?:private|global)[ \t]+)*rule[ \t]+[A-Za-z_]\w*\s*[:{]", re.MULTILINE),
        re.compile(r"^[^/\n]*\bcondition\s*:\s*\S", re.MULTILINE),
    ),
    "sigma": (
        re.compile(r"^logsource:[ \t]*$", re.MULTILINE),
        re.compile(r"^detection:[ \t]*$", re.MULTILINE),
        re.compile(r"^[ \t]+condition:[ \t]*\S", re.MULTILINE),
    ),
}
_NETWORK_RULE = (
    re.compile(
        r"^(?:alert|block|drop|log|pass|react|reject|rejectsrc|rejectdst|rejectboth|rewrite|sdrop)[ \t]+"
        r"[a-z][\w.-]*[ \t]+\S+[ \t]+\S+[ \t]+(?:->|<>|<-)[ \t]+\S+[ \t]+\S+[ \t]*\(",
        re.MULTILINE,
    ),
    re.compile(r"[(;\s]sid[ \t]*:[ \t]*\d+[ \t]*;"),
    re.compile(r"\)[ \t]*$", re.MULTILINE),
)
_RULE_TESTS["snort"] = _RULE_TESTS["suricata"] = _NETWORK_RULE


def is_detection_rule(obj: StixObject) -> bool:
    """Whether an indicator carries a detection rule with the parts its language needs.

    A test of form, not of quality: YARA needs ``rule NAME`` and a condition; Snort and Suricata an action
    with its header and a ``sid``; Sigma a log source and a detection with a condition.

    >>> rule = "rule r { condition: true }"
    >>> is_detection_rule({"type": "indicator", "pattern_type": "yara", "pattern": rule})
    True
    """
    tests = _RULE_TESTS.get(obj.get("pattern_type", "")) if obj["type"] == "indicator" else None
    return tests is not None and all(test.search(obj["pattern"]) for test in tests)


def root_key(root: StixObject, objects: Mapping[str, StixObject]) -> str | None:
    """Return the id that decides the case of a contribution (decision 2), if the root names exactly one.

    Args:
        root: The contribution's root.
        objects: Its objects by id.

    Returns:
        A CVE id, else a campaign id, else a malware id; None where the root names none or several of each.
        A vulnerability that is referred to but not there counts as unnamed, so no CVE decides then.

    >>> root_key({"type": "report", "id": "r", "name": "CVE-2021-44228 again", "object_refs": []}, {})
    'CVE-2021-44228'
    """
    if root["type"] == "campaign":
        return str(root["id"])
    # Types without object_refs of their own may carry anything under that name.
    listed = root.get("object_refs")
    referred = sorted({str(name) for name in listed} if isinstance(listed, list) else ())
    vulnerabilities = [name for name in referred if name.startswith("vulnerability--")]
    named = _own_cves(root).union(*(_own_cves(objects[name]) for name in vulnerabilities if name in objects))
    unnamed = any(name not in objects or not _own_cves(objects[name]) for name in vulnerabilities)
    if len(named) == 1 and not unnamed:
        return next(iter(named))
    for prefix in ("campaign--", "malware--"):
        of_type = [name for name in referred if name.startswith(prefix)]
        if len(of_type) == 1:
            return of_type[0]
    return None


def _own_cves(obj: StixObject) -> frozenset[str]:
    references = obj.get("external_references", ())
    return cves_in(obj.get("name"), *(reference.get("external_id") for reference in references))


def actionability(objects: Iterable[StixObject]) -> frozenset[Aid]:
    """Say which aids a defender gets, for factor Q of mechanism 2.1.

    Evidence: an indicator, observed data or observable. Context: who, what or how. Detection: an indicator
    that passes `is_detection_rule`. Mitigation: a course of action.

    >>> sorted(actionability([{"type": "course-of-action"}, {"type": "url"}]))
    ['evidence', 'mitigation']
    """
    found: set[Aid] = set()
    for obj in objects:
        kind = obj["type"]
        if kind in _EVIDENCE:
            found.add("evidence")
        if kind in _CONTEXT:
            found.add("context")
        if kind == "course-of-action":
            found.add("mitigation")
        if is_detection_rule(obj):
            found.add("detection")
    return frozenset(found)


def impact_tenths(objects: Sequence[StixObject], observables: Iterable[Observable]) -> int:
    """Rate impact where no CVSS score exists: the highest step reached, in tenths (mechanism 2.1, row S).

    Hash 20, address 25, host name, URL or other host trace 30, tool or malware 50, malware family with a
    detection rule 60, attack pattern or campaign 70; 0 for none of these.

    >>> impact_tenths([{"type": "indicator"}], [Observable("ipv4", "192.0.2.1")])
    25
    """
    steps = [0]
    for found in observables:
        if found.is_hash:
            steps.append(20)
        elif found.kind in _ADDRESS_KINDS:
            steps.append(25)
        elif found.kind in _HOST_KINDS:
            steps.append(30)
    types = {obj["type"] for obj in objects}
    if types & {"tool", "malware"}:
        steps.append(50)
    if any(map(is_detection_rule, objects)) and any(obj.get("is_family") is True for obj in objects):
        steps.append(60)
    if types & {"attack-pattern", "campaign"}:
        steps.append(70)
    return max(steps)


def decay_class(objects: Sequence[StixObject]) -> DecayClass:
    """Say how fast a contribution ages, for factor D of mechanism 2.1; the longest-lived content decides.

    A vulnerability comes first, then tactics, tools and actors; observables alone are ``network``, and
    ``phishing`` when a label or type list says so and there is a domain, URL or e-mail address.

    >>> decay_class([{"type": "url", "value": "https://login.example.com/", "labels": ["phishing"]}])
    'phishing'
    """
    types = {obj["type"] for obj in objects}
    if "vulnerability" in types:
        return "vulnerability"
    if types & _TTP:
        return "ttp"
    if any(map(_says_phishing, objects)) and any(
        found.kind in _LURE_KINDS for obj in objects for found in observables_of(obj)
    ):
        return "phishing"
    return "network"


def _says_phishing(obj: StixObject) -> bool:
    told = (obj.get(name) for name in ("labels", "indicator_types", "report_types"))
    return any("phish" in str(word).lower() for words in told if isinstance(words, list) for word in words)
