"""``shieldwall withdraw``: send credits to a member's own address."""

from __future__ import annotations

from typing import Annotated

import typer

from shieldwall.cli.context import AsJson, example, opened, put_json


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("withdraw", epilog=example("withdraw 12.5 --member 'Example Power'"))(withdraw)


def withdraw(
    context: typer.Context,
    amount: Annotated[str, typer.Argument(help="Credits, with at most six decimals.")],
    member: Annotated[str, typer.Option(help="Name or id.")],
    json: AsJson = False,
) -> None:
    """Send a member's credits to its own address."""
    from shieldwall.domain.amounts import format_credits, parse_credits  # noqa: PLC0415

    micro = parse_credits("amount", amount)
    alliance = opened(context)
    account = alliance.accounts.named(member)
    alliance.settlement.withdraw(account, micro)
    left = alliance.settlement.balance(account)
    if json:
        put_json({"member": account.id, "withdrawn_micro_credits": micro, "balance_micro_credits": left})
        return
    typer.echo(f"{account.name}: withdrew {format_credits(micro)} credits; {format_credits(left)} left")
