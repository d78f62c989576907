"""One account at work over HTTP: what a member's, panelist's or operator's own client would do."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

import httpx

from shieldwall.domain.members import Member
from shieldwall.errors import ShieldwallError
from shieldwall.panel.ballot import NONCE_BYTES, commitment, parse_ballot

_TAXII = "application/taxii+json;version=2.1"
_COLLECTIONS = "/taxii2/alliance/collections"


class Visitor:
    """An account with its token.

    Args:
        url: The server's URL.
    """

    def __init__(self, member: Member, token: str, url: str) -> None:
        self.member = member
        self.token = token
        self._client = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
        )
        self._polled_until: str | None = None
        self._ballots: dict[str, dict[str, object]] = {}

    def submit(self, envelope: bytes) -> dict[str, Any]:
        """Post a TAXII envelope; return the status resource."""
        answer = self._ask(
            "POST",
            f"{_COLLECTIONS}/submissions/objects/",
            content=envelope,
            headers={"Accept": _TAXII, "Content-Type": _TAXII},
        )
        return dict(answer.json())

    def poll(self) -> list[dict[str, Any]]:
        """The objects that came into the pool since the last poll."""
        found: list[dict[str, Any]] = []
        query = {"added_after": self._polled_until} if self._polled_until else {}
        while True:
            answer = self._ask("GET", f"{_COLLECTIONS}/pool/objects/", headers={"Accept": _TAXII}, params=query)
            page = answer.json()
            found += page.get("objects", ())
            self._polled_until = answer.headers.get("X-TAXII-Date-Added-Last", self._polled_until)
            if not page.get("more"):
                return found
            query = query | {"next": page["next"]}

    def seal_ballots(self, shift: int) -> None:
        """Read each dossier that waits for a ballot and commit one.

        Args:
            shift: Tenths by which this panelist's severity differs from the stand-in's.
        """
        for case in self.get("/api/panel/cases"):
            if case["committed"]:
                continue
            dossier = self.get(f"/api/panel/cases/{case['case']}")["objects"]
            ballot = _opinion(dossier, shift)
            nonce = secrets.token_bytes(NONCE_BYTES)
            opened = parse_ballot(ballot["valid"], ballot["severity"], ballot["root"])
            sealed = commitment(case["case"], self.member.id, case["round"], opened, nonce)
            self.post(f"/api/panel/cases/{case['case']}/commitment", {"commitment": sealed.hex()})
            self._ballots[case["case"]] = {**ballot, "nonce": nonce.hex()}

    def open_ballots(self) -> None:
        """Reveal what was committed, where all commitments are in."""
        for case in self.get("/api/panel/cases"):
            if case["reveal_from"] and not case["revealed"] and case["case"] in self._ballots:
                self.post(f"/api/panel/cases/{case['case']}/ballot", self._ballots.pop(case["case"]))

    def get(self, path: str) -> Any:
        """The JSON at a path of the API."""
        return self._ask("GET", path).json()

    def get_bytes(self, path: str) -> bytes:
        """The bytes at a path of the API."""
        return self._ask("GET", path).content

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """Post JSON to the API; return its answer."""
        answer = self._ask("POST", path, json=body)
        return answer.json() if answer.content else None

    def close(self) -> None:
        """Close the connection."""
        self._client.close()

    def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            answer = self._client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise ShieldwallError(f"{method} {path}: {error}") from error
        if answer.is_error:
            raise ShieldwallError(f"{method} {path}: got {answer.status_code}: {answer.text[:200]}")
        return answer


def _opinion(dossier: list[dict[str, Any]], shift: int) -> dict[str, object]:
    """A stand-in for a panelist's judgement, from what kinds of objects it reads."""
    types = {item["type"] for item in dossier}
    labels = json.dumps([item.get("labels", ()) for item in dossier])
    if "unconfirmed" in labels:
        return {"valid": False, "severity": "1.0", "root": False}
    if "vulnerability" in types:
        tenths, root = 86, True
    elif "malware" in types:
        tenths, root = 75, False
    else:
        tenths, root = 55, False
    return {"valid": True, "severity": f"{(tenths + shift) / 10:.1f}", "root": root}
