from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from shieldwall.errors import InvalidStix
from shieldwall.stix.timestamp import Timestamp, format_micro, normalise, parse_timestamp


def test_the_text_is_kept_and_equal_instants_are_equal() -> None:
    plain, padded = parse_timestamp("2017-06-01T00:00:00Z"), parse_timestamp("2017-06-01T00:00:00.000Z")
    assert plain == padded
    assert hash(plain) == hash(padded)
    assert (plain.text, padded.text) == ("2017-06-01T00:00:00Z", "2017-06-01T00:00:00.000Z")


@pytest.mark.parametrize(
    "text",
    [
        "2017-06-01T00:00:00",
        "2017-06-01T00:00:00+00:00",
        "2017-06-01T00:00:00z",
        "2017-06-01t00:00:00Z",
        "2017-06-01 00:00:00Z",
        "2017-06-01T00:00Z",
        "2017-06-01T00:00:00.Z",
        "2017-06-01T00:00:00,5Z",
        "2017-02-29T00:00:00Z",
        "2017-00-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "2017-06-01T24:00:00Z",
        "2017-06-01T00:00:61Z",
        "2017-06-01T00:00:00Z\n",
        "٢٠١٧-06-01T00:00:00Z",
        "",
    ],
)
def test_what_is_no_time_in_utc_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidStix) as caught:
        parse_timestamp(text, "valid_from")
    assert caught.value.field == "valid_from"


def test_a_leap_second_is_after_its_minute_and_before_the_next_or_at_it() -> None:
    leap = parse_timestamp("2016-12-31T23:59:60.5Z")
    assert parse_timestamp("2016-12-31T23:59:59.999Z") < leap < parse_timestamp("2017-01-01T00:00:00Z")
    assert leap.instant == datetime(2017, 1, 1, 0, 0, 0, 500_000, tzinfo=UTC)


def test_the_instant_is_cut_to_microseconds_not_rounded() -> None:
    assert parse_timestamp("2017-06-01T00:00:00.9999999Z").instant.microsecond == 999_999
    assert parse_timestamp("2017-06-01T00:00:00.5Z").instant.microsecond == 500_000


def test_server_times_have_six_digits_and_are_in_utc() -> None:
    berlin = timezone(timedelta(hours=2))
    assert format_micro(datetime(2026, 7, 1, 1, 2, 3, tzinfo=berlin)) == "2026-06-30T23:02:03.000000Z"
    with pytest.raises(InvalidStix):
        format_micro(datetime(2026, 7, 1))  # noqa: DTZ001 - the refused case


def test_normalised_texts_sort_like_the_times() -> None:
    texts = ["2017-06-01T00:00:00.1Z", "2017-06-01T00:00:00Z", "2017-06-01T00:00:00.09Z"]
    assert sorted(texts, key=normalise) == [texts[1], texts[2], texts[0]]
    assert isinstance(parse_timestamp(texts[0]), Timestamp)
