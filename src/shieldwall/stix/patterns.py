"""STIX patterning (STIX 2.1 section 9): is a pattern well formed, and what does it compare.

The ANTLR parser of ``stix2-patterns`` decides. It manages some 1,500 patterns a second, so the form that
nearly all indicators have, simple equalities joined by AND or OR, is recognised by a regular expression that
accepts a subset of what the parser accepts. Matching patterns against data is not done here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

MAX_PATTERN_CHARS = 16_384
"""Longest pattern handed to the ANTLR parser (about 0.1 s of work); simple patterns may be longer."""


class Comparison(NamedTuple):
    """One equality of a pattern, such as ``file:hashes.MD5 = '...'``.

    Args:
        object_type: Type of the observable object.
        path: Property path below it, unquoted.
        value: The constant, unquoted.
    """

    object_type: str
    path: tuple[str, ...]
    value: str


_STRING = r"'([^'\\]*+(?:\\['\\][^'\\]*+)*+)'"
_WS = r"[ \t\r\n]*+"
_HASHES = "|".join(
    rf"{name}{_WS}={_WS}'[0-9a-fA-F]{{{digits}}}'"
    for name, digits in (("(?:MD5|'MD5')", 32), ("'SHA-1'", 40), ("'SHA-256'", 64), ("'SHA-512'", 128))
)
_PLAIN = (
    "ipv4-addr:value|ipv6-addr:value|domain-name:value|url:value|email-addr:value|mutex:name|file:name"
    "|windows-registry-key:key|directory:path|process:command_line"
)
_SIMPLE_COMPARISON = rf"(?:file:hashes\.(?:{_HASHES})|(?:{_PLAIN}){_WS}={_WS}{_STRING.replace('(', '(?:', 1)})"
_SIMPLE = re.compile(rf"\[{_WS}{_SIMPLE_COMPARISON}(?:[ \t\r\n]++(?:AND|OR)[ \t\r\n]++{_SIMPLE_COMPARISON})*+{_WS}\]")
_PARTS = re.compile(rf"([a-z0-9-]+):(?:(hashes)\.)?'?([A-Za-z0-9_-]+)'?{_WS}={_WS}{_STRING}")
_ESCAPE = re.compile(r"\\(['\\])")
_LITERAL = re.compile(_STRING)


def is_simple(pattern: str) -> bool:
    """Whether a pattern is one bracket of equalities on well-known properties.

    >>> is_simple("[domain-name:value = 'example.com' OR ipv4-addr:value = '192.0.2.1']")
    True
    """
    return _SIMPLE.fullmatch(pattern) is not None


def pattern_error(pattern: str) -> str:
    """Say what is wrong with a STIX pattern; empty when it is well formed.

    >>> pattern_error("[url:value = 'http://example.com/']")
    ''
    """
    if is_simple(pattern):
        return ""
    if len(pattern) > MAX_PATTERN_CHARS:
        return f"{len(pattern)} characters; at most {MAX_PATTERN_CHARS} for a pattern of this form"
    return _parser_error(pattern)


@lru_cache(maxsize=1024)
def _parser_error(pattern: str) -> str:
    from stix2patterns.validator import run_validator  # noqa: PLC0415 - the grammar loads slowly

    if not pattern.strip():
        return "empty"
    try:
        errors = run_validator(pattern, "2.1")
    except RecursionError:
        return "too many nested or joined expressions"
    return str(errors[0]).removeprefix("FAIL: ") if errors else ""


def equalities(pattern: str) -> tuple[Comparison, ...]:
    """List what a well-formed pattern compares for equality, with ``=`` or ``IN``, not negated.

    Args:
        pattern: A pattern for which `pattern_error` is empty; of any other the result is empty.

    >>> [test.value for test in equalities("[url:value IN ('http://example.com/', 'http://example.org/')]")]
    ['http://example.com/', 'http://example.org/']
    """
    if is_simple(pattern):
        return tuple(
            Comparison(kind, ("hashes", name) if hashes else (name,), _ESCAPE.sub(r"\1", text))
            for kind, hashes, name, text in _PARTS.findall(pattern)
        )
    return () if pattern_error(pattern) else _inspected(pattern)


@lru_cache(maxsize=1024)
def _inspected(pattern: str) -> tuple[Comparison, ...]:
    from stix2patterns.v21.pattern import Pattern  # noqa: PLC0415 - the grammar loads slowly

    found: dict[str, list[tuple[list[Any], str, str]]] = Pattern(pattern).inspect().comparisons
    return tuple(
        Comparison(kind, tuple(str(step) for step in path), _ESCAPE.sub(r"\1", text))
        for kind, tests in found.items()
        for path, operator, literal in tests
        if operator in ("=", "==", "IN")
        for text in _LITERAL.findall(literal)
    )
