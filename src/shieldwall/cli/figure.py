"""``shieldwall figure``: compute a figure and write it, with the numbers behind it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shieldwall.cli.context import AsJson, example, progress_bar, put_json, put_table, table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("figure", epilog=example("figure", "figure equilibrium-map --out figures"))(figure)


def figure(
    name: Annotated[str | None, typer.Argument(help="Which one, or all; without a name, list what there is.")] = None,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the files; made if absent.")] = Path(),
    json: AsJson = False,
) -> None:
    """Compute a figure anew; write it as SVG and PNG, and its data as CSV."""
    from shieldwall.economics.figure import FORMATS, all_figures, figure_named  # noqa: PLC0415

    if name is None:
        figures = all_figures()
        if json:
            put_json([{"name": each.name, "title": each.title} for each in figures])
            return
        rows = table("Figure", "Shows")
        for each in figures:
            rows.add_row(each.name, each.title)
        put_table(rows)
        return
    asked = all_figures() if name == "all" else (figure_named(name),)
    written = []
    with progress_bar() as advance:
        for number, each in enumerate(asked):
            advance(each.name, number, len(asked))
            data = each.data()
            # All are made before the first is written: a figure is there whole or not at all.
            files = {"csv": data.as_csv().encode()} | {form: each.render(data, form) for form in FORMATS}
            written += [_write(out, f"{each.name}.{form}", content) for form, content in files.items()]
    if json:
        put_json([str(path) for path in written])
    else:
        for path in written:
            typer.echo(path)


def _write(folder: Path, name: str, content: bytes) -> Path:
    from shieldwall.errors import InvalidInput  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    except OSError as error:
        raise InvalidInput("out", str(folder), f"a folder that can be written ({error.strerror})") from error
    return folder / name
