"""``shieldwall figure``: the list, one figure as three files, and what cannot be written."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from cli_bench import shieldwall

NAMES = {
    "equilibrium-map",
    "alliance-map",
    "sharing-reaction-functions",
    "sharing-regimes",
    "sharing-substitutability",
    "sharing-planner-shares-less",
}
ONE = "sharing-regimes"


def test_without_a_name_every_figure_is_listed_with_what_it_shows() -> None:
    listed = shieldwall("figure")
    assert listed.code == 0
    told = shieldwall("figure", "--json").json
    assert {each["name"] for each in told} >= NAMES
    assert len({each["name"] for each in told}) == len(told)
    for each in told:
        assert each["name"] in listed.out
        assert each["title"]


def test_a_figure_is_written_as_two_pictures_and_its_data(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "anew"
    written = shieldwall("figure", ONE, "--out", folder)
    assert written.code == 0, written.err
    files = {file.suffix: file for file in folder.iterdir()}
    assert set(files) == {".svg", ".png", ".csv"}
    assert {file.stem for file in files.values()} == {ONE}
    assert sorted(written.out.split()) == sorted(str(file) for file in files.values())
    assert files[".svg"].read_bytes().startswith(b"<?xml")
    assert files[".png"].read_bytes().startswith(b"\x89PNG")
    heading, *rows = csv.reader(files[".csv"].read_text("utf-8").splitlines())
    assert heading[:3] == ["regime", "firm", "sharing [share of knowledge]"]
    assert len({row[0] for row in rows}) == 8


def test_json_lists_the_files(tmp_path: Path) -> None:
    written = shieldwall("figure", ONE, "--out", tmp_path, "--json").json
    assert sorted(written) == sorted(str(tmp_path / f"{ONE}.{form}") for form in ("csv", "png", "svg"))
    assert all(Path(name).is_file() for name in written)


def test_an_unknown_figure_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    refused = shieldwall("figure", "portrait", "--out", tmp_path).refusal
    assert "no figure portrait" in refused
    assert all(name in refused for name in NAMES)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("below", ["", "deeper"])
def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path, below: str) -> None:
    (tmp_path / "taken").write_text("a file", "utf-8")
    refused = shieldwall("figure", ONE, "--out", tmp_path / "taken" / below).refusal
    assert "out: " in refused
    assert "a folder that can be written" in refused
    assert (tmp_path / "taken").read_text("utf-8") == "a file"
