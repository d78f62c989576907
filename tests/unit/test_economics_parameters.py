"""Parameters of a model are read strictly, and a bad object never loses a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from shieldwall.economics.model import Entry, Model, Progress, answer
from shieldwall.economics.parameters import Parameters, load_json
from shieldwall.errors import InvalidInput


def read(text: str) -> Parameters:
    return Parameters(load_json(text))


def test_a_decimal_keeps_the_digits_it_was_written_with() -> None:
    assert read('{"x": 0.1}').rational("x") == Fraction(1, 10)
    assert read('{"x": "-7/2"}').rational("x") == Fraction(-7, 2)
    assert read('{"x": 1e-3}').number("x") == 0.001


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("true", "True"),
        ("null", "None"),
        ('"1/0"', "'1/0'"),
        ("[1]", "[1]"),
        ("1e999999999", "1e999999999"),
        ("1e-999999999", "1e-999999999"),
        ("9" * 5000, "a number of more than 300 digits"),
        ('{"a": 1, "a": 2}', "'a' twice"),
    ],
)
def test_what_is_no_finite_number_is_refused_with_its_place(value: str, shown: str) -> None:
    with pytest.raises(InvalidInput, match="x: got") as refused:
        read(f'{{"x": {value}}}').rational("x")
    assert shown in str(refused.value)
    with pytest.raises(InvalidInput):
        read(f'{{"x": {value}}}').number("x")


def test_a_number_outside_its_bounds_is_refused_and_one_on_the_bound_is_not() -> None:
    assert read('{"x": 1}').number("x", least=0, most=1) == 1
    with pytest.raises(InvalidInput, match=r"x: got 1\.5; expected a number from 0 to 1"):
        read('{"x": 1.5}').number("x", least=0, most=1)


def test_an_unknown_key_is_refused_and_a_null_for_an_optional_one_is_not() -> None:
    parameters = read('{"x": null}')
    assert not parameters.has("x")
    parameters.close()
    with pytest.raises(InvalidInput, match="y: got 1; expected one of the keys x"):
        parameters = read('{"x": null, "y": 1}')
        parameters.has("x")
        parameters.close()


def test_the_place_of_a_nested_fault_is_named() -> None:
    children = read('{"members": [{"risk": 1}, {"risk": "?"}]}').children("members")
    assert next(children).rational("risk") == 1
    with pytest.raises(InvalidInput, match=r"members\[1\]\.risk: got '\?'"):
        next(children).rational("risk")


def solve(problems: Sequence[int], progress: Progress) -> list[Entry]:
    progress(len(problems), len(problems))
    return [{"status": "solved", "x": x} for x in problems]


DOUBLED = Model("test", lambda parameters: 2 * parameters.integer("x", least=0, most=9), solve, lambda entry: [])


def test_one_bad_object_leaves_the_batch_and_its_order_alone() -> None:
    entries = answer(DOUBLED, load_json('[{"x": 1}, {"x": NaN}, 7, {"x": 3, "z": 0}, {"x": 4}]'))
    assert isinstance(entries, list)
    assert [entry["status"] for entry in entries] == ["solved", "invalid", "invalid", "invalid", "solved"]
    assert (entries[0]["x"], entries[4]["x"]) == (2, 8)
    assert "x: got NaN" in entries[1]["reason"]


def test_what_cannot_be_read_has_the_keys_that_every_entry_has() -> None:
    listed = replace(DOUBLED, unread={"equilibria": []})
    entry = answer(listed, load_json('{"x": true}'))
    assert isinstance(entry, dict)
    assert entry["equilibria"] == []
    assert answer(listed, {"x": 1}) == {"status": "solved", "x": 2}


def test_one_object_gives_one_entry_and_an_empty_list_an_empty_list() -> None:
    assert answer(DOUBLED, load_json('{"x": 1}')) == {"status": "solved", "x": 2}
    assert answer(DOUBLED, []) == []


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, '{"x": 1} trailing'])
def test_what_is_no_json_is_refused_as_a_whole(text: str) -> None:
    with pytest.raises(InvalidInput, match="params: got"):
        load_json(text)
