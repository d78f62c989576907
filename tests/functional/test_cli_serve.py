"""``serve`` as its own process: it answers, tends to what is due, stops cleanly and refuses a busy port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cli_bench import found, shieldwall

from shieldwall.bootstrap import open_alliance
from shieldwall.cli.serve import tend

COMMAND = (sys.executable, "-c", "from shieldwall.cli import main; main()")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return found(tmp_path / "alliance")


@pytest.fixture
def server(home: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, "--home", str(home), "serve", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    yield process
    process.kill()
    process.wait()


def test_the_server_answers_on_the_address_it_prints_and_stops_when_told(
    home: Path, server: subprocess.Popen[str]
) -> None:
    assert server.stdout is not None
    line = server.stdout.readline()
    url = line.rsplit("TAXII ", 1)[1].strip()
    token = shieldwall("member", "token", "Alder", "--json", home=home).json["token"]
    accept = {"Accept": "application/taxii+json;version=2.1"}
    assert httpx.get(url, headers=accept, timeout=30).status_code == 401
    answer = httpx.get(url, headers=accept | {"Authorization": f"Bearer {token}"}, timeout=30)
    assert answer.status_code == 200
    assert answer.json()["title"] == "Test alliance"
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=20) in (0, -signal.SIGTERM)


def test_a_busy_port_is_refused_in_one_line(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert str(port) in shieldwall("serve", "--port", port, home=home).refusal


def test_a_certificate_that_cannot_be_read_is_refused(home: Path, tmp_path: Path) -> None:
    (tmp_path / "no.pem").write_text("no certificate", encoding="utf-8")
    options = ("--certificate", tmp_path / "no.pem", "--private-key", tmp_path / "no.pem")
    assert "certificate" in shieldwall("serve", "--port", 0, *options, home=home).refusal


def test_an_unknown_setting_is_refused(home: Path) -> None:
    (home / "settings.toml").write_text("prot = 1\n", encoding="utf-8")
    assert "prot" in shieldwall("serve", home=home).refusal


def test_housekeeping_survives_errors_and_logs_them(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shieldwall.cli.serve.EVERY_S", 0.01)
    alliance, stop, errors = open_alliance(home), threading.Event(), []

    class Log:
        def error(self, event: str, **_: object) -> None:
            errors.append(event)

    calls = []

    def dispatch(self: object) -> int:
        calls.append(1)
        if len(calls) == 3:
            stop.set()
        raise RuntimeError("the chain is away")

    monkeypatch.setattr(type(alliance.settlement), "dispatch", dispatch)
    tend(alliance, stop, Log())
    assert len(calls) == len(errors) == 3
