"""A certificate computed again from the rows that it carries, so that it need not be believed.

Not here: what is done about a difference (``services.policies``, ``services.audit``).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from shieldwall.domain.amounts import MICRO
from shieldwall.domain.certificates import Certificate
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify.certificate import certify, defaults
from shieldwall.economics.certify.members import COLUMNS, MembersFile, read_members
from shieldwall.errors import InvalidInput


def certify_again(policy: Policy, certificate: Certificate) -> Certificate:
    """Compute what a certificate of this policy says from its members and its grant.

    The hash of the members file is taken over, for the file is not at hand.

    Raises:
        InvalidInput: If its rows or its grant are none that a members file could give.
    """
    grant: Any = certificate.document["grant_micro_credits"]
    if grant < 0:
        raise InvalidInput("certificate.grant_micro_credits", grant, "an amount of 0 or more")
    return certify(policy, rows_of(certificate), grant)


def rows_of(certificate: Certificate) -> MembersFile:
    """The estimates that a certificate was computed from, read as strictly as a members file.

    Raises:
        InvalidInput: If no members file could give such rows.
    """
    document: Mapping[str, Any] = certificate.document
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(COLUMNS)
    try:
        lines.writerows(_cells(row) for row in document["members"])
        classes = read_members(text.getvalue()).classes
    except (KeyError, TypeError, ValueError, InvalidInput) as error:
        raise InvalidInput("certificate.members", str(error), "the rows that `shieldwall certify` writes") from error
    # Whether a column was given shows in the assumptions alone, and only if it holds nothing but its default.
    assumed = [column for column, told in defaults(classes).items() if told in document["assumptions"]]
    given = tuple(column for column in COLUMNS if column not in assumed)
    return MembersFile(certificate.members_file, given, classes)


def _cells(row: Mapping[str, Any]) -> list[object]:
    """A row as a members file writes it, in the order of its columns."""
    cells = {
        "name": row["name"],
        "tier": row["tier"],
        "contributions": row["contributions"],
        "severity": Fraction(row["severity_tenths"], 10),
        "benefit": row["benefit_credits"],
        "risk": row["risk_credits"],
        "fee": Fraction(row["fee_micro_credits"], MICRO),
        "count": row["count"],
        "corroborated": row["corroborated"],
        "root": "yes" if row["root"] else "no",
        "parts": row["parts"],
        "decay": row["decay"],
    }
    return [cells[column] for column in COLUMNS]
