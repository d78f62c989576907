"""Every command explains itself, with an example."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
from cli_bench import shieldwall

from shieldwall.cli.app import app

EXPECTED = {
    "init", "serve", "member add", "member list", "member token", "policy show", "policy check", "policy adopt",
    "import stix", "import kev", "import epss", "import cvss", "panel list", "panel vote", "panel reveal",
    "epoch close", "epoch show", "withdraw", "receipt", "verify", "audit", "demo", "replay",
    "solve game", "solve alliance", "solve sharing", "solve outsourcing", "replicate", "figure", "certify",
}  # fmt: skip


def leaves(command: Any, path: str = "") -> Iterator[str]:
    for name, child in getattr(command, "commands", {}).items():
        yield from leaves(child, f"{path} {name}".strip())
    if not hasattr(command, "commands"):
        yield path


COMMANDS = sorted(leaves(typer.main.get_command(app)))


def test_every_promised_command_is_there() -> None:
    assert set(COMMANDS) == EXPECTED


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_an_example_of_itself(command: str) -> None:
    shown = shieldwall(*command.split(), "--help")
    assert shown.code == 0
    assert "Example:\n" in shown.out
    assert command in shown.out.split("Example:\n")[1]


@pytest.mark.parametrize("command", sorted(EXPECTED - {"serve"}))
def test_every_command_that_prints_results_prints_json(command: str) -> None:
    assert "--json" in shieldwall(*command.split(), "--help").out


def test_the_version_is_shown() -> None:
    assert shieldwall("--version").out.startswith("shieldwall ")
