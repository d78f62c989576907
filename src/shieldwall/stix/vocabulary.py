"""Facts of the STIX 2.1 specification as tables: types, timestamps and their order, what references may name.

Source: OASIS Standard STIX Version 2.1 (10 June 2021), sections 3 to 7. The checks are in ``validate``.
"""

from __future__ import annotations

SDO = frozenset(
    {
        "attack-pattern", "campaign", "course-of-action", "grouping", "identity", "incident", "indicator",
        "infrastructure", "intrusion-set", "location", "malware", "malware-analysis", "note", "observed-data",
        "opinion", "report", "threat-actor", "tool", "vulnerability",
    }
)  # fmt: skip
SRO = frozenset({"relationship", "sighting"})
SCO = frozenset(
    {
        "artifact", "autonomous-system", "directory", "domain-name", "email-addr", "email-message", "file",
        "ipv4-addr", "ipv6-addr", "mac-addr", "mutex", "network-traffic", "process", "software", "url",
        "user-account", "windows-registry-key", "x509-certificate",
    }
)  # fmt: skip
META = frozenset({"extension-definition", "language-content", "marking-definition"})

TIMESTAMPS: dict[str, tuple[str, ...]] = {
    "campaign": ("first_seen", "last_seen"),
    "directory": ("ctime", "mtime", "atime"),
    "email-message": ("date",),
    "file": ("ctime", "mtime", "atime"),
    "indicator": ("valid_from", "valid_until"),
    "infrastructure": ("first_seen", "last_seen"),
    "intrusion-set": ("first_seen", "last_seen"),
    "language-content": ("object_modified",),
    "malware": ("first_seen", "last_seen"),
    "malware-analysis": ("submitted", "analysis_started", "analysis_ended"),
    "network-traffic": ("start", "end"),
    "observed-data": ("first_observed", "last_observed"),
    "process": ("created_time",),
    "relationship": ("start_time", "stop_time"),
    "report": ("published",),
    "sighting": ("first_seen", "last_seen"),
    "threat-actor": ("first_seen", "last_seen"),
    "user-account": (
        "account_created",
        "account_expires",
        "credential_last_changed",
        "account_first_login",
        "account_last_login",
    ),
    "windows-registry-key": ("modified_time",),
    "x509-certificate": ("validity_not_before", "validity_not_after"),
}
"""Timestamp properties of each type beside ``created`` and ``modified``."""

ORDER: dict[str, tuple[str, str, bool]] = {
    "campaign": ("first_seen", "last_seen", False),
    "indicator": ("valid_from", "valid_until", True),
    "infrastructure": ("first_seen", "last_seen", False),
    "intrusion-set": ("first_seen", "last_seen", False),
    "malware": ("first_seen", "last_seen", False),
    "network-traffic": ("start", "end", False),
    "observed-data": ("first_observed", "last_observed", False),
    "relationship": ("start_time", "stop_time", True),
    "sighting": ("first_seen", "last_seen", False),
    "threat-actor": ("first_seen", "last_seen", False),
}
"""Per type: the earlier property, the later one, and whether equality is refused too."""

_USER = frozenset({"user-account"})
_ADDRESS = frozenset({"email-addr"})
_ENDPOINT = frozenset({"ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"})
_TRAFFIC = frozenset({"network-traffic"})
_ARTIFACT = frozenset({"artifact"})
_SOFTWARE = frozenset({"software"})
_IP_REFERENCES = {
    "resolves_to_refs": frozenset({"mac-addr"}),
    "belongs_to_refs": frozenset({"autonomous-system"}),
}

COMMON_REFERENCES: dict[str, frozenset[str]] = {
    "created_by_ref": frozenset({"identity"}),
    "object_marking_refs": frozenset({"marking-definition"}),
}
"""What a reference property may name in every type."""

REFERENCES: dict[str, dict[str, frozenset[str]]] = {
    "directory": {"contains_refs": frozenset({"file", "directory"})},
    "domain-name": {"resolves_to_refs": frozenset({"ipv4-addr", "ipv6-addr", "domain-name"})},
    "email-addr": {"belongs_to_ref": _USER},
    "email-message": {
        "from_ref": _ADDRESS,
        "sender_ref": _ADDRESS,
        "to_refs": _ADDRESS,
        "cc_refs": _ADDRESS,
        "bcc_refs": _ADDRESS,
        "raw_email_ref": _ARTIFACT,
    },
    "file": {
        "parent_directory_ref": frozenset({"directory"}),
        "contains_refs": SCO,
        "content_ref": _ARTIFACT,
    },
    "ipv4-addr": _IP_REFERENCES,
    "ipv6-addr": _IP_REFERENCES,
    "malware": {"operating_system_refs": _SOFTWARE, "sample_refs": frozenset({"artifact", "file"})},
    "malware-analysis": {
        "host_vm_ref": _SOFTWARE,
        "operating_system_ref": _SOFTWARE,
        "installed_software_refs": _SOFTWARE,
        "analysis_sco_refs": SCO,
        "sample_ref": SCO,
    },
    "network-traffic": {
        "src_ref": _ENDPOINT,
        "dst_ref": _ENDPOINT,
        "src_payload_ref": _ARTIFACT,
        "dst_payload_ref": _ARTIFACT,
        "encapsulates_refs": _TRAFFIC,
        "encapsulated_by_ref": _TRAFFIC,
    },
    "observed-data": {"object_refs": SCO | SRO},
    "process": {
        "opened_connection_refs": _TRAFFIC,
        "creator_user_ref": _USER,
        "image_ref": frozenset({"file"}),
        "parent_ref": frozenset({"process"}),
        "child_refs": frozenset({"process"}),
    },
    "sighting": {
        "sighting_of_ref": SDO,
        "observed_data_refs": frozenset({"observed-data"}),
        "where_sighted_refs": frozenset({"identity", "location"}),
    },
    "windows-registry-key": {"creator_user_ref": _USER},
}
"""What a reference property may name; a whole category (SCO, SDO) also admits custom types."""
