"""The settings of one alliance's server: one frozen document, ``settings.toml`` in the alliance's folder.

An unknown key is an error. The rules of the alliance are not here but in its policy.
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from shieldwall.errors import ConfigError

HOME_VARIABLE = "SHIELDWALL_HOME"
"""Environment variable that names the alliance's folder."""

SETTINGS_FILE = "settings.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """How the alliance is served.

    Attributes:
        host: Address to listen on.
        port: Port to listen on, 0 to 65535; 0 takes a free one.
        public_url: URL under which members reach the server, empty to use the one they asked for.
        max_body_bytes: Largest request body.
        requests_per_second: Sustained requests per token; twice as many may come in a burst.
        page_limit: Objects per page when the client asks for no number, and at most.
    """

    host: str = "127.0.0.1"
    port: int = 8750
    public_url: str = ""
    max_body_bytes: int = 32 * 1024 * 1024
    requests_per_second: int = 100
    page_limit: int = 1000


DEFAULT_TEXT = """\
# How this alliance is served. The rules are in its policy: `shieldwall policy show`.
host = "127.0.0.1"
port = 8750
public_url = ""                # set it behind a reverse proxy, e.g. "https://alliance.example.org"
max_body_bytes = 33554432
requests_per_second = 100      # sustained, per token
page_limit = 1000
"""

_RANGES = {
    "port": (0, 65535),
    "max_body_bytes": (1024, 2**30),
    "requests_per_second": (1, 10**6),
    "page_limit": (1, 10_000),
}


def default_home() -> Path:
    """The alliance's folder when none is named: ``SHIELDWALL_HOME``, else ``alliance`` in the working folder."""
    return Path(os.environ.get(HOME_VARIABLE) or "alliance")


def load_settings(home: Path) -> Settings:
    """Read the settings of an alliance; without a file the defaults hold.

    Raises:
        ConfigError: For a syntax error, an unknown key, or a value of the wrong kind or out of range.
    """
    path = home / SETTINGS_FILE
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(SETTINGS_FILE, str(error), "a readable TOML document") from error
    defaults = {field.name: getattr(Settings(), field.name) for field in fields(Settings)}
    for key, value in values.items():
        if key not in defaults:
            raise ConfigError(f"{SETTINGS_FILE}: {key}", value, f"one of the keys {', '.join(sorted(defaults))}")
        if type(value) is not type(defaults[key]):
            raise ConfigError(f"{SETTINGS_FILE}: {key}", value, f"a value like {defaults[key]!r}")
        if key in _RANGES and not _RANGES[key][0] <= value <= _RANGES[key][1]:
            expected = "an integer from {} to {}".format(*_RANGES[key])
            raise ConfigError(f"{SETTINGS_FILE}: {key}", value, expected)
    return Settings(**values)
