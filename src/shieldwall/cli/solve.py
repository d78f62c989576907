"""``shieldwall solve``: solve a model for the parameters of a JSON document."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shieldwall.cli.context import AsJson, example, progress_bar, put_json, read_text

if TYPE_CHECKING:
    from shieldwall.economics.model import Model


class SharingRegime(StrEnum):
    """Who decides what, and when, in the sharing market."""

    NASH = "nash"
    TECHNOLOGY_FIRST = "technology-first"
    STACKELBERG = "stackelberg"
    JOINT_PROFIT = "joint-profit"
    COLLUSION = "collusion"
    PLANNER = "planner"
    FIRST_BEST = "first-best"
    NO_SHARING = "no-sharing"


class OutsourcingRegime(StrEnum):
    """What the mandate asks and who can check it."""

    NONE = "none"
    REQUIREMENT = "requirement"
    VERIFIABLE = "verifiable"
    NO_COMMITMENT = "no-commitment"
    CLIENTS_SHIRK = "clients-shirk"
    BOTH_SHIRK = "both-shirk"


group = typer.Typer(help="Solve an economic model: which behaviour is an equilibrium.", no_args_is_help=True)

Params = Annotated[
    Path, typer.Option(metavar="FILE", help="JSON: one object, or a list of them. A dash reads standard input.")
]


@group.command("game", epilog=example("solve game --params game.json", "solve game --params - --json < games.json"))
def game(params: Params, json: AsJson = False) -> None:
    """Find every equilibrium of a two-player game.

    Parameters: {"payoffs": [[[row, column], ...], ...]}; a payoff is a number or text such as "7/2".
    """
    from shieldwall.economics.games.document import model  # noqa: PLC0415

    _solve(model(None), params, json)


@group.command("alliance", epilog=example("solve alliance --params alliance.json --json"))
def alliance(params: Params, json: AsJson = False) -> None:
    """Say who shares in an alliance, and what full sharing costs.

    Parameters: {"members": [{"knowledge": k, "benefit": b, "risk": r, "reward": t}, ...], "exclusion": rho};
    with "target": nash, strict, dominant, unique or potential, it also ranks the levers that reach it.
    """
    from shieldwall.economics.alliance.document import model  # noqa: PLC0415

    _solve(model(None), params, json)


@group.command("sharing", epilog=example("solve sharing --params market.json --regime joint-profit --json"))
def sharing(
    params: Params,
    regime: Annotated[SharingRegime, typer.Option(help="Who decides what, and when.")] = SharingRegime.NASH,
    proof: Annotated[
        bool, typer.Option("--prove", help="Also prove, rounding included, that no deviation gains more than 1e-9.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Find how much competing firms invest and share.

    Parameters: a, b1, b2, demand_spillover, cost_spillover, rivalry, leakage, cost; see the reference page.
    """
    from shieldwall.economics.sharing.document import model  # noqa: PLC0415

    _solve(model(regime.value, proving=proof), params, json)


@group.command("outsourcing", epilog=example("solve outsourcing --params service.json --regime requirement --json"))
def outsourcing(
    params: Params,
    regime: Annotated[
        OutsourcingRegime, typer.Option(help="What the mandate asks and who can check it.")
    ] = OutsourcingRegime.REQUIREMENT,
    json: AsJson = False,
) -> None:
    """Find how many clients outsource their security, at what quality and fee.

    Parameters: clients, attacks, system_value, provider_cost, client_cost, spillover, requirement; see the
    reference page.
    """
    from shieldwall.economics.outsourcing.document import model  # noqa: PLC0415

    _solve(model(regime.value), params, json)


def _solve(model: Model[Any], params: Path, as_json: bool) -> None:
    from shieldwall.economics.model import answer  # noqa: PLC0415
    from shieldwall.economics.parameters import load_json  # noqa: PLC0415
    from shieldwall.economics.status import Status  # noqa: PLC0415

    document = load_json(read_text(params, "params"))
    with progress_bar() as advance:
        solved = answer(model, document, lambda done, total: advance("solving", done, total))
    refused = solved["reason"] if isinstance(solved, dict) and solved["status"] == Status.INVALID else None
    if as_json:
        put_json(solved)
    elif refused is None:
        for number, entry in enumerate(solved if isinstance(solved, list) else [solved]):
            if number:
                typer.echo()
            for line in model.tell(entry) if entry["status"] != Status.INVALID else [entry["reason"]]:
                typer.echo(line)
    if refused is not None:
        typer.echo(f"error: {refused}", err=True)
        raise typer.Exit(1)
