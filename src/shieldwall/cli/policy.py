"""``shieldwall policy``: show the rules in force, check a file, put one into force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shieldwall.cli.context import AsJson, example, home_of, opened, put_json, read_text

group = typer.Typer(help="Show, check and adopt the rules of the alliance.", no_args_is_help=True)


@group.command("show", epilog=example("policy show > policy.toml"))
def show(context: typer.Context, json: AsJson = False) -> None:
    """Print the policy in force."""
    policy = opened(context).policies.current()
    if json:
        import tomllib  # noqa: PLC0415

        put_json({"hash": policy.hash, "policy": tomllib.loads(policy.text)})
        return
    typer.echo(policy.text, nl=False)


@group.command("check", epilog=example("policy check policy.toml"))
def check(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Policy file; the one in the alliance's folder by default.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Say whether a policy file is valid; nothing changes."""
    from shieldwall.bootstrap import POLICY_FILE  # noqa: PLC0415
    from shieldwall.domain.policy import parse_policy  # noqa: PLC0415

    path = file if file is not None else home_of(context) / POLICY_FILE
    policy = parse_policy(read_text(path, "policy"))
    if json:
        put_json({"valid": True, "hash": policy.hash})
        return
    typer.echo(f"{path}: valid; SHA-256 {policy.hash}")


@group.command("adopt", epilog=example("policy adopt policy.toml"))
def adopt(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Policy file.")],
    json: AsJson = False,
) -> None:
    """Put a policy into force from now on; the ledger records its hash."""
    alliance = opened(context)
    policy = alliance.policies.adopt(read_text(file, "policy"))
    alliance.review.advance()
    if json:
        put_json({"hash": policy.hash})
        return
    typer.echo(f"In force: SHA-256 {policy.hash}")
