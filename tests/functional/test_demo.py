"""The demonstration, once, as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from cli_bench import shieldwall

from shieldwall.simulation.demo import MEMBERS
from shieldwall.stix.validate import check


def test_the_demonstration_ends_with_agreeing_books(tmp_path: Path) -> None:
    outcome = shieldwall("demo", "--once", "--json", "--port", 0, home=tmp_path / "demo")
    shown = outcome.json
    assert (shown["members"], shown["epochs"]) == (6, 3)
    assert (shown["audit_ok"], shown["chain_agrees"]) == (True, True)
    for count in ("contributions", "cases", "payouts", "ledger_size"):
        assert type(shown[count]) is int
        assert shown[count] > 0
    standings = {line["member"]: line for line in shown["standings"]}
    assert sum(line["contributions"] for line in standings.values()) == shown["contributions"]
    assert standings["Fennel Logistics"]["micro_credits"] == 0
    assert all(line["micro_credits"] > 0 for name, line in standings.items() if name != "Fennel Logistics")
    story = outcome.err.splitlines()
    assert 10 <= len(story) <= 30
    assert sum("contributors named in them: none" in line for line in story) == 3
    assert any("one object is refused" in line for line in story)
    # What it made is a real alliance.
    assert shieldwall("audit", "--json", home=tmp_path / "demo").json["ok"] is True


def test_the_demonstration_refuses_a_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "not an empty folder" in shieldwall("demo", "--once", home=tmp_path).refusal


def test_the_samples_are_good_but_for_one_object_and_hold_reserved_names_only() -> None:
    folder = Path(__file__).parents[2] / "src" / "shieldwall" / "simulation" / "samples"
    objects = [item for path in folder.glob("*.json") for item in json.loads(path.read_bytes())["objects"]]
    bad = [item["value"] for item in objects if check(item)]
    assert bad == ["203.0.113.300"]
    assert {item["name"] for item in objects if item["type"] == "identity"} <= {one.name for one in MEMBERS}
    reserved: tuple[Callable[[str], bool], ...] = (
        lambda text: ".example." in text or text.startswith(("example.", "http")),
        lambda text: text.startswith(("192.0.2.", "198.51.100.", "203.0.113.")),
    )
    for item in objects:
        kind, _, value = item.get("pattern", "").partition(" = ")
        if kind in ("[domain-name:value", "[ipv4-addr:value"):
            assert reserved[kind == "[ipv4-addr:value"](value.strip("']")), value
