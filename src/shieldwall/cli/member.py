"""``shieldwall member``: accounts and their tokens."""

from __future__ import annotations

from typing import Annotated

import typer

from shieldwall.cli.context import AsJson, example, opened, put_json, put_table, table
from shieldwall.domain.members import Role, Tier

group = typer.Typer(help="Open accounts, list them, renew tokens.", no_args_is_help=True)


@group.command("add", epilog=example("member add 'Example Power' --role member --tier critical --alias example.com"))
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Unique name.")],
    role: Annotated[Role, typer.Option(help="What the account may do.")],
    tier: Annotated[Tier, typer.Option(help="Class of the member's own systems.")] = Tier.CORE,
    org: Annotated[str | None, typer.Option(help="Legal entity; the name itself by default.")] = None,
    alias: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TEXT",
            help="What identifies the member and mediation removes: a name, domain, key prefix, identity id.",
        ),
    ] = None,
    aggregator: Annotated[
        bool, typer.Option("--aggregator", help="It repeats what others publish, so it corroborates nothing.")
    ] = False,
    address: Annotated[
        str | None, typer.Option(help="The member's own settlement address, 0x...; else the operator keeps a key.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Open an account and show its token, this once."""
    alliance = opened(context)
    member, token = alliance.accounts.enrol(name, role, tier, org, alias or (), aggregator=aggregator, address=address)
    # A new panelist may be the one that waiting cases lacked.
    alliance.review.advance()
    if json:
        put_json({"member": member.id, "role": member.role.value, "token": token})
        return
    typer.echo(f"{name}: {member.role} {member.id}")
    typer.echo(f"Token, shown this once: {token}")


@group.command("list", epilog=example("member list --json"))
def list_(context: typer.Context, json: AsJson = False) -> None:
    """List every account."""
    members = opened(context).accounts.all()
    if json:
        put_json(
            [
                {
                    "member": member.id,
                    "name": member.name,
                    "role": member.role.value,
                    "tier": member.tier.value,
                    "organisation": member.organisation,
                    "aliases": list(member.aliases),
                    "aggregator": member.aggregator,
                    "account": member.account,
                    "joined_at": member.joined_at.isoformat(),
                }
                for member in members
            ]
        )
        return
    rows = table("Name", "Role", "Tier", "Organisation", "Id", "Joined")
    for member in members:
        rows.add_row(
            member.name,
            member.role.value,
            member.tier.value,
            member.organisation,
            member.id,
            f"{member.joined_at:%Y-%m-%d}",
        )
    put_table(rows)


@group.command("token", epilog=example("member token 'Example Power'"))
def token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name or id.")],
    json: AsJson = False,
) -> None:
    """Replace an account's token; the old one stops working at once."""
    alliance = opened(context)
    member = alliance.accounts.named(name)
    renewed = alliance.accounts.renew_token(name)
    if json:
        put_json({"member": member.id, "role": member.role.value, "token": renewed})
        return
    typer.echo(f"Token of {member.name}, shown this once: {renewed}")
