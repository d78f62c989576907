"""How far the cells of a members file may be off: what was tried, random errors, and what breaks."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from importlib.resources import files
from math import ceil, floor
from random import Random

import pytest
from rule_samples import POLICY

from shieldwall.economics.certify import MemberClass, certify, read_members
from shieldwall.economics.certify.game import policy_game
from shieldwall.economics.certify.robustness import MOST, TRIED, robustness
from shieldwall.economics.certify.verdict import objections

SAMPLE = read_members(
    files("shieldwall.simulation").joinpath("samples/members.csv").read_text(encoding="utf-8")
).classes
FOUND = robustness(policy_game(SAMPLE, POLICY), 0)

OFF_BY_A_FIFTH = """name,tier,count,contributions,severity,benefit,risk,fee
Alder,critical,1,36,9.7,32,90,3200
Brightwater,critical,1,96/5,5.9,32,90,3200
Cedar,core,1,84/5,8.4,96/5,78,1300
Dovetail,core,1,72/5,7.6,96/5,72,1300
Elm,core,1,54/5,9.3,96/5,78,1300
Regional utilities,core,5,36/5,7.4,16,72,1300
Small operators,small,12,18/5,6.9,48/5,66,360
"""


def off(row: MemberClass, error: Fraction, random: Random) -> MemberClass:
    """Each cell at one end of what an error allows; severities in whole tenths within it."""
    parts = [1 + random.choice((-1, 1)) * error for _ in range(4)]
    severity = row.severity * parts[1]
    return replace(
        row,
        contributions=row.contributions * parts[0],
        severity=ceil(severity) if parts[1] < 1 else min(floor(severity), 100),
        benefit=row.benefit * parts[2],
        risk=row.risk * parts[3],
    )


def test_errors_of_the_cells_bear_less_than_errors_of_what_they_amount_to() -> None:
    certificate = certify(POLICY, read_members(OFF_BY_A_FIFTH))
    assert certificate.reasons == ("Brightwater gains 279.12 credits a year by keeping its knowledge",)
    assert FOUND.margin < 20  # each cell above is within 20 % of the sample


def test_random_errors_within_the_margin_leave_the_policy_certified() -> None:
    random = Random(8)  # noqa: S311 - samples, not secrets
    for _ in range(40):
        rows = [off(row, Fraction(FOUND.margin, 100), random) for row in SAMPLE]
        assert objections(policy_game(rows, POLICY), 0) == ()


def test_what_breaks_beyond_the_margin_is_told() -> None:
    assert FOUND.scenarios == 4 * TRIED
    assert FOUND.breaks == "Brightwater gains 152.95 credits a year by keeping its knowledge"


def test_where_nothing_is_certified_nothing_is_tried() -> None:
    told = certify(POLICY, read_members(OFF_BY_A_FIFTH)).document["robustness"]
    assert told == {"estimates_percent": None, "scenarios": 0, "breaks": ""}


@pytest.mark.parametrize(("fee", "holds"), [(0, True), (2_200 * 10**6, False)])
def test_participation_has_its_part_in_the_margin(fee: int, holds: bool) -> None:
    rows = [
        MemberClass(name, SAMPLE[2].tier, Fraction(12), 75, 400 * SAMPLE[2].benefit, Fraction(0), fee)
        for name in ("Alder", "Birch")
    ]
    if not holds:
        rows[0] = replace(rows[0], benefit=Fraction(0))
    found = robustness(policy_game(rows, POLICY), 10**12)
    assert (found.margin == MOST) is holds
    assert ("better off outside" in found.breaks) is not holds
