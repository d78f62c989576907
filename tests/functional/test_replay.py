"""A replay of recorded observables: who earns, what is refused, and what a damaged file leaves behind."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shieldwall.bootstrap import open_alliance
from shieldwall.domain.cases import Method
from shieldwall.errors import InvalidInput
from shieldwall.simulation import envelopes
from shieldwall.simulation.recorded import Recorded
from shieldwall.simulation.replay import run_replay
from shieldwall.simulation.report import OrganisationLine, ReplayReport

SHARED = Path(__file__).parents[3] / "shared" / "data" / "contributions.jsonl.gz"
START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def row(day: float, organisation: str, value: str, path: str = "r/1", kind: str = "domain") -> dict[str, str]:
    at = (START + timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"org": organisation, "first_published": at, "type": kind, "value": value, "path": path}


def rows(day: float, organisation: str, numbers: range, path: str = "r/1") -> list[dict[str, str]]:
    return [row(day, organisation, f"h{number}.example.org", path) for number in numbers]


def written(path: Path, content: list[dict[str, str]]) -> Path:
    text = "".join(json.dumps(item) + "\n" for item in content).encode()
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path


def line(report: ReplayReport, organisation: str) -> OrganisationLine:
    return next(item for item in report.organisations if item.organisation == organisation)


def without_time(report: ReplayReport) -> dict[str, Any]:
    return {key: value for key, value in report.as_json().items() if "second" not in key and key != "home"}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A campaign seen by three within one epoch, a copy of it in the next, and one report on its own."""
    content = [
        *rows(0, "alpha", range(6)),
        *rows(2, "copier", range(6)),
        *rows(5, "beta", range(1, 7)),
        *rows(40, "gamma", range(6)),
        row(41, "alpha", "CVE-2026-12345", "r/2", "cve"),
        row(41, "alpha", "no host name", "r/2", "domain"),
    ]
    return written(tmp_path_factory.mktemp("story") / "story.jsonl.gz", content)


@pytest.fixture(scope="module")
def report(story: Path) -> ReplayReport:
    return run_replay(story, aggregators=frozenset({"copier"}))


def test_an_independent_reporter_corroborates_and_is_paid_less_than_the_first(report: ReplayReport) -> None:
    alpha, beta = line(report, "alpha"), line(report, "beta")
    assert (alpha.first_reports, beta.corroborations) == (2, 1)
    assert alpha.paid > beta.paid > 0
    assert report.corroborated == 1
    assert report.median_lag_days == pytest.approx(5, abs=0.001)


def test_an_aggregator_in_the_same_case_corroborates_nothing_and_earns_nothing(report: ReplayReport) -> None:
    copier = line(report, "copier")
    assert copier.aggregator
    assert copier.cases <= line(report, "alpha").cases
    assert (copier.corroborations, copier.paid) == (0, 0)


def test_the_same_reporter_corroborates_when_it_is_no_aggregator(story: Path) -> None:
    copier = line(run_replay(story, aggregators=frozenset()), "copier")
    assert copier.corroborations == 1
    assert copier.paid > 0


def test_a_copy_after_the_verdict_opens_a_case_worth_nothing(report: ReplayReport) -> None:
    gamma = line(report, "gamma")
    assert (gamma.first_reports, gamma.points, gamma.paid) == (1, 0, 0)
    # The aggregator's copy in the first epoch held only known observables too.
    assert (gamma.late_copies, report.late_copies) == (1, 2)


def test_values_that_are_not_of_their_kind_are_counted_by_reason(report: ReplayReport) -> None:
    assert report.as_json()["refused"] == {"domain: the value is no domain": 1}


def test_the_audit_is_clean_and_every_epoch_of_the_file_is_closed(report: ReplayReport) -> None:
    data = report.as_json()
    assert (data["audit_ok"], data["chain_agrees"], data["differences"]) == (True, True, [])
    assert (data["epochs"], data["contributions"], data["cases"]) == (2, 5, 3)


def test_the_output_names_the_simulated_panel_and_the_aggregators(report: ReplayReport) -> None:
    said = "\n".join(report.lines())
    assert "7 simulated panelists" in said
    assert "corroborate nothing: copier" in said
    assert report.by_method == {Method.BALLOTS.value: 3}


def test_shares_of_the_pot_add_up_and_the_table_has_a_row_for_each_organisation(report: ReplayReport) -> None:
    shares = [item["share"] for item in report.as_json()["organisations"]]
    assert sum(shares) == pytest.approx(1)
    titles, table = report.table()
    assert len(table) == 4
    assert all(len(cells) == len(titles) for cells in table)


