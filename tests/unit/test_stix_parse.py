from __future__ import annotations

import pytest

from shieldwall.errors import InvalidStix, TooLarge
from shieldwall.stix import parse
from shieldwall.stix.parse import RawObject, parse_envelope


def _parse(body: bytes, max_objects: int = 10, max_depth: int = 6) -> list[RawObject]:
    return parse_envelope(body, max_objects=max_objects, max_depth=max_depth)


def test_each_object_keeps_its_exact_bytes() -> None:
    first, second = b'{ "type" :"a",\n"n":1.50, "u":"\\u00e9" }', '{"t":"é"}'.encode()
    found = _parse(b'{"more":false,"objects" : [ ' + first + b" ,\n" + second + b"]}")
    assert [one.raw for one in found] == [first, second]
    assert [one.value for one in found] == [{"type": "a", "n": 1.5, "u": "é"}, {"t": "é"}]
    assert [one.problem for one in found] == [None, None]


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (b"[1]", "braces"),
        (b"null", "braces"),
        (b'{"a":1,"a":2}', "each key once"),
        (b'{"a":{"b":1,"b":1}}', "each key once"),
        (b'{"a":1e999}', "finite"),
        (b'{"a":"\xff"}', "UTF-8"),
        (b'{"a":' + b"[" * 6 + b"]" * 6 + b"}", "6 levels"),
    ],
)
def test_a_bad_object_is_named_and_does_not_sink_the_good_ones(bad: bytes, complaint: str) -> None:
    found = _parse(b'{"objects":[{"n":1},' + bad + b',{"n":3}]}')
    assert [one.value for one in found] == [{"n": 1}, None, {"n": 3}]
    assert found[1].problem is not None
    assert "objects[1]" in found[1].problem.field
    assert complaint in str(found[1].problem)
    assert found[1].raw == bad


def test_nesting_is_taken_up_to_the_limit_and_not_beyond() -> None:
    [deepest] = _parse(b'{"objects":[{"a":[[[[[]]]]]}]}')
    assert deepest.problem is None
    [deeper] = _parse(b'{"objects":[{"a":[[[[[[]]]]]]}]}')
    assert deeper.problem is not None


def test_brackets_in_text_are_not_nesting() -> None:
    [found] = _parse(b'{"objects":[{"a":"[[[[[[[[[[[["}]}')
    assert found.problem is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"type":"bundle","id":"bundle--1","objects":[{"type":"a"}]}', "type"),
        (b'{"objects":[]}', "objects"),
        (b"{}", "objects"),
        (b'{"objects":{"type":"a"}}', "body"),
        (b'{"objects":null}', "body"),
        (b"[]", "body"),
        (b"", "body"),
        (b"{", "body"),
        (b'{"objects":[{"a":1}]} x', "body"),
        (b'{"objects":[{"a":NaN}]}', "body"),
        (b'{"objects":[{"a":"\\udc00"}]}', "body"),
        (b'{"objects":[{"a":"\\ud800x"}]}', "body"),
        (b'{"objects":[{"a":-Infinity}]}', "body"),
        (b'{"objects":[1],"objects":[2]}', "body: objects"),
        (b'{"more":1,"more":2,"objects":[{}]}', "body: more"),
        (b'{"objects":[{}],"x":"\xff"}', "body"),
        (b'{"objects":[' + b"[" * 100_000, "body"),
        (b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b',"objects":[{}]}', "body"),
    ],
)
def test_a_body_that_is_no_envelope_is_refused_with_the_field(body: bytes, field: str) -> None:
    with pytest.raises(InvalidStix) as caught:
        _parse(body)
    assert caught.value.field == field


def test_a_bundle_is_told_to_come_as_an_envelope() -> None:
    with pytest.raises(InvalidStix, match=r"envelope.*Post the bundle's objects"):
        _parse(b'{"type":"bundle","objects":[{"type":"a"}]}')


def test_as_many_objects_as_allowed_and_no_more() -> None:
    assert len(_parse(b'{"objects":[{},{}]}', max_objects=2)) == 2
    with pytest.raises(TooLarge, match="3"):
        _parse(b'{"objects":[{},{},{}]}', max_objects=2)


def test_an_object_above_the_byte_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "MAX_OBJECT_BYTES", 11)
    small, large = _parse(b'{"objects":[{"a":"123"},{"a":"12345"}]}')
    assert small.problem is None
    assert large.problem is not None
    assert "13 bytes" in str(large.problem)
