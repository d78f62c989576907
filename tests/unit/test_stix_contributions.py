from __future__ import annotations

from typing import Any

from shieldwall.stix.contributions import group

Obj = dict[str, Any]
NUMBERS: dict[str, int] = {}


def _id(name: str) -> str:
    """Turn a short name such as ``report-a`` or ``attack-pattern-1`` into an id of that type."""
    number = NUMBERS.setdefault(name, len(NUMBERS))
    return f"{name.rpartition('-')[0]}--00000000-0000-4000-8000-{number:012d}"


def _obj(name: str, *refs: str, **own: Any) -> Obj:
    obj: Obj = {"type": name.rpartition("-")[0], "id": _id(name), **own}
    if refs:
        obj["object_refs"] = [_id(ref) for ref in refs]
    return obj


def _rel(name: str, source: str, target: str) -> Obj:
    return _obj(f"relationship-{name}", source_ref=_id(source), target_ref=_id(target))


def _grouped(*objects: Obj, earlier: tuple[Obj, ...] = ()) -> tuple[dict[str, set[str]], set[str]]:
    known = {obj["id"]: obj for obj in earlier}
    grouped = group(objects, known.get)
    names = {_id(name): name for name in NUMBERS}
    return (
        {names[one.root_id]: {names[m] for m in one.member_ids} for one in grouped.contributions},
        {names[identifier] for identifier in grouped.indicator_lane},
    )


def test_a_report_takes_what_it_names_and_relationships_with_both_ends_inside() -> None:
    contributions, lane = _grouped(
        _obj("indicator-1"),
        _obj("malware-1"),
        _obj("indicator-2"),
        _obj("report-a", "indicator-1", "malware-1"),
        _rel("in", "indicator-1", "malware-1"),
        _rel("out", "indicator-2", "malware-1"),
    )
    assert contributions == {"report-a": {"report-a", "indicator-1", "malware-1", "relationship-in"}}
    assert lane == {"indicator-2", "relationship-out"}


def test_an_object_may_be_in_two_contributions() -> None:
    contributions, lane = _grouped(
        _obj("indicator-1"), _obj("report-a", "indicator-1"), _obj("grouping-b", "indicator-1")
    )
    assert contributions == {
        "report-a": {"report-a", "indicator-1"},
        "grouping-b": {"grouping-b", "indicator-1"},
    }
    assert lane == set()


def test_a_root_in_a_root_belongs_to_the_outermost_with_its_content() -> None:
    contributions, _ = _grouped(
        _obj("report-c", "indicator-1"),
        _obj("report-b", "report-c", "vulnerability-1"),
        _obj("report-a", "report-b"),
        _obj("indicator-1"),
        _obj("vulnerability-1"),
    )
    assert contributions == {"report-a": {"report-a", "report-b", "report-c", "indicator-1", "vulnerability-1"}}


def test_of_two_reports_that_name_each_other_the_earlier_in_the_post_is_outermost() -> None:
    first, second = _obj("report-a", "report-b"), _obj("report-b", "report-a", "indicator-1")
    assert set(_grouped(first, second, _obj("indicator-1"))[0]) == {"report-a"}
    assert set(_grouped(second, first, _obj("indicator-1"))[0]) == {"report-b"}


def test_an_outer_root_beats_a_cycle_below_it_wherever_it_stands() -> None:
    contributions, _ = _grouped(
        _obj("report-a", "report-b"), _obj("report-b", "report-a"), _obj("report-c", "report-b")
    )
    assert contributions == {"report-c": {"report-a", "report-b", "report-c"}}


def test_a_campaign_takes_what_relationships_connect_it_with() -> None:
    contributions, lane = _grouped(
        _obj("campaign-1"),
        _obj("malware-1"),
        _obj("indicator-1"),
        _obj("tool-1"),
        _rel("uses", "campaign-1", "malware-1"),
        _rel("indicates", "indicator-1", "campaign-1"),
        _rel("further", "malware-1", "tool-1"),
    )
    assert contributions == {
        "campaign-1": {
            "campaign-1",
            "malware-1",
            "indicator-1",
            "relationship-uses",
            "relationship-indicates",
        }
    }
    assert lane == {"tool-1", "relationship-further"}


def test_a_vulnerability_is_a_root_only_when_it_stands_alone() -> None:
    lone = _obj("vulnerability-1")
    assert set(_grouped(lone)[0]) == {"vulnerability-1"}
    contributions, _ = _grouped(lone, _obj("campaign-1"), _rel("targets", "campaign-1", "vulnerability-1"))
    assert contributions == {"campaign-1": {"campaign-1", "vulnerability-1", "relationship-targets"}}


def test_two_campaigns_on_one_vulnerability_stay_two_contributions() -> None:
    contributions, _ = _grouped(
        _obj("vulnerability-1"),
        _obj("campaign-1"),
        _obj("campaign-2"),
        _rel("t1", "campaign-1", "vulnerability-1"),
        _rel("t2", "campaign-2", "vulnerability-1"),
    )
    assert set(contributions) == {"campaign-1", "campaign-2"}
    assert "campaign-2" not in contributions["campaign-1"]


def test_a_vulnerability_never_contains_another_root() -> None:
    contributions, _ = _grouped(
        _obj("vulnerability-1"), _obj("campaign-1"), _rel("to", "vulnerability-1", "campaign-1")
    )
    assert contributions["vulnerability-1"] == {"vulnerability-1"}


def test_sightings_of_what_is_inside_bring_their_data() -> None:
    contributions, lane = _grouped(
        _obj("report-a", "indicator-1"),
        _obj("indicator-1"),
        _obj("sighting-1", sighting_of_ref=_id("indicator-1"), observed_data_refs=[_id("observed-data-1")]),
        _obj("observed-data-1", "ipv4-addr-1"),
        _obj("ipv4-addr-1"),
        _obj("sighting-2", sighting_of_ref=_id("indicator-2")),
    )
    assert contributions["report-a"] == {
        "report-a",
        "indicator-1",
        "sighting-1",
        "observed-data-1",
        "ipv4-addr-1",
    }
    assert lane == {"sighting-2"}


def test_objects_of_earlier_posts_are_found_and_dangling_references_do_no_harm() -> None:
    contributions, lane = _grouped(
        _obj("report-a", "indicator-1", "indicator-9"), earlier=(_obj("indicator-1"), _obj("indicator-2"))
    )
    assert contributions == {"report-a": {"report-a", "indicator-1"}}
    assert lane == set()


def test_the_latest_version_of_an_object_decides_what_it_names() -> None:
    new = _obj("report-a", "indicator-2", modified="2026-02-01T00:00:00.000Z")
    old = _obj("report-a", "indicator-1", modified="2026-01-01T00:00:00.000Z")
    contributions, lane = _grouped(new, old, _obj("indicator-1"), _obj("indicator-2"))
    assert contributions == {"report-a": {"report-a", "indicator-2"}}
    assert lane == {"indicator-1"}


def test_members_come_root_first_then_in_post_order() -> None:
    objects = [_obj("indicator-2"), _obj("report-a", "indicator-1", "indicator-2"), _obj("indicator-1")]
    [found] = group(objects, lambda _: None).contributions
    assert found.member_ids == (_id("report-a"), _id("indicator-2"), _id("indicator-1"))
    assert found.root_type == "report"
