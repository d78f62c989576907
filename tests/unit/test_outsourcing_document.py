"""The JSON side: keys, null where nothing is defined, refusals that name both sides, warnings that do not refuse."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from shieldwall.economics.model import answer
from shieldwall.economics.outsourcing.document import model
from shieldwall.errors import InvalidInput

KEYS = {
    "status", "outsourcing_clients", "service_quality", "inhouse_quality", "client_utility", "fee", "expected_loss",
    "provider_profit", "welfare", "provider_shirks", "corner",
}  # fmt: skip
PAPER: dict[str, Any] = {
    "clients": 15, "attacks": Decimal("0.5"), "system_value": 10, "provider_cost": 1, "client_cost": 2,
    "spillover": Decimal("0.01"), "requirement": Decimal("0.3"),
}  # fmt: skip


def solved(regime: str = "requirement", **changes: Any) -> dict[str, Any]:
    given = {key: value for key, value in {**PAPER, **changes}.items() if value != "absent"}
    entry = answer(model(regime), given)
    assert isinstance(entry, dict)
    json.dumps(entry, allow_nan=False)
    return entry


def test_an_entry_has_the_promised_keys() -> None:
    entry = solved()
    assert set(entry) >= KEYS
    assert entry["status"] == "solved" and entry["warnings"] == []
    assert entry["outsourcing_clients"] == pytest.approx(11.162709245115636)


def test_the_default_regime_is_requirement_and_another_word_is_refused() -> None:
    assert answer(model(None), PAPER) == answer(model("requirement"), PAPER)
    with pytest.raises(InvalidInput, match="regime"):
        model("audit")


def test_attack_probability_may_replace_attacks_but_not_join_them() -> None:
    both = solved(attack_probability=Decimal("0.1"))
    assert both["status"] == "invalid" and "either attacks or attack_probability" in both["reason"]
    neither = solved(attacks="absent")
    assert neither["status"] == "invalid" and "attacks" in neither["reason"]
    one = solved(attacks="absent", attack_probability=Decimal("0.05"))
    assert one["outsourcing_clients"] == solved(attacks=Decimal("0.75"))["outsourcing_clients"]


def test_spillover_and_requirement_default_to_none() -> None:
    assert solved(spillover="absent", requirement="absent")["corner"] == "all"


def test_whole_clients_come_as_integers() -> None:
    entry = solved(integer_clients=True)
    assert entry["outsourcing_clients"] == 11 and isinstance(entry["outsourcing_clients"], int)
    assert solved(integer_clients=1)["status"] == "invalid"


def test_nobody_outsourcing_leaves_quality_fee_and_loss_null() -> None:
    entry = solved("no-commitment", requirement=Decimal("0.2"))
    assert entry["corner"] == "exit" and entry["outsourcing_clients"] == 0
    assert entry["service_quality"] is entry["fee"] is entry["expected_loss"] is None
    assert entry["inhouse_quality"] == 0.2 and entry["provider_shirks"] is False


def test_the_fee_has_full_liability_and_under_no_commitment_none() -> None:
    full = solved(requirement=Decimal("0.9"))
    assert full["fee"] == pytest.approx(10 - full["client_utility"], rel=1e-14)
    bare = solved("no-commitment", requirement=Decimal("0.9"))
    assert bare["fee"] == pytest.approx((1 - bare["expected_loss"]) * 10 - bare["client_utility"], rel=1e-12)
    assert bare["service_quality"] == 0.0


def test_a_liability_share_steers_effort_and_fee() -> None:
    half = solved("none", liability=Decimal("0.5"), clients=1, attacks="absent", attack_probability=Decimal("0.02"))
    assert half["service_quality"] == pytest.approx(0.1)
    assert half["fee"] == pytest.approx((1 - 0.5 * half["expected_loss"]) * 10 - half["client_utility"])
    assert solved(liability=1) == solved()
    assert solved("no-commitment", liability=Decimal("0.5"))["status"] == "invalid"
    assert solved(liability=2)["status"] == "invalid"


@pytest.mark.parametrize(
    "extension",
    [
        {"types": [{"clients": 15, "system_value": 10}], "system_value": "absent"},
        {"providers": 2},
        {"hacker": {"benefit": 1, "cost": 1}, "attacks": "absent"},
    ],
)
@pytest.mark.parametrize(("regime", "implied"), [("requirement", 1), ("verifiable", 1), ("no-commitment", 0)])
def test_beside_an_extension_the_implied_liability_is_accepted_and_no_other(
    regime: str, implied: int, extension: dict[str, Any]
) -> None:
    assert solved(regime, **extension, liability=implied) == solved(regime, **extension)
    for other in (1 - implied, Decimal("0.5")):
        refused = solved(regime, **extension, liability=other)
        assert refused["status"] == "invalid"
        assert (
            refused["reason"].startswith("liability")
            and f"expected {implied}, as {regime} implies" in refused["reason"]
        )


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"client_cost": 1}, ["provider_cost < client_cost", "Assumption 4", "left side is 1, the right 1"]),
        ({"attacks": 16}, ["attack_probability = attacks / clients <= 1", "1.06666666667"]),
        ({"attacks": -1}, ["0 <= attack_probability", "-0.0666666666667"]),
        (
            {"system_value": 31},
            ["attack_probability × system_value <= provider_cost (Assumption 6)", "1.03333333333", "the right 1"],
        ),
    ],
)
def test_a_broken_assumption_is_inadmissible_with_both_sides(changes: dict[str, Any], named: list[str]) -> None:
    entry = solved(**changes)
    assert entry["status"] == "inadmissible"
    assert all(part in entry["reason"] for part in named)


def test_the_bounds_of_the_assumptions_themselves_are_admissible() -> None:
    assert solved(attacks=15, system_value=1)["status"] == "solved"
    assert solved(system_value=30)["status"] == "solved"
    assert solved(requirement=1)["status"] == "solved"
    assert solved(attacks=0)["status"] == "solved"
    assert solved(attacks=Decimal("1e-299"), system_value=Decimal("1e-9"))["status"] == "solved"


def test_dropped_conventions_are_warned_of_and_solved() -> None:
    wide = solved(spillover=Decimal("0.2"))
    assert wide["status"] == "solved"
    assert "note 8" in wide["warnings"][0] and "left side is 0.2, the right 0.142857142857" in wide["warnings"][0]
    harsh: dict[str, Any] = {
        "system_value": 1,
        "attacks": 15,
        "provider_cost": 2,
        "client_cost": 9,
        "requirement": Decimal("0.9"),
    }
    assert any("0 <= client_utility" in warning for warning in solved(**harsh)["warnings"])
    lost: dict[str, Any] = {
        "clients": 40,
        "attacks": 40,
        "spillover": Decimal("0.1"),
        "system_value": 1,
        "provider_cost": 9,
    }
    swamped = solved(**lost, client_cost=90, requirement=Decimal("0.9"))
    assert swamped["expected_loss"] > 1
    assert any("expected_loss <= 1 (note 11)" in warning for warning in swamped["warnings"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clients": 0}, "clients"),
        ({"clients": Decimal("1.5")}, "clients"),
        ({"system_value": 0}, "system_value"),
        ({"provider_cost": -1}, "provider_cost"),
        ({"spillover": Decimal("-0.1")}, "spillover"),
        ({"requirement": Decimal("1.01")}, "requirement"),
        ({"system_value": "ten"}, "system_value"),
        ({"clientele": 3}, "clientele"),
        ({"providers": 2, "hacker": {"benefit": 1, "cost": 1, "capacity": None}}, "hacker"),
    ],
)
def test_what_cannot_be_read_is_invalid_and_named(changes: dict[str, Any], field: str) -> None:
    entry = solved(**changes)
    assert entry["status"] == "invalid"
    assert entry["reason"].startswith(field)


def test_a_batch_keeps_its_order_and_survives_bad_entries() -> None:
    batch = [PAPER, {"clients": 3}, {**PAPER, "attacks": 99}, {**PAPER, "integer_clients": True}]
    entries = answer(model("verifiable"), batch)
    assert isinstance(entries, list)
    assert [entry["status"] for entry in entries] == ["solved", "invalid", "inadmissible", "solved"]
    assert entries[0] == answer(model("verifiable"), PAPER)


@pytest.mark.parametrize("regime", ["none", "both-shirk"])
def test_an_ignored_mandate_changes_nothing_but_the_shirking_flag(regime: str) -> None:
    entry, free = solved(regime, requirement=Decimal("0.9")), solved("none", requirement=0)
    assert entry["provider_shirks"] is (regime == "both-shirk")
    assert {key: entry[key] for key in KEYS - {"provider_shirks"}} == {
        key: free[key] for key in KEYS - {"provider_shirks"}
    }


@pytest.mark.parametrize("requirement", ["0.0", "0.3", "0.9"])
@pytest.mark.parametrize("regime", ["none", "requirement", "no-commitment", "clients-shirk"])
def test_every_answer_ends_with_a_sentence(regime: str, requirement: str) -> None:
    lines = list(model(regime).tell(solved(regime, requirement=Decimal(requirement))))
    assert lines[-1].endswith(".") and "member" in lines[-1]


@pytest.mark.parametrize(
    ("regime", "changes", "sentence"),
    [
        (
            "requirement",
            {"requirement": 1},
            "Every member outsources, and the provider protects below the requirement.",
        ),
        (
            "verifiable",
            {"clients": 1, "attacks": Decimal("0.05")},
            "One member outsources, and the provider meets the requirement where there is one.",
        ),
        (
            "requirement",
            {},
            "Some members outsource (one more would put more at risk than she pays), "
            "and the provider meets the requirement where there is one.",
        ),
        ("no-commitment", {}, "No member outsources: at this requirement the provider has nothing to gain."),
    ],
)
def test_the_sentence_says_who_outsources_and_what_the_provider_does(
    regime: str, changes: dict[str, Any], sentence: str
) -> None:
    assert list(model(regime).tell(solved(regime, **changes)))[-1] == sentence


def test_without_a_pure_equilibrium_the_sentence_denies_no_other_and_inhouse_quality_stays_a_number() -> None:
    hacker = {"benefit": 20, "cost": 1, "capacity": None}
    market = {"clients": 10, "system_value": 1, "spillover": Decimal("0.06"), "attacks": "absent"}
    none = solved("none", **market, hacker=hacker)
    assert none["status"] == "no_equilibrium"
    assert none["mixed_equilibrium"]["attack_probability"] == pytest.approx(0.6219894, abs=1e-7)
    assert none["inhouse_quality"] == pytest.approx(0.6219894 / 2, abs=1e-7)
    assert list(model("none").tell(none))[-1].startswith("No pure equilibrium: ")
    complying = solved("requirement", **{**market, "requirement": Decimal("0.4")}, hacker=hacker)
    assert complying["inhouse_quality"] >= 0.4


def test_a_refusal_is_told_with_its_meaning() -> None:
    lines = list(model("none").tell(solved("none", attacks=99)))
    assert lines[-1] == "No answer: the parameters break an assumption of the model."