def test_two_replays_of_one_file_agree_to_the_last_micro_credit(story: Path, report: ReplayReport) -> None:
    again = run_replay(story, aggregators=frozenset({"copier"}))
    assert without_time(again) == without_time(report)


def test_limit_takes_the_first_rows_only(story: Path) -> None:
    data = run_replay(story, limit=6).as_json()
    assert (data["rows"], data["contributions"], data["epochs"]) == (6, 1, 1)


def test_an_empty_home_keeps_the_alliance(story: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    kept = run_replay(story, home=home, limit=6)
    assert kept.as_json()["home"] == str(home)
    assert open_alliance(home).overview.summary().contributions == 1


def test_a_home_that_holds_something_is_left_alone(story: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("kept")
    assert run_replay(story, home=tmp_path, limit=6).as_json()["home"] is None
    assert [item.name for item in tmp_path.iterdir()] == ["mine.txt"]


def test_a_contribution_above_the_limit_of_a_submission_comes_in_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(envelopes, "MAX_OBJECTS", 10)
    found = run_replay(written(tmp_path / "big.jsonl", rows(0, "alpha", range(25))))
    assert found.as_json()["contributions"] == 1
    assert found.as_json()["refused"] == {}
    assert found.audit_ok
    made = envelopes.envelope(Recorded("alpha", "r/1", START, tuple(("ipv4", f"192.0.2.{n}") for n in range(25))))
    assert len(json.loads(made.body)["objects"]) <= 10
    assert made.body.count(b"ipv4-addr:value") == 25


def test_a_pattern_quotes_what_would_end_it() -> None:
    values = (("url", "http://example.com/?q='] OR [x"), ("url", "http://example.com/\\"))
    made = envelopes.envelope(Recorded("alpha", "r/1", START, values))
    patterns = [item["pattern"] for item in json.loads(made.body)["objects"][1:]]
    assert patterns == [
        "[url:value = 'http://example.com/?q=\\'] OR [x']",
        "[url:value = 'http://example.com/\\\\']",
    ]


def _damaged() -> Iterator[tuple[str, list[bytes], int]]:
    good = [json.dumps(item).encode() for item in rows(0, "alpha", range(3))]
    yield "cut short", [*good, good[0][:30]], 4
    yield "no JSON", [good[0], b"oops", *good], 2
    yield "a field missing", [good[0], b'{"org": "alpha"}'], 2
    yield "an unknown kind", [json.dumps(row(0, "alpha", "x", kind="mutex")).encode()], 1
    yield "a time without a zone", [good[0].replace(b'Z", "type"', b'", "type"')], 1
    yield "an earlier time", [*good, json.dumps(row(-1, "alpha", "h9.example.org")).encode()], 4
    yield "an organisation with a line break", [json.dumps(row(0, "al\npha", "h.example.org")).encode()], 1
    yield "not UTF-8", [good[0], b'{"org": "\xff"}'], 2
    yield "a line without end", [good[0], b'{"org": "' + b"a" * 70_000], 2


@pytest.mark.parametrize(("name", "lines", "number"), list(_damaged()), ids=lambda value: str(value)[:20])
def test_a_damaged_line_is_named_and_nothing_is_written(
    name: str, lines: list[bytes], number: int, tmp_path: Path
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(InvalidInput, match=rf"bad\.jsonl, line {number}:"):
        run_replay(path, home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_truncated_archive_names_the_line_where_it_breaks(tmp_path: Path, story: Path) -> None:
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(story.read_bytes()[:-20])
    with pytest.raises(InvalidInput, match=r"cut\.jsonl\.gz, line \d+"):
        run_replay(path, home=tmp_path / "home")
    assert not (tmp_path / "home").exists()


def test_a_damaged_line_behind_the_limit_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_bytes(b"".join(json.dumps(item).encode() + b"\n" for item in rows(0, "alpha", range(3))) + b"oops")
    assert run_replay(path, limit=3).as_json()["rows"] == 3


@pytest.mark.parametrize("content", [b"", None], ids=["empty", "absent"])
def test_a_file_without_rows_is_refused(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "none.jsonl"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInput, match="replay file"):
        run_replay(path)


@pytest.mark.shared_data
def test_the_first_rows_of_the_public_data_replay_with_a_clean_audit() -> None:
    if not SHARED.is_file():
        pytest.skip("needs ../shared/data/contributions.jsonl.gz")
    found = run_replay(SHARED, limit=1500)
    assert found.findings.differences == ()
    assert found.run.rows == 1500
