"""What the commands share: the alliance's folder, its opening, the form of help and of output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from shieldwall.services.alliance import Alliance

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]


def example(*commands: str) -> str:
    """The end of a help page: each command on a line of its own."""
    lines = "\n".join(f"  shieldwall {command}" for command in commands)
    return f"\b\nExample:\n{lines}"


def home_of(context: typer.Context) -> Path:
    """The alliance's folder: ``--home``, else the configured one."""
    from shieldwall.config import default_home  # noqa: PLC0415

    home = context.find_root().obj
    return home if isinstance(home, Path) else default_home()


def opened(context: typer.Context) -> Alliance:
    """The alliance in that folder.

    Raises:
        ConfigError: If there is none.
    """
    from shieldwall.bootstrap import open_alliance  # noqa: PLC0415

    return open_alliance(home_of(context))


def put_json(value: object) -> None:
    """Print a value as one JSON document."""
    import json  # noqa: PLC0415

    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def table(*headings: str, numbers: Sequence[str] = ()) -> Table:
    """A table; the columns named in ``numbers`` are set flush right."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    made = Table(box=SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        made.add_column(heading, justify="right" if heading in numbers else "left")
    return made


def put_table(rows: Table, lines: Iterable[str] = ()) -> None:
    """Print a table, and plain lines below it."""
    import sys  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415

    # A pipe has no width: there nothing is cut. A name may hold brackets: they are no markup.
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False, emoji=False)
    console.print(rows)
    for line in lines:
        typer.echo(line)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error while the body runs, if that is a terminal.

    Yields:
        A function that takes what is going on, how much is done and how much there is (0: not known).
    """
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    screen = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=screen,
        transient=True,
        disable=not screen.is_terminal,
    )
    with bar:
        task = bar.add_task("starting", total=None)
        yield lambda stage, done, total: bar.update(task, description=stage, completed=done, total=total or None)


def read_bytes(path: Path, field: str) -> bytes:
    """Read a file, decompressing what gzip has compressed; ``-`` is standard input.

    Raises:
        InvalidInput: If it cannot be read.
    """
    import gzip  # noqa: PLC0415
    import sys  # noqa: PLC0415
    import zlib  # noqa: PLC0415

    from shieldwall.errors import InvalidInput  # noqa: PLC0415

    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InvalidInput(field, str(path), f"a readable file ({reason})") from error


def read_text(path: Path, field: str) -> str:
    """Read a text file in UTF-8, with or without a byte order mark.

    Raises:
        InvalidInput: If it cannot be read.
    """
    from shieldwall.errors import InvalidInput  # noqa: PLC0415

    try:
        return read_bytes(path, field).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput(field, str(path), f"text in UTF-8 ({error.reason})") from error
