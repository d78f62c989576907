"""A members file is read exactly, and whatever is wrong in it is told with its line and column."""

from __future__ import annotations

from fractions import Fraction

import pytest

from shieldwall.domain.amounts import MICRO
from shieldwall.domain.members import Tier
from shieldwall.economics.certify.members import MemberClass, read_members
from shieldwall.errors import InvalidInput

HEADING = "name,tier,contributions,severity,benefit,risk,fee"
ROW = "Alder,core,12,7.5,40,25,900"


def text(*rows: str, heading: str = HEADING) -> str:
    return "\n".join([heading, *rows]) + "\n"


def test_numbers_are_read_exactly_as_they_are_written() -> None:
    [row] = read_members(text("Alder, core ,1/3,7.5,0.1,2/3,12.5")).classes
    assert row == MemberClass(
        "Alder", Tier.CORE, Fraction(1, 3), 75, MICRO * Fraction(1, 10), MICRO * Fraction(2, 3), 12_500_000
    )


def test_optional_columns_have_defaults_and_an_empty_cell_is_the_default() -> None:
    heading = HEADING + ",count,corroborated,root,parts,decay"
    filled, empty = read_members(text(ROW + ",3,1/4,yes,4,ttp", "B" + ROW[1:] + ",,,,,", heading=heading)).classes
    assert (filled.count, filled.corroborated, filled.root, filled.parts, filled.decay) == (
        3,
        Fraction(1, 4),
        True,
        4,
        "ttp",
    )
    assert (empty.count, empty.corroborated, empty.root, empty.parts, empty.decay) == (
        1,
        Fraction(0),
        False,
        2,
        "network",
    )


def test_columns_come_in_any_order_and_spreadsheets_may_mark_and_end_the_file_as_they_do() -> None:
    plain = read_members(text(ROW)).classes
    assert read_members("\ufeff" + text(ROW).replace("\n", "\r\n") + "\r\n").classes == plain
    assert (
        read_members("fee,risk,benefit,severity,contributions,tier,name\n900,25,40,7.5,12,core,Alder\n").classes
        == plain
    )


def test_the_line_is_that_of_the_file_even_after_a_quoted_line_break() -> None:
    with pytest.raises(InvalidInput, match=r"line 2, column name"):
        read_members(text('"Al\nder",core,12,7.5,40,25,900'))
    with pytest.raises(InvalidInput, match=r"members line 3, column tier: got 'huge'; expected one of critical, core"):
        read_members(text('"Alder, Inc.",core,12,7.5,40,25,900', "Birch,huge,1,1,1,1,1"))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Alder,core,12,7.5,40,-25,900", "line 3, column risk: got '-25'; expected credits from 0"),
        ("Alder,core,12,7.5,-1,25,900", "line 3, column benefit: got '-1'"),
        (
            "Alder,core,-12,7.5,40,25,900",
            "line 3, column contributions: got '-12'; expected contributions a year from 1/20",
        ),
        ("Alder,core,0,7.5,40,25,900", "line 3, column contributions: got '0'"),
        ("Alder,core,12,10.1,40,25,900", "line 3, column severity: got '10.1'; expected a severity from 0 to 10"),
        ("Alder,core,12,7.55,40,25,900", "line 3, column severity: got '7.55'"),
        ("Alder,core,12,7.5,40,25,1e3", "line 3, column fee: got '1e3'; expected credits a year from 0"),
        ("Alder,core,12,7.5,nan,25,900", "line 3, column benefit: got 'nan'"),
        ("Alder,core,12,7.5,40,1/0,900", "line 3, column risk: got '1/0'"),
        ("Alder,core,12,7.5,40,25,0.0000001", "line 3, column fee: got '0.0000001'; expected credits a year"),
        ("Alder,Core,12,7.5,40,25,900", "line 3, column tier: got 'Core'; expected one of critical, core, small"),
        ("Alder,core,12,,40,25,900", "line 3, column severity: got 'nothing'; expected a value"),
        (",core,12,7,40,25,900", "line 3, column name: got 'nothing'"),
        ("Alder,core,12,7.5,40,25", "line 3: got '6 values'; expected 7 values, from column fee on"),
        ("Alder,core,12,7.5,40,25,1,000", "line 3: got '8 values'; expected 7 values"),
        ("Birch,core,12,7.5,40,25,900", "line 3, column name: got 'Birch'; expected a name that line 2 does not have"),
        ("\nAlder,core,12,7.5,40,25,900", "line 3: got 'an empty line'; expected a row"),
        ('"Alder,core,12,7.5,40,25,900', "members line 3"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_column(row: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_members(text("Birch,core,12,7.5,40,25,900", row))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        (HEADING.replace(",risk", ""), "line 1, column risk: got 'name, tier"),
        (HEADING + ",risk", "line 1, column risk: got 'risk'; expected each column once"),
        (HEADING + ",colour", "line 1, column colour: got 'colour'; expected one of the columns name, tier"),
        (HEADING + ",", "line 1, column (without a name)"),
        (ROW, "line 1, column Alder"),
        ("", "line 1: got 'an empty line'"),
    ],
)
def test_a_bad_heading_is_told_with_its_column(heading: str, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_members(text(ROW, heading=heading))
    assert told in str(refused.value)


def test_a_file_without_members_is_refused() -> None:
    with pytest.raises(InvalidInput, match="line 2: got 'the end of the file'; expected a member"):
        read_members(HEADING + "\n")


def test_more_contributions_than_a_run_can_take_are_refused() -> None:
    heading = HEADING + ",count"
    assert read_members(text("Alder,core,1000,7,1,1,1,1000", heading=heading)).classes[0].count == 1000
    with pytest.raises(InvalidInput, match="at most 1000000 contributions a year in all"):
        read_members(text("Alder,core,1000,7,1,1,1,1001", heading=heading))


def test_the_hash_is_that_of_the_files_bytes() -> None:
    assert read_members(text(ROW)).hash != read_members(text(ROW) + "\n").hash
