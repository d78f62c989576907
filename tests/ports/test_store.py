"""What every store must do, run on the SQLite file and on the memory database."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from shieldwall.domain.access import Level
from shieldwall.domain.cases import Ballot, Case, CaseStatus, Evidence, Method, Seat, Verdict
from shieldwall.domain.contributions import Contribution, Features, Filed, MediatedObject, ValidObject
from shieldwall.domain.epochs import Epoch, Factors, Payout, Priced, Share, Valued
from shieldwall.domain.members import Member, Role, Tier
from shieldwall.errors import NotFound, StorageError
from shieldwall.mediation.cluster import Candidate
from shieldwall.ports import (
    ChainTransaction,
    Link,
    ObjectKey,
    Purpose,
    Query,
    Row,
    Store,
    Stream,
    Submissions,
    UnitOfWork,
)
from shieldwall.stix.markings import Tlp
from shieldwall.stix.timestamp import format_micro, normalise
from shieldwall.storage import SqliteStore, memory_store

NOW = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
ALL = Query(versions=frozenset({"all"}))
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return memory_store() if request.param == "memory" else SqliteStore(tmp_path / "alliance.db")


def an_object(
    name: str, version: str = "2026-01-01T00:00:00", *, kind: str = "indicator", served: bool = True
) -> MediatedObject:
    text = f"{version}.000Z" if version else ""
    body = f"original {name} {version}".encode()
    valid = ValidObject(f"{kind}--{name}", kind, version, text, "2.1", Tlp.AMBER, body, {})
    return MediatedObject(valid, f"served {name} {version}".encode() if served else None, {})


def key_of(item: MediatedObject) -> ObjectKey:
    return (item.original.id, item.original.version)


def keep(uow: UnitOfWork, member: str, *items: MediatedObject) -> list[ObjectKey]:
    uow.objects.keep(member, items, uow.objects.instants(NOW, len(items)))
    return [key_of(item) for item in items]


def release(uow: UnitOfWork, *items: MediatedObject, at: datetime = NOW, critical: bool = False) -> None:
    uow.pool.release(keep(uow, "member-1", *items), at, critical)


def catch_up(uow: UnitOfWork, stream: Stream, by: datetime = NOW, tlp: Tlp = Tlp.AMBER) -> list[ObjectKey]:
    current = next(item for item in uow.pool.streams() if item.id == stream.id)
    keys = list(uow.pool.undelivered(current, by, tlp))
    uow.pool.deliver(current, keys, uow.objects.instants(by, len(keys)), by)
    return keys


def walk(uow: UnitOfWork, source: Submissions | Stream, query: Query = ALL, limit: int = 2) -> list[Row]:
    found: list[Row] = []
    while page := uow.objects.page(source, query, found[-1].seq if found else 0, limit):
        assert len(page) <= limit
        found += page
    return found


def digest(name: object) -> bytes:
    return hashlib.sha256(str(name).encode()).digest()[:16]


def a_case(name: str = "case-1", status: CaseStatus = CaseStatus.REVIEW, at: datetime = NOW) -> Case:
    return Case(name, at, 3, status, 1, NOW + HOUR, None, "")


def a_filing(
    name: str, observables: Sequence[object] = (), *, case: str = "case-1", root_key: str | None = None
) -> Filed:
    held = [digest(item) for item in observables]
    features = Features(root_key, root_key, frozenset(held), frozenset(held[:1]), frozenset({"context"}), 55, "ttp", 2)
    return Filed(Contribution(name, NOW, "report--1", "report", ("report--1", "x"), features), case)


# Units of work


def test_what_is_not_committed_leaves_nothing(store: Store) -> None:
    with store.write() as uow:
        keep(uow, "member-1", an_object("a"))
        uow.ledger.append([b"entry"], [(0, 0, b"h")])
    with pytest.raises(ZeroDivisionError), store.write() as uow:
        uow.documents.put("kind", "key", b"body")
        raise ZeroDivisionError
    with store.read() as uow:
        assert walk(uow, Submissions("member-1")) == []
        assert uow.ledger.size() == 0
        assert uow.documents.get("kind", "key") is None


def test_readers_see_the_last_commit_and_keep_their_snapshot(store: Store) -> None:
    with store.read() as before:
        with store.write() as writer:
            writer.documents.put("kind", "key", b"body")
            with store.read() as during:
                assert during.documents.get("kind", "key") is None
            writer.commit()
        assert before.documents.get("kind", "key") is None
    with store.read() as after:
        assert after.documents.get("kind", "key") == b"body"


def _add_one(store: Store) -> None:
    with store.write() as uow:
        size = uow.ledger.size()
        uow.ledger.append([str(size).encode()], [])
        uow.commit()


def test_writers_take_turns(store: Store) -> None:
    def add_ten() -> None:
        for _ in range(10):
            _add_one(store)

    threads = [threading.Thread(target=add_ten) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as uow:
        assert uow.ledger.entries(0, 100) == [str(number).encode() for number in range(40)]


def test_the_writer_of_another_process_waits(tmp_path: Path) -> None:
    first, second = (SqliteStore(tmp_path / "alliance.db") for _ in range(2))  # share no lock of this process
    thread = threading.Thread(target=_add_one, args=(second,))
    with first.write() as uow:
        uow.ledger.append([b"0"], [])
        thread.start()
        thread.join(0.2)
        assert thread.is_alive()
        uow.commit()
    thread.join()
    with first.read() as uow:
        assert uow.ledger.entries(0, 10) == [b"0", b"1"]


def test_a_reading_unit_writes_nothing(store: Store) -> None:
    with store.read() as uow, pytest.raises(StorageError, match="reading unit"):
        uow.documents.put("kind", "key", b"body")


def test_a_unit_with_a_failed_statement_cannot_be_committed(store: Store) -> None:
    with store.write() as uow:
        uow.cases.add(a_case())
        with pytest.raises(StorageError, match="contradicts"):
            uow.cases.add(a_case())
        with pytest.raises(StorageError, match="cannot be committed"):
            uow.commit()
    with store.read() as uow:
        assert uow.cases.get("case-1") is None


def test_a_unit_is_over_after_its_commit(store: Store) -> None:
    with store.write() as uow:
        uow.commit()
        with pytest.raises(StorageError, match="is over"):
            uow.documents.put("kind", "key", b"body")


def test_an_impossible_value_is_a_storage_error_without_the_value(store: Store) -> None:
    with store.write() as uow, pytest.raises(StorageError) as caught:
        uow.outbox.add("epoch", 2**63)
    assert str(2**63) not in str(caught.value)


def test_memory_stores_are_apart() -> None:
    one, other = memory_store(), memory_store()
    _add_one(one)
    with other.read() as uow:
        assert uow.ledger.size() == 0


# Objects


def test_objects_keep_both_byte_strings(store: Store) -> None:
    shown, private = an_object("a"), an_object("b", served=False)
    with store.write() as uow:
        keys = keep(uow, "member-1", shown, private)
        keep(uow, "member-2", shown)
        stored = uow.objects.stored([*keys, ("indicator--none", "")])
        assert stored[keys[0]].digest == hashlib.sha256(b"served a 2026-01-01T00:00:00").digest()
        assert stored[keys[1]].digest == hashlib.sha256(private.original.body).digest()
        assert stored[keys[0]].tlp is Tlp.AMBER and set(stored) == set(keys)
        assert uow.objects.kept("member-2", keys) == {keys[0]: shown.original.body}
        assert uow.objects.served([keys[0], keys[0]]) == [shown.served, shown.served]
        with pytest.raises(NotFound):
            uow.objects.served(keys)


def test_a_repeated_object_is_listed_once_for_each_member(store: Store) -> None:
    with store.write() as uow:
        for member in ("member-1", "member-1", "member-2"):
            keep(uow, member, an_object("a"))
        assert [len(walk(uow, Submissions(name))) for name in ("member-1", "member-2", "x")] == [1, 1, 0]


def test_latest_is_the_members_own_last_served_version(store: Store) -> None:
    old, new = an_object("a", "2026-01-01T00:00:00"), an_object("a", "2026-01-02T00:00:00")
    with store.write() as uow:
        keep(uow, "member-1", new, old, an_object("b", served=False))
        keep(uow, "member-2", old)
        ids = ["indicator--a", "indicator--b"]
        assert uow.objects.latest("member-1", ids) == {"indicator--a": new.served}
        assert uow.objects.latest("member-2", ids) == {"indicator--a": old.served}


def test_an_object_without_version_is_listed_under_its_date(store: Store) -> None:
    with store.write() as uow:
        keep(uow, "member-1", an_object("a", ""))
        (row,) = walk(uow, Submissions("member-1"))
        assert row.version_text == format_micro(row.date_added)
        for versions, count in ((normalise(row.version_text), 1), (normalise("2020-01-01T00:00:00Z"), 0)):
            query = Query(versions=frozenset({versions}))
            assert len(uow.objects.page(Submissions("member-1"), query, 0, 9)) == count


def test_pseudonyms_are_remembered(store: Store) -> None:
    with store.write() as uow:
        uow.objects.pseudonyms(["identity--a"])
        uow.objects.pseudonyms(["identity--a", "identity--b"])
        assert uow.objects.is_pseudonym("identity--b")
        assert not uow.objects.is_pseudonym("identity--c")


def test_instants_rise_even_when_the_clock_falls(store: Store) -> None:
    with store.write() as uow:
        given_out = [*uow.objects.instants(NOW, 3), *uow.objects.instants(NOW - HOUR, 2)]
        given_out += uow.objects.instants(NOW + HOUR, 1)
        uow.commit()
    with store.write() as uow:
        given_out += uow.objects.instants(NOW, 2)
        assert uow.objects.instants(NOW, 0) == ()
    assert given_out == sorted(set(given_out))
    assert given_out[0] == NOW and given_out[5] == NOW + HOUR


VERSIONS = ("2026-01-01T00:00:00", "2026-01-01T00:00:00.5", "2026-01-02T00:00:00")
KINDS = ("indicator", "malware")


@st.composite
def queries(draw: st.DrawFn) -> Query:
    some_ids = st.sampled_from([f"{kind}--{name}" for kind in KINDS for name in "ab"])
    keywords = st.sampled_from(["first", "last", "all", *VERSIONS])
    return Query(
        added_after=draw(st.none() | st.integers(0, 14).map(lambda n: NOW + timedelta(microseconds=n))),
        ids=draw(st.frozensets(some_ids, max_size=2)),
        types=draw(st.frozensets(st.sampled_from(KINDS), max_size=1)),
        spec_versions=draw(st.sampled_from([frozenset(), frozenset({"2.1"}), frozenset({"2.0"})])),
        versions=draw(st.frozensets(keywords, min_size=1, max_size=2)),
    )


def oracle(rows: Sequence[tuple[MediatedObject, datetime]], query: Query) -> list[datetime]:
    """The dates of the rows a filter lets through, by comparing every row with every other."""

    def chosen(item: MediatedObject) -> bool:
        versions = [other.original.version for other, _ in rows if other.original.id == item.original.id]
        own = item.original.version
        wanted = {"first": own == min(versions), "last": own == max(versions), "all": True}
        return any(wanted.get(word, word == own) for word in query.versions)

    return [
        added
        for item, added in rows
        if (query.added_after is None or added > query.added_after)
        and item.original.id in (query.ids or {item.original.id})
        and item.original.type in (query.types or {item.original.type})
        and item.original.spec_version in (query.spec_versions or {item.original.spec_version})
        and chosen(item)
    ]


POSTS = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(VERSIONS), st.sampled_from(KINDS)),
    unique=True,
    max_size=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(posts=POSTS, fork_at=st.integers(0, 12), query=queries(), limit=st.integers(1, 5))
def test_pages_agree_with_brute_force(
    posts: list[tuple[str, str, str]], fork_at: int, query: Query, limit: int
) -> None:
    items = [an_object(name, version, kind=kind) for name, version, kind in posts]
    with memory_store().write() as uow:
        dates = uow.objects.instants(NOW, len(items))
        uow.objects.keep("member-1", items, dates)
        keys = [key_of(item) for item in items]
        root = uow.pool.root(Level.BASIC)
        uow.pool.deliver(root, keys[:fork_at], dates[:fork_at], NOW)
        child = uow.pool.fork(root, Level.FULL, 0)
        # What the parent receives after the fork is not the child's.
        uow.pool.deliver(root, keys[fork_at:][::-1], dates[fork_at:], NOW)
        uow.pool.deliver(child, keys[fork_at:], dates[fork_at:], NOW)
        expected = oracle(list(zip(items, dates, strict=True)), query)
        for source in (Submissions("member-1"), child):
            rows = walk(uow, source, query, limit)
            assert [row.date_added for row in rows] == expected
            served = source is child
            assert all(row.body.startswith(b"served" if served else b"original") for row in rows)


# Pool


def test_releases_come_due_by_time_marking_and_urgency(store: Store) -> None:
    early, late, urgent, red = (an_object(name) for name in ("early", "late", "urgent", "red"))
    red = replace(red, original=replace(red.original, tlp=Tlp.RED))
    with store.write() as uow:
        release(uow, early, red, an_object("private", served=False), at=NOW)
        release(uow, late, at=NOW + 2 * HOUR)
        release(uow, urgent, at=NOW + 2 * HOUR, critical=True)
        uow.pool.release([key_of(early)], NOW + 9 * HOUR, critical=True)  # changes nothing
        root = uow.pool.root(Level.BASIC)
        assert catch_up(uow, root, NOW + HOUR) == [key_of(early), key_of(urgent)]
        assert catch_up(uow, root, NOW + HOUR) == []
        assert catch_up(uow, root, NOW + 2 * HOUR) == [key_of(late)]
        assert uow.pool.streams()[0].settled == 4


def test_a_level_has_one_root_and_a_member_one_stream(store: Store) -> None:
    with store.write() as uow:
        full, basic = uow.pool.root(Level.FULL), uow.pool.root(Level.BASIC)
        assert uow.pool.root(Level.FULL) == full
        with pytest.raises(NotFound):
            uow.pool.stream_of("member-1")
        for stream in (full, basic):
            uow.pool.assign("member-1", stream.id)
            assert uow.pool.stream_of("member-1") == stream
        assert uow.pool.streams() == [full, basic]


def test_a_delivery_is_neither_repeated_nor_of_nothing(store: Store) -> None:
    with store.write() as uow:
        release(uow, an_object("a"))
        root = uow.pool.root(Level.FULL)
        catch_up(uow, root)
        with pytest.raises(StorageError, match="contradicts"):
            uow.pool.deliver(root, [key_of(an_object("a"))], uow.objects.instants(NOW, 1), NOW)
    with store.write() as uow, pytest.raises(StorageError, match="not stored"):
        uow.pool.deliver(uow.pool.root(Level.FULL), [("indicator--x", "")], uow.objects.instants(NOW, 1), NOW)


TLPS = {Level.BASIC: Tlp.GREEN, Level.PARTIAL: Tlp.AMBER, Level.FULL: Tlp.AMBER_STRICT}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("release"), st.sampled_from(list(TLPS.values()))),
        st.tuples(st.just("level"), st.sampled_from(list(Level))),
        st.tuples(st.just("poll"), st.none()),
    ),
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_a_member_that_changes_level_misses_and_repeats_nothing(
    steps: list[tuple[str, Tlp | Level | None]],
) -> None:
    released: dict[str, Tlp] = {}
    due: set[str] = set()
    polled: list[Row] = []
    with memory_store().write() as uow:
        uow.pool.assign("member-1", uow.pool.root(Level.BASIC).id)
        uow.pool.root(Level.FULL)
        for step, value in [*steps, ("poll", None)]:
            stream = uow.pool.stream_of("member-1")
            if isinstance(value, Tlp):
                item = an_object(str(len(released)))
                item = replace(item, original=replace(item.original, tlp=value))
                release(uow, item)
                released[item.original.id] = value
            elif isinstance(value, Level):
                uow.pool.assign("member-1", uow.pool.fork(stream, value, 0).id)
            elif step == "poll":
                for other in uow.pool.streams():
                    catch_up(uow, other, tlp=TLPS[other.level])
                due |= {id_ for id_, tlp in released.items() if tlp <= TLPS[stream.level]}
                since = polled[-1].date_added if polled else None
                polled += walk(uow, uow.pool.stream_of("member-1"), replace(ALL, added_after=since))
        full = walk(uow, uow.pool.stream_of("member-1"))
    assert polled == full
    assert sorted(row.id for row in polled) == sorted(due)
    for ordered in ([row.seq for row in full], [row.date_added for row in full]):
        assert ordered == sorted(set(ordered))  # type: ignore[type-var]


# Contributions, cases, seal


def test_contributions_come_back_as_they_were(store: Store) -> None:
    late = a_filing("b", range(40), root_key="CVE-2026-0001")
    early = replace(late, contribution=replace(a_filing("a", [1, 2]).contribution, accepted_at=NOW - HOUR))
    with store.write() as uow:
        keys = keep(uow, "member-1", an_object("x"), an_object("own", served=False))
        uow.contributions.add(late, keys, 8)  # the case may follow in the same unit
        uow.contributions.add(early, keys[:1], 7)
        uow.cases.add(a_case())
        uow.commit()
    with store.read() as uow:
        assert uow.contributions.of_case("case-1") == (early, late)
        assert uow.contributions.all_in_order() == [early, late]
        assert uow.contributions.entry("b") == 8 and uow.contributions.entry("c") is None
        assert uow.contributions.objects("case-1") == uow.contributions.held("b") == keys[:1]
        assert (uow.contributions.count(), uow.contributions.count("other")) == (2, 0)
        recorded = uow.contributions.recorded(["b", "a", "none"])
        assert [(filed.contribution.id, entry) for filed, entry in recorded] == [("a", 7), ("b", 8)]


def test_the_indicator_lane_is_held_from_its_first_time_on(store: Store) -> None:
    digests = {bytes([number]) * 16 for number in range(3)}
    with store.write() as uow:
        uow.contributions.hold_loose(digests, 4)
        uow.contributions.hold_loose(digests | {bytes(15) + b"x"}, 9)
        uow.commit()
    with store.read() as uow:
        assert uow.contributions.loose() == dict.fromkeys(digests, 4) | {bytes(15) + b"x": 9}
        assert uow.contributions.known(digests | {b"y" * 16}) == 3
        assert uow.contributions.candidates(digests, None, 20) == []


def test_a_contribution_needs_its_case_and_its_objects(store: Store) -> None:
    with store.write() as uow, pytest.raises(StorageError, match="not stored"):
        uow.contributions.add(a_filing("a"), [("indicator--none", "")], 0)
    with store.write() as uow:
        uow.contributions.add(a_filing("a", case="none"), [], 0)
        with pytest.raises(StorageError, match="contradicts"):
            uow.commit()
    with store.read() as uow:
        assert uow.contributions.count() == 0


def test_candidates_are_open_and_share_a_countable_observable_or_the_root(store: Store) -> None:
    with store.write() as uow:
        for name, status in (("open", CaseStatus.WAITING), ("frozen", CaseStatus.JUDGED)):
            uow.cases.add(a_case(name, status))
        held = {"a": [1, 2, 3], "b": [1, 9], "c": [1, 7]}
        for number, (name, observables) in enumerate(held.items()):
            uow.contributions.add(a_filing(name, observables, case="open"), [], number)
        uow.contributions.add(a_filing("d", [2], case="frozen", root_key="key"), [], 3)
        uow.contributions.add(a_filing("e", [], case="open", root_key="key"), [], 4)
        asked = [digest(item) for item in (1, 2, 3, 5)]
        assert uow.contributions.known(asked) == 3
        assert uow.contributions.known([]) == 0
        a, b, c = (Candidate(name, "open", NOW, None, size, 0, 0) for name, size in zip("abc", (3, 2, 2), strict=True))
        e = Candidate("e", "open", NOW, "key", 0, 0, 0)
        assert uow.contributions.candidates(asked, None, 2) == [replace(a, shared=2)]
        assert uow.contributions.candidates(asked, "key", 3) == [
            replace(a, shared=3, shared_hashes=1),
            replace(b, shared=1, shared_hashes=1),
            replace(c, shared=1, shared_hashes=1),
            e,
        ]
        assert uow.contributions.candidates([], None, 20) == []
        assert uow.contributions.candidates([], "key", 20) == [e]


def test_sightings_count_from_the_first_on(store: Store) -> None:
    with store.write() as uow:
        keys = keep(uow, "member-1", an_object("x"))
        uow.cases.add(a_case())
        uow.contributions.add(a_filing("a"), keys, 0)
        for at in (NOW + HOUR, NOW, NOW + 2 * HOUR):
            uow.contributions.sight([keys[0][0], "indicator--other"], "member-2", at)
        assert uow.contributions.sighted_by("case-1", NOW) == {"member-2"}
        assert uow.contributions.sighted_by("case-1", NOW - HOUR) == frozenset()
        assert uow.contributions.sighted_by("case-2", NOW) == frozenset()


def test_cases_come_back_in_order(store: Store) -> None:
    cases = [a_case(f"case-{number}", at=NOW + HOUR * (number // 2)) for number in range(5)]
    with store.write() as uow:
        for case in reversed(cases):
            uow.cases.add(case)
        changed = replace(cases[2], status=CaseStatus.JUDGED, due_at=None, reveal_from=NOW, reason="none")
        uow.cases.update(changed)
        assert uow.cases.get("case-2") == changed
        assert uow.cases.get("none") is None
        with pytest.raises(NotFound):
            uow.cases.update(a_case("none"))
        assert uow.cases.with_status(CaseStatus.REVIEW) == [*cases[:2], *cases[3:]]
        newest = [*reversed(cases[3:]), changed, *reversed(cases[:2])]
        assert uow.cases.newest(9) == newest
        assert uow.cases.newest(2, before="case-3") == newest[2:4]
        assert uow.cases.count_by_status()[CaseStatus.REVIEW] == 4


def test_seats_and_verdicts_come_back_as_they_were(store: Store) -> None:
    seat = Seat("case-1", "panelist-2", 0, NOW)
    ballot = Ballot(True, 70, False)
    voted = replace(seat, commitment=b"c", ballot=ballot, nonce=b"n", vacated=True)
    other = replace(seat, panelist="panelist-1")
    verdict = Verdict(True, 70, False, Method.BALLOTS, 3)
    evidence = Evidence(date(2026, 1, 2), Fraction(1, 3), 98)
    with store.write() as uow:
        uow.cases.add(a_case())
        for item in (seat, other, voted):
            uow.cases.put_seat(item)
        assert uow.cases.seats("case-1") == [voted, other]
        assert uow.cases.verdict("case-1") is None
        uow.cases.judge("case-1", verdict, evidence, NOW)
        assert uow.cases.verdict("case-1") == (verdict, evidence, NOW)
        with pytest.raises(StorageError):
            uow.cases.judge("case-1", verdict, evidence, NOW)


def test_every_look_under_the_seal_is_logged(store: Store) -> None:
    link = Link("member-1", b"salt")
    with store.write() as uow:
        uow.seal.link("b", link)
        uow.seal.link("a", link)
        uow.seal.own(["lineage"], "member-1")
        uow.seal.own(["lineage", "other"], "member-2")
        assert uow.seal.owners(["lineage", "other", "none"], Purpose.OWNERSHIP, NOW) == {
            "lineage": "member-1",
            "other": "member-2",
        }
        assert uow.seal.contributors(["a", "none"], Purpose.EXCLUSION, NOW) == {"a": link}
        assert uow.seal.contributions_of("member-1", Purpose.AUDIT, NOW) == ["b", "a"]
        uow.commit()
    with store.read() as uow:
        assert uow.seal.reads() == [
            (NOW, Purpose.OWNERSHIP, 2),
            (NOW, Purpose.EXCLUSION, 1),
            (NOW, Purpose.AUDIT, 2),
        ]
        with pytest.raises(StorageError, match="cannot log"):
            uow.seal.contributors(["a"], Purpose.AUDIT, NOW)


# Accounts, ledger, epochs, evidence, chain


def a_member(name: str, account: int | None = 0) -> Member:
    return Member(
        f"id-{name}",
        name,
        Role.MEMBER,
        Tier.CORE,
        "Org",
        ("a", "é"),
        True,
        account,
        f"s{name}",
        f"p{name}",
        NOW,
    )


def test_accounts_come_back_in_the_order_of_joining(store: Store) -> None:
    second, first = a_member("b", None), a_member("a")
    with store.write() as uow:
        uow.members.add(second, b"token-b", b"key")
        uow.members.add(first, b"token-a", None)
        uow.members.set_token(second.id, b"token-c")
        assert uow.members.all() == (second, first)
        assert uow.members.by_token(b"token-c") == second
        assert uow.members.by_token(b"token-b") is None
        assert (uow.members.chain_key(second.id), uow.members.chain_key(first.id)) == (b"key", None)
        with pytest.raises(NotFound):
            uow.members.set_token("none", b"x")
        with pytest.raises(StorageError):
            uow.members.add(replace(first, id="new"), b"x", None)


def test_the_ledger_is_dense_and_append_only(store: Store) -> None:
    with store.write() as uow:
        uow.ledger.append([b"0", b"1"], [(0, 0, b"a"), (0, 1, b"b"), (1, 0, b"c")])
        uow.ledger.append([b"2"], [(0, 2, b"d")])
        assert uow.ledger.size() == 3
        assert uow.ledger.entries(1, 5) == [b"1", b"2"]
        assert (uow.ledger.entry(2), uow.ledger.node(1, 0)) == (b"2", b"c")
        with pytest.raises(NotFound):
            uow.ledger.entry(3)
        with pytest.raises(NotFound):
            uow.ledger.node(1, 1)
        assert uow.ledger.checkpoint() is None
        for size, note in ((3, b"old"), (12, b"new"), (12, b"newer")):
            uow.ledger.save_checkpoint(size, note)
        assert uow.ledger.checkpoint() == b"newer"
        with pytest.raises(StorageError):
            uow.ledger.append([], [(1, 0, b"other")])


def a_priced(case: str, *shares: Share) -> Priced:
    third = Fraction(1, 3)
    factors = Factors(40_000, Fraction(2), third, Fraction(3, 2), third, third, Fraction(1), third)
    return Priced(Valued(case, 1, factors, 2**40), 2**50, shares)


def test_epochs_come_back_as_they_were(store: Store) -> None:
    one = Epoch(1, NOW, 10**12, 0)
    closed = Epoch(1, NOW, 10**12, 0, NOW + HOUR, 1, 2, 10**30, 4, 5, 6, "hash")
    two = Epoch(2, NOW + HOUR, 5, 6)
    shares = (Share("case-2", "z", True, 7), Share("case-2", "a", False, 3))
    payouts = [Payout(1, "member-2", 4, b"s2"), Payout(1, "member-1", 3, b"s1")]
    priced = [a_priced("case-2", *shares), a_priced("case-1")]
    with store.write() as uow:
        with pytest.raises(NotFound):
            uow.epochs.current()
        for epoch in (one, closed, two):
            uow.epochs.put(epoch)
        assert uow.epochs.all() == [closed, two]
        assert uow.epochs.current() == two
        for name in ("case-1", "case-2"):
            uow.cases.add(a_case(name))
        uow.epochs.state(1, priced, payouts)
        uow.commit()
    with store.write() as uow:
        assert uow.epochs.priced(1) == priced[::-1]
        assert uow.epochs.priced_case("case-2") == priced[0]
        assert uow.epochs.priced_case("none") is None
        assert uow.epochs.payouts(1) == payouts[::-1]
        assert (uow.epochs.priced(2), uow.epochs.payouts(2)) == ([], [])
        with pytest.raises(StorageError):  # a case is paid once, whichever epoch says so
            uow.epochs.state(2, priced[:1], [])


def test_evidence_is_kept_by_source(store: Store) -> None:
    with store.write() as uow:
        uow.evidence.load_exploited({"CVE-1": date(2026, 1, 2)}, b"d", NOW)
        uow.evidence.load_epss({"CVE-1": Fraction(1, 4), "CVE-2": Fraction(1, 8)}, b"d", NOW)
        uow.evidence.load_epss({"CVE-1": Fraction(1, 2)}, b"d", NOW)
        uow.evidence.load_cvss({"CVE-2": 98}, b"d", NOW)
        assert uow.evidence.of("CVE-1") == Evidence(date(2026, 1, 2), Fraction(1, 2), None)
        assert uow.evidence.of("CVE-2") == Evidence(None, Fraction(1, 8), 98)
        assert uow.evidence.of("CVE-3") == uow.evidence.of(None) == Evidence()


def test_the_chain_journal_takes_only_the_next_transaction(store: Store) -> None:
    steps = [ChainTransaction(number, "register", bytes([number]), b"root") for number in (1, 2, 3)]
    with store.write() as uow:
        for wrong in (steps[1], replace(steps[0], sequence=0)):
            with pytest.raises(StorageError, match="expected 1"):
                uow.journal.append(wrong)
        for step in steps[:2]:
            uow.journal.append(step)
        with pytest.raises(StorageError, match="expected 3"):
            uow.journal.append(steps[1])
        assert uow.journal.after(0) == steps[:2]
        assert uow.journal.after(1) == steps[1:2]


def test_the_outbox_keeps_its_order(store: Store) -> None:
    with store.write() as uow:
        for kind, key in (("register", 1), ("register", 0), ("epoch", 1), ("register", 1)):
            uow.outbox.add(kind, key)
        uow.outbox.done("register", 0)
        assert uow.outbox.pending() == [("register", 1), ("epoch", 1)]


def test_a_document_replaces_its_predecessor(store: Store) -> None:
    with store.write() as uow:
        for body in (b"old", b"new"):
            uow.documents.put("policy", "1", body)
        assert uow.documents.get("policy", "1") == b"new"
        assert uow.documents.get("status", "1") is None


# What a post costs


@pytest.mark.parametrize("action", ["keep", "release", "kept", "known"])
def test_a_posts_statements_do_not_grow_with_it(action: str) -> None:
    store = memory_store()
    counted: list[str] = []
    event.listen(store._writer, "before_cursor_execute", lambda *args: counted.append(args[2]))
    items = [an_object(str(number)) for number in range(50)]
    keys = [key_of(item) for item in items]
    actions: dict[str, Callable[[UnitOfWork, int], object]] = {
        "keep": lambda uow, count: keep(uow, "member-1", *items[:count]),
        "release": lambda uow, count: uow.pool.release(keys[:count], NOW, False),
        "kept": lambda uow, count: uow.objects.kept("member-1", keys[:count]),
        "known": lambda uow, count: uow.contributions.known([digest(n) for n in range(count)]),
    }
    with store.write() as uow:
        costs = []
        for count in (1, 50):
            counted.clear()
            actions[action](uow, count)
            costs.append(len(counted))
    assert costs[0] == costs[1] <= 3


def test_a_posts_look_ups_do_not_walk_what_is_stored() -> None:
    store = memory_store()
    seen: list[tuple[str, tuple[str, ...]]] = []
    event.listen(store._writer, "before_cursor_execute", lambda *args: seen.append((args[2], args[3])))
    by_id = Query(ids=frozenset({"indicator--a"}))
    with store.write() as uow:
        root = uow.pool.root(Level.FULL)
        keys = keep(uow, "member-1", an_object("a"))
        uow.objects.stored(keys)
        uow.objects.kept("member-1", keys)
        uow.objects.latest("member-1", ["indicator--a"])
        uow.pool.release(keys, NOW, False)
        uow.contributions.known([digest(1)])
        uow.contributions.candidates([digest(1)], "key", 20)
        uow.objects.page(Submissions("member-1"), by_id, 0, 10)
        uow.objects.page(root, by_id, 0, 10)
    plans = {
        row[3]
        for statement, parameters in seen
        if isinstance(parameters, tuple)
        for row in store._base.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    }
    large = "object_version|original|delivery|released|observable|holding|contribution"
    assert [plan for plan in plans if re.match(rf"SEARCH ({large}) ", plan)]
    assert not [plan for plan in plans if re.match(rf"SCAN ({large})\b", plan)]
    # The index by member alone would walk everything that the member ever sent.
    assert not [plan for plan in plans if plan.endswith("ix_original_member (member=?)")]
