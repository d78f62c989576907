"""``shieldwall policy``: show the rules in force, check a file, put one into force."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from shieldwall.cli.context import AsJson, example, home_of, opened, put_json, read_text

group = typer.Typer(help="Show, check and adopt the rules of the alliance.", no_args_is_help=True)


@group.command("show", epilog=example("policy show > policy.toml"))
def show(context: typer.Context, json: AsJson = False) -> None:
    """Print the policy in force."""
    policies = opened(context).policies
    policy = policies.current()
    if json:
        import tomllib  # noqa: PLC0415

        proof = policies.certificate()
        known = proof.hash if proof else None
        put_json({"hash": policy.hash, "certificate": known, "policy": tomllib.loads(policy.text)})
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


@group.command(
    "adopt",
    epilog=example("policy adopt policy.toml --certificate certificate.json", "policy adopt policy.toml --uncertified"),
)
def adopt(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Policy file.")],
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What `shieldwall certify --json` printed for this very file.")
    ] = None,
    uncertified: Annotated[
        bool, typer.Option("--uncertified", help="Adopt without a certificate; the ledger says so.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Put a policy into force from now on.

    A certificate is computed again from its own rows and refused if anything differs. The ledger records both hashes.
    """
    if (certificate is not None) and uncertified:
        raise typer.BadParameter("give --certificate FILE or --uncertified, not both", param_hint="--uncertified")
    alliance = opened(context)
    text = read_text(file, "policy")
    if certificate is not None:
        policy = alliance.policies.adopt(text, read_text(certificate, "certificate"))
    elif uncertified:
        policy = alliance.policies.adopt_uncertified(text)
    else:
        _refuse_uncertified(text, file)
    alliance.review.advance()
    proof = alliance.policies.certificate()
    if json:
        put_json({"hash": policy.hash, "certificate": proof.hash if proof else None})
        return
    typer.echo(f"In force: SHA-256 {policy.hash}, {_proof(proof.hash if proof else None)}")


def _refuse_uncertified(text: str, file: Path) -> NoReturn:
    """A policy that is not valid is told as such; a valid one is refused for want of a certificate."""
    from shieldwall.domain.policy import parse_policy  # noqa: PLC0415
    from shieldwall.errors import InvalidInput  # noqa: PLC0415

    parse_policy(text)
    raise InvalidInput(
        "certificate",
        "nothing",
        "a certificate of this policy",
        f"Make one: shieldwall certify --policy {file} --members members.csv --json > certificate.json; then add "
        "--certificate certificate.json. To adopt it all the same, add --uncertified",
    )


def _proof(certificate_hash: str | None) -> str:
    return f"certificate {certificate_hash}" if certificate_hash else "uncertified"
