"""How a demonstration ended: its figures, the table of who earned what, where its console is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from shieldwall.domain.amounts import format_credits, format_points

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Standing:
    """What one member did and earned; points in milli-points, credits in micro-credits."""

    member: str
    contributions: int
    first_reports: int
    corroborations: int
    milli_points: int
    micro_credits: int


@dataclass(frozen=True, slots=True)
class Story:
    """How the demonstration ended.

    Attributes:
        payouts: Number of payments to members.
        chain_agrees: Each member's balance on the chain is what it earned less what it withdrew.
        tokens: Sample tokens by account.
    """

    members: int
    contributions: int
    cases: int
    epochs: int
    payouts: int
    ledger_size: int
    audit_ok: bool
    chain_agrees: bool
    standings: tuple[Standing, ...]
    url: str
    tokens: Mapping[str, str]

    def as_json(self) -> dict[str, object]:
        """The figures, without tokens."""
        figures = asdict(self)
        del figures["tokens"], figures["url"]
        return figures

    def table(self) -> Table:
        """Who did and earned what."""
        from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - only when it is shown
        from rich.table import Table  # noqa: PLC0415

        rows = Table(box=SIMPLE_HEAD, pad_edge=False)
        rows.add_column("Member", no_wrap=True)
        for heading in ("Contri-\nbutions", "First\nreports", "Corrobo-\nrations", "Points", "Credits"):
            rows.add_column(heading, justify="right", no_wrap=True)
        for standing in self.standings:
            rows.add_row(
                standing.member,
                str(standing.contributions),
                str(standing.first_reports),
                str(standing.corroborations),
                format_points(standing.milli_points),
                format_credits(standing.micro_credits),
            )
        return rows

    def sign_in(self) -> list[str]:
        """Where the console is and how to get in."""
        width = max(map(len, self.tokens))
        return [
            f"The console is on {self.url}/console/ until Ctrl-C. Sign in with one of these tokens:",
            *(f"  {name:{width}}  {token}" for name, token in self.tokens.items()),
        ]
