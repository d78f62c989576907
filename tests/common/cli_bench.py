"""The command line in this process: exit code, standard output and standard error of one run of it."""

from __future__ import annotations

import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any
from unittest.mock import patch

from shieldwall.bootstrap import create
from shieldwall.cli import main
from shieldwall.domain.members import Role

MEMBERS = ("Alder", "Cedar", "Dovetail")
PANELISTS = tuple(f"Panelist {number}" for number in range(1, 6))


@dataclass(frozen=True)
class Outcome:
    """What one run did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.code == 0, self.err
        return json.loads(self.out)

    @property
    def refusal(self) -> str:
        """The one line of an error."""
        assert self.code == 1, (self.code, self.out, self.err)
        assert self.err.count("\n") == 1, self.err
        assert self.err.startswith("error: "), self.err
        return self.err


def shieldwall(*args: object, home: Path | None = None) -> Outcome:
    """Run ``shieldwall`` with these arguments."""
    before = ["--home", str(home)] if home is not None else []
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.object(sys, "argv", ["shieldwall", *before, *map(str, args)]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return Outcome(code, out.getvalue(), err.getvalue())


def sample(name: str) -> Path:
    """A submission of the demonstration."""
    return Path(str(files("shieldwall.simulation"))) / "samples" / f"{name}.json"


def found(home: Path) -> Path:
    """Make an alliance of three members and five panelists."""
    alliance = create(home, "Test alliance")
    for name in MEMBERS:
        alliance.accounts.enrol(name, Role.MEMBER)
    for name in PANELISTS:
        alliance.accounts.enrol(name, Role.PANELIST)
    return home
