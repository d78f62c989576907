"""The command line: one module per command or group of commands. Its rules live in the services."""

from __future__ import annotations

import os
import sys

DEBUG_VARIABLE = "SHIELDWALL_DEBUG"
"""Environment variable that, set to 1, shows the traceback of an error."""


def main() -> None:
    """Run one command: exit code 0, 1 for an error, 2 for wrong usage, 130 when interrupted.

    An error is one line on standard error, without a traceback.
    """
    from shieldwall.cli.app import app  # noqa: PLC0415 - an interrupt during the imports is caught too
    from shieldwall.errors import ShieldwallError  # noqa: PLC0415

    try:
        app(prog_name="shieldwall")
    except ShieldwallError as error:
        _fail(error, str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # Nobody reads on; what is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the last stop: a user never sees a traceback
        _fail(error, f"unexpected {type(error).__name__}: {error}. Set {DEBUG_VARIABLE}=1 for the traceback")


def _fail(error: Exception, message: str) -> None:
    if os.environ.get(DEBUG_VARIABLE) == "1":
        raise error
    print("error:", " ".join(message.split()), file=sys.stderr)  # noqa: T201 - the one line a user sees
    sys.exit(1)
