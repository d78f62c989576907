"""``certify`` and adoption on a certificate, from the files to the ledger and to the comparison afterwards."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from cli_bench import MEMBERS, found, sample, shieldwall
from scripted import Script, hosts

from shieldwall.bootstrap import DATABASE_FILE, default_policy, in_memory
from shieldwall.cli import certify as command
from shieldwall.domain.amounts import MICRO
from shieldwall.domain.behaviour import Behaviour
from shieldwall.domain.certificates import Certificate
from shieldwall.domain.members import Tier
from shieldwall.domain.policy import Policy
from shieldwall.economics.certify import certify, comparison, read_members
from shieldwall.economics.certify.comparison import compare
from shieldwall.services.behaviour import behaviour

SAMPLE = Path(__file__).parents[2] / "src/shieldwall/simulation/samples/members.csv"
THRIFTY = default_policy().replace('budget = "1000"', 'budget = "500"').replace("delay_hours = 336", "delay_hours = 24")
FEW = """name,tier,count,contributions,severity,benefit,risk,fee
Alder,core,1,24,7.5,60,20,4500
Cedar,small,3,12,7,60,20,4500
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy with its certificate, a thrifty one with its own, and an alliance."""
    folder = tmp_path_factory.mktemp("certify")
    (folder / "policy.toml").write_text(default_policy().replace("seats = 5", "seats = 7"), encoding="utf-8")
    (folder / "thrifty.toml").write_text(THRIFTY, encoding="utf-8")
    (folder / "few.csv").write_text(FEW, encoding="utf-8")
    for name, members in (("policy", folder / "few.csv"), ("thrifty", SAMPLE)):
        shown = shieldwall("certify", "--policy", folder / f"{name}.toml", "--members", members, "--json")
        (folder / f"{name}.json").write_text(shown.out, encoding="utf-8")
    found(folder / "alliance")
    return folder


@pytest.fixture
def home(desk: Path, tmp_path: Path) -> Path:
    return shutil.copytree(desk / "alliance", tmp_path / "alliance")


def test_a_certificate_names_its_files_and_states_every_notion(desk: Path) -> None:
    made = json.loads((desk / "policy.json").read_text())
    assert made["certified"] is True
    assert made["policy"] == shieldwall("policy", "check", desk / "policy.toml", "--json").json["hash"]
    assert set(made["sharing"]) >= {"nash", "strict", "dominant", "unique", "potential_maximiser"}
    assert made["assumptions"]


def test_a_person_reads_verdicts_deviators_participation_budget_and_a_last_sentence(desk: Path) -> None:
    good = shieldwall("certify", "--policy", desk / "policy.toml", "--members", SAMPLE).out
    tried, last = good.splitlines()[-2:]
    assert last.startswith("Certified: by these estimates honest sharing is a strict equilibrium")
    assert "off by" not in last  # an error is told with what was tried, and as that
    assert "risks off by 13 % it stays certified in all 20 scenarios tried" in tried
    assert "no proof" in tried
    assert "not shown" in good  # dominance: the bound on pay does not refute it
    assert "Deviates" not in good
    bad = shieldwall("certify", "--policy", desk / "thrifty.toml", "--members", SAMPLE)
    assert bad.code == 0
    for expected in ("Honest sharing is", "risk-dominant", "Deviates", "Brightwater", "Rewards of fees", "Budget: "):
        assert expected in bad.out
    assert bad.out.splitlines()[-1] == (
        "Not certified; the cheapest change found that mends it sets access.levels.basic.delay_hours = 43 and costs "
        "0.00 credits a year."
    )


def test_without_a_policy_file_the_policy_in_force_is_certified(home: Path) -> None:
    made = shieldwall("certify", "--members", SAMPLE, "--json", home=home).json
    assert made["policy"] == shieldwall("policy", "show", "--json", home=home).json["hash"]


def test_a_grant_counts_as_income(desk: Path, tmp_path: Path) -> None:
    rich = tmp_path / "rich.toml"
    rich.write_text(default_policy().replace('budget = "1000"', 'budget = "2000"'), encoding="utf-8")
    given = ("certify", "--policy", rich, "--members", SAMPLE, "--json")
    assert shieldwall(*given).json["certified"] is False
    granted = shieldwall(*given, "--grant", "5000").json
    assert granted["certified"] is True
    assert granted["grant_micro_credits"] == 5_000_000_000
    assert "grant: got '-1'" in shieldwall(*given, "--grant", "-1").refusal


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Cedar,core,1,14", "Cedar,core,1,-14", "members line 4, column contributions: got '-14'"),
        ("Elm,", "Cedar,", "members line 6, column name: got 'Cedar'; expected a name that line 4 does not have"),
        ("Dovetail,core,1,12,6.4,24,60,1300\n", "\n", "members line 5: got 'an empty line'"),
        (",fee\n", "\n", "members line 1, column fee"),
    ],
)
def test_a_bad_members_file_is_refused_with_line_and_column(
    desk: Path, tmp_path: Path, old: str, new: str, told: str
) -> None:
    bad = tmp_path / "members.csv"
    text = SAMPLE.read_text()
    assert text.count(old) == 1
    bad.write_text(text.replace(old, new), encoding="utf-8")
    assert told in shieldwall("certify", "--policy", desk / "policy.toml", "--members", bad).refusal


def test_members_have_to_be_given(desk: Path) -> None:
    refused = shieldwall("certify", "--policy", desk / "policy.toml")
    assert refused.code == 2
    assert "--members" in refused.err


def test_a_policy_without_a_certificate_is_refused_and_the_remedy_is_told(desk: Path, home: Path) -> None:
    before = shieldwall("policy", "show", home=home).out
    refusal = shieldwall("policy", "adopt", desk / "policy.toml", home=home).refusal
    assert "expected a certificate of this policy" in refusal
    assert "shieldwall certify" in refusal
    assert "> certificate.json" in refusal
    assert "--uncertified" in refusal
    assert shieldwall("policy", "show", home=home).out == before


def test_a_certified_policy_is_adopted_and_the_ledger_names_its_certificate(desk: Path, home: Path) -> None:
    adopt = ("policy", "adopt", desk / "policy.toml", "--certificate", desk / "policy.json", "--json")
    adopted = shieldwall(*adopt, home=home).json
    assert len(adopted["certificate"]) == 64
    assert shieldwall("policy", "show", "--json", home=home).json["certificate"] == adopted["certificate"]
    with database(home) as connection:
        [(first,), (last,)] = connection.execute("SELECT body FROM ledger_entry ORDER BY position").fetchall()
    assert json.loads(first)["certificate"] is None  # the founding policy is recorded as uncertified
    assert json.loads(last) | {"at": ""} == {
        "at": "",
        "kind": "policy",
        "policy": adopted["hash"],
        "certificate": adopted["certificate"],
    }
    assert shieldwall(*adopt, home=home).json == adopted  # once more changes nothing
    audited = shieldwall("audit", "--json", home=home).json
    assert audited["ok"] is True
    assert audited["figures"]["ledger_size"] == 2


def test_a_certificate_can_follow_an_uncertified_adoption(desk: Path, home: Path) -> None:
    shown = shieldwall("policy", "adopt", desk / "policy.toml", "--uncertified", home=home)
    assert shown.out.rstrip().endswith("uncertified")
    certified = shieldwall("policy", "adopt", desk / "policy.toml", "--certificate", desk / "policy.json", home=home)
    assert "certificate" in certified.out
    assert shieldwall("audit", "--json", home=home).json["figures"]["ledger_size"] == 3


@pytest.mark.parametrize(
    ("policy", "certificate", "told"),
    [
        ("thrifty.toml", "thrifty.json", "It does not certify the policy: Brightwater gains 152.87 credits a year"),
        ("thrifty.toml", "policy.json", "Certify this one: shieldwall certify"),
        ("policy.toml", "policy.toml", "expected a JSON object"),
        ("policy.toml", "absent.json", "expected a readable file"),
    ],
)
def test_another_policys_certificate_or_a_negative_one_is_refused(
    desk: Path, home: Path, policy: str, certificate: str, told: str
) -> None:
    before = shieldwall("policy", "show", home=home).out
    refused = shieldwall("policy", "adopt", desk / policy, "--certificate", desk / certificate, home=home)
    assert told in refused.refusal
    assert shieldwall("policy", "show", home=home).out == before


def test_a_certificate_and_uncertified_exclude_each_other(desk: Path, home: Path) -> None:
    both = ("--certificate", desk / "policy.json", "--uncertified")
    assert shieldwall("policy", "adopt", desk / "policy.toml", *both, home=home).code == 2


def tampered(change: Callable[[dict[str, Any]], object], certificate: Path) -> str:
    document: dict[str, Any] = json.loads(certificate.read_text())
    change(document)
    return json.dumps(document)


def emptied(document: dict[str, Any]) -> None:
    document.update(members=[])
    document["game"]["classes"] = document["participation"]["classes"] = []


TAMPERED: list[tuple[Callable[[dict[str, Any]], object], str]] = [
    (lambda one: one["game"]["classes"][0].update(gain_micro_credits=-5), "game.classes[0].gain_micro_credits"),
    (lambda one: one["budget"].update(fees_micro_credits=1), "budget.fees_micro_credits"),
    (lambda one: one["sharing"]["margins_per_mille"].update(strict=999), "sharing.margins_per_mille.strict"),
    (emptied, "certificate.members"),
]


@pytest.mark.parametrize(("change", "told"), [*TAMPERED, (lambda one: one.update(code="evil"), "certificate.code")])
def test_an_edited_certificate_is_not_adopted(
    desk: Path, home: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], told: str
) -> None:
    edited = tmp_path / "edited.json"
    edited.write_text(tampered(change, desk / "policy.json"), encoding="utf-8")
    refused = shieldwall("policy", "adopt", desk / "policy.toml", "--certificate", edited, home=home)
    assert told in refused.refusal
    assert shieldwall("policy", "show", "--json", home=home).json["certificate"] is None


@pytest.mark.parametrize(("change", "told"), TAMPERED)
def test_the_audit_names_an_edited_certificate_that_was_adopted_all_the_same(
    desk: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], object], told: str
) -> None:
    alliance = in_memory()
    monkeypatch.setattr(alliance.policies, "_recompute", lambda policy, certificate: certificate)
    alliance.policies.adopt((desk / "policy.toml").read_text(), tampered(change, desk / "policy.json"))
    assert any(told in one for one in alliance.auditor.run().differences)


@contextmanager
def database(home: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(home / DATABASE_FILE)) as connection, connection:
        yield connection


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (
            "UPDATE document SET body = CAST(body || ' ' AS BLOB) WHERE kind = 'certificate' AND key <> 'current'",
            "the text of certificate",
        ),
        ("DELETE FROM document WHERE kind = 'certificate' AND key <> 'current'", "the text of certificate"),
        ("UPDATE document SET body = '' WHERE kind = 'certificate' AND key = 'current'", "is not the last one in the"),
        ("UPDATE document SET body = x'ff00' WHERE kind = 'certificate'", "the text of certificate"),
    ],
)
def test_the_audit_names_a_tampered_certificate(desk: Path, home: Path, statement: str, told: str) -> None:
    shieldwall("policy", "adopt", desk / "policy.toml", "--certificate", desk / "policy.json", home=home)
    assert shieldwall("audit", home=home).code == 0
    with database(home) as connection:
        assert connection.execute(statement).rowcount
    audited = shieldwall("audit", "--json", home=home)
    assert audited.code == 1
    assert any(told in one for one in json.loads(audited.out)["differences"]), audited.out


def test_an_alliance_of_three_is_compared_with_what_its_certificate_predicted() -> None:
    script = Script()
    text = script.alliance.policies.current().text
    members = read_members(
        "name,tier,count,contributions,severity,benefit,risk,fee\n"
        "sharers,core,2,13,7.0,60,20,4500\nothers,small,1,13,7.0,60,20,4500\n"
    )
    predicted = certify(script.alliance.policies.current(), members)
    script.alliance.policies.adopt(text, predicted.text.decode())
    sharers = [script.enrol("Alder"), script.enrol("Birch")]
    script.enrol("Cedar", tier=Tier.SMALL)
    for number in range(4):
        for place, member in enumerate(sharers):
            script.report(member, 10 * number + place, hosts(f"h{number}{place}"))
            script.judge()
        script.close()
    seen = behaviour(script.alliance.store)
    paid = sum(sum(one or 0 for one in member.paid) for member in seen.members)
    assert paid == sum(epoch.paid for epoch in seen.epochs) > 0
    points = [sum(member.points[place] or 0 for member in seen.members) for place in range(4)]
    assert points == [epoch.points for epoch in seen.epochs]
    found = compare(seen, script.alliance.policies.current(), script.alliance.policies.certificate())
    assert found["failed"] == ["members that keep their knowledge", "pay a year to a small member"]
    lines = list(command._comparison_ending(found))
    assert lines[-1].startswith("These predictions failed: members that keep their knowledge")
    assert not script.alliance.auditor.run().differences


def test_behaviour_is_compared_on_the_command_line_with_or_without_a_prediction(home: Path) -> None:
    for name in ("Dovetail", "Alder", "Cedar"):  # the later two repeat what is in the first
        shieldwall("import", "stix", sample(f"thistlebot-{name.lower()}"), "--member", name, home=home)
    shieldwall("epoch", "close", home=home)
    measured = shieldwall("certify", "--from-ledger", "--json", home=home).json
    assert measured["predictions"] == []
    assert measured["certificate"] is None
    assert [epoch["contributions"] for epoch in measured["epochs"]] == [3]
    assert {member["name"]: member["shared"] for member in measured["members"]} == {name: [True] for name in MEMBERS}
    shown = shieldwall("certify", "--from-ledger", home=home).out
    assert shown.splitlines()[-1].startswith("Nothing was predicted")
    compared = shieldwall("certify", "--from-ledger", "--members", SAMPLE, home=home).out
    assert "Prediction" in compared
    assert compared.splitlines()[-1].startswith("These predictions failed: members")


def test_the_comparison_takes_the_grant_of_the_certificate_unless_told_otherwise(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    free, policy, certificate = tmp_path / "free.csv", tmp_path / "policy.toml", tmp_path / "certificate.json"
    names = "".join(f"{name},core,13,8,400,20,0\n" for name in MEMBERS)
    free.write_text("name,tier,contributions,severity,benefit,risk,fee\n" + names, encoding="utf-8")
    policy.write_text(default_policy(), encoding="utf-8")
    given = ("certify", "--policy", policy, "--members", free, "--json")
    assert shieldwall(*given).json["certified"] is False
    certificate.write_text(shieldwall(*given, "--grant", "20000").out, encoding="utf-8")
    shieldwall("policy", "adopt", policy, "--certificate", certificate, home=home)
    grants: list[int] = []

    def told(behaviour: Behaviour, policy: Policy, prediction: Certificate, grant: int) -> dict[str, object]:
        grants.append(grant)
        return {}

    monkeypatch.setattr(comparison, "compare", told)
    shieldwall("certify", "--from-ledger", "--json", home=home)
    shieldwall("certify", "--from-ledger", "--grant", "0", "--json", home=home)
    assert grants == [20_000 * MICRO, 0]


def test_a_ledger_without_a_paid_contribution_is_told_as_such(home: Path) -> None:
    assert "Compare after some" in shieldwall("certify", "--from-ledger", home=home).refusal
