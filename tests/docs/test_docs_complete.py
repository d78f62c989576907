"""The documentation covers what the program has, no more and no less: policy, settings, commands, ledger fields."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rule_samples import POLICY_TEXT, filed, verdict

from shieldwall.cli.app import app
from shieldwall.config import Settings
from shieldwall.domain.cases import Ballot, Evidence
from shieldwall.domain.epochs import Epoch
from shieldwall.ledger import Entry, EntryKind, decode
from shieldwall.services.record import (
    commit_entry,
    contribution_entry,
    draw_entry,
    epoch_entry,
    policy_entry,
    reveal_entry,
    verdict_entry,
)
from shieldwall.stix.parse import parse_envelope
from shieldwall.stix.validate import check

DOCS = Path(__file__).parents[2] / "docs"
AT = datetime(2026, 1, 2, tzinfo=UTC)
BALLOT = Ballot(valid=True, severity=75, root=False)


def rows(text: str) -> Iterator[list[str]]:
    """The cells of every table row whose first cell is code."""
    for line in text.splitlines():
        if line.startswith("| `"):
            yield [cell.strip() for cell in line.strip().strip("|").split(" | ")]


def codes(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def sections(text: str, mark: str) -> dict[str, str]:
    """The text below each heading that is code, by that code."""
    parts = re.split(rf"^{mark} ", text, flags=re.MULTILINE)[1:]
    found = {}
    for part in parts:
        heading, _, body = part.partition("\n")
        if heading.startswith("`"):
            found[heading.strip("`")] = body
    return found


def leaves(table: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        name = f"{path}.{key}" if path else key
        if isinstance(value, dict):
            yield from leaves(value, name)
        else:
            yield name, value


def test_every_policy_key_is_documented_with_its_default() -> None:
    documented = {}
    for key, default, *_ in rows((DOCS / "reference/policy.md").read_text()):
        documented[key.strip("`")] = tomllib.loads(f"x = {default.strip('`')}")["x"]
    assert documented == dict(leaves(tomllib.loads(POLICY_TEXT)))


def test_every_setting_is_documented_with_its_default() -> None:
    text = (DOCS / "reference/settings.md").read_text()
    table = [row for row in rows(text) if len(row) == 4]
    documented = {key.strip("`"): tomllib.loads(f"x = {default.strip('`')}")["x"] for key, default, *_ in table}
    assert documented == {field.name: field.default for field in fields(Settings)}


def commands(group: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        full = f"{path} {name}".strip()
        if hasattr(command, "commands"):
            yield from commands(command, full)
        else:
            yield full, command


def test_every_command_is_documented_with_its_arguments_and_options() -> None:
    documented = sections((DOCS / "reference/cli.md").read_text(), "##")
    existing = dict(commands(typer.main.get_command(app)))
    assert documented.keys() == existing.keys()
    for name, command in existing.items():
        told = {code for cell, *_ in rows(documented[name]) for code in codes(cell)}
        known = set()
        for parameter in command.params:
            if parameter.param_type_name == "argument":
                known.add((parameter.metavar or parameter.name).strip("[]").upper())
            elif parameter.name != "help":
                known |= {*parameter.opts, *parameter.secondary_opts}
        assert told == known, name


def written_entries() -> Iterator[Entry]:
    """One entry of every kind, with every field it can have."""
    contribution = filed("contribution-1").contribution
    for entry in (
        policy_entry(AT, "00" * 32, "11" * 32),
        contribution_entry(contribution, "case-1", "member-1", bytes(32), []),
        draw_entry(AT, "case-1", 0, 3, bytes(32), ["member-1"], ["member-1"]),
        commit_entry(AT, "case-1", 0, bytes(32)),
        reveal_entry(AT, "case-1", 0, bytes(32), BALLOT),
        verdict_entry(AT, "case-1", verdict(), Evidence(), 1),
        epoch_entry(Epoch(1, AT, 10, 0, closed_at=AT), [], []),
    ):
        yield decode(entry)


def test_every_ledger_entry_kind_and_field_is_documented() -> None:
    documented = sections((DOCS / "reference/ledger-entries.md").read_text(), "###")
    assert documented.keys() == {kind.value for kind in EntryKind}
    written: dict[str, set[str]] = {}
    for entry in written_entries():
        written.setdefault(entry.kind.value, set()).update(entry.fields)
    assert written.keys() == documented.keys()
    for kind, body in documented.items():
        table, *_ = re.split(r"^## ", body, flags=re.MULTILINE)
        assert {cell.strip("`") for cell, *_ in rows(table)} == written[kind], kind


def test_the_tutorial_report_is_refused_in_one_object_only() -> None:
    body = (DOCS / "tutorial/first-report.json").read_bytes()
    objects = [raw.value for raw in parse_envelope(body, max_objects=100, max_depth=32)]
    refused = [obj["id"] for obj in objects if obj is not None and check(obj)]
    assert refused == ["indicator--d3b1f0a7-4e6c-4b8d-9f2a-1c7e5a9b0d55"]
