"""Measures the clustering rule on public data: which reports on one campaign it links, and which others.

Run ``python benchmarks/clustering.py``; needs ``../shared/data``. Pairs are reports of different organisations,
without the community feeds. Two reports *name the same campaign* when their paths have a telling word in common, and
*name different ones* when both have telling words and none in common. Campaigns have several names, so links between
reports that name different ones are an upper bound of the false links. The rule measured is ``mediation.cluster``.
"""

from __future__ import annotations

import csv
import json
import re
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import combinations
from pathlib import Path

from shieldwall.bootstrap import default_policy
from shieldwall.domain.contributions import Features
from shieldwall.domain.policy import Policy, parse_policy
from shieldwall.mediation.cluster import Candidate, choose, matches
from shieldwall.simulation.recorded import Recorded, contributions_of

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
RESULT = Path(__file__).parent / "results" / "clustering.json"
FEEDS = frozenset({"otx", "maltrail"})
THRESHOLDS = (
    # shared_hashes, shared_observables, shared_share
    (1, 1, "0"),
    (1, 1, "1/2"),
    (2, 2, "1/2"),
    (2, 2, "1/4"),
    (3, 3, "1/4"),
    (3, 3, "1/2"),
    (3, 3, "3/4"),
    (5, 5, "1/2"),
    (10, 10, "1/2"),
    (1_000_000, 3, "1/2"),
    (1_000_000, 1_000_000, "1"),
)
GENERIC = frozenset(
    """
    actor activity adoc analysis attack attacks attackers backdoor brute campaign campaigns community compromise
    crime cobalt common cyber data deploys distribution domain domains email emails espionage evil exploit
    exploits extension extra file files from gang generic github group groups hash hashes indicator indicators
    info infostealer into iocs json linked list loader mail mal malicious malware misc misp network new
    operation operators part phishing ransom ransomware readme remote report reports rule rules samples server
    servers sha1 sha256 spam stealer stix2 suspicious targeting targets tech themed threat threats tool toolkit
    tools trojan update updates using virus vuln vulnerability web webshell webshells windows with yara zero
    iran north korea china chinese russian ukraine ukrainian
    """.split()  # noqa: SIM905 - seventy quoted words would hide the list
)

Report = tuple[str, str]


@dataclass(frozen=True)
class Item:
    """One contribution, its observables as small integers."""

    number: int
    report: Report
    at: datetime
    observables: frozenset[int]
    hashes: frozenset[int]


def read() -> list[Item]:
    """Every contribution of the organisations that report their own research, and of nextron."""
    numbers: dict[tuple[str, str], int] = {}

    def numbered(recorded: Recorded, kinds: frozenset[str] | None) -> frozenset[int]:
        return frozenset(
            numbers.setdefault(pair, len(numbers)) for pair in recorded.values if kinds is None or pair[0] in kinds
        )

    kept = (item for item in contributions_of(DATA / "contributions.jsonl.gz", None) if item.organisation not in FEEDS)
    return [
        Item(
            number,
            (recorded.organisation, recorded.path),
            recorded.at,
            numbered(recorded, None),
            numbered(recorded, frozenset({"md5", "sha1", "sha256"})),
        )
        for number, recorded in enumerate(kept)
    ]


def words(path: str) -> frozenset[str]:
    """Telling words of a path: four or more letters and digits, not all digits, not generic."""
    found = re.split(r"[^a-z0-9]+", path.lower())
    return frozenset(word for word in found if len(word) >= 4 and not word.isdigit()) - GENERIC


def features(item: Item) -> Features:
    """Features as intake would store them; the rule reads the root key only."""
    return Features(None, None, frozenset(), frozenset(), frozenset(), 0, "network", 0)


@dataclass(frozen=True)
class Overlaps:
    """What pairs of contributions share, counting what at most ``common_after`` contributions hold."""

    shared: dict[tuple[int, int], int]
    hashes: dict[tuple[int, int], int]


def overlaps(items: list[Item], common_after: int) -> Overlaps:
    """Count common observables of every pair that has one."""
    holders: dict[int, list[Item]] = defaultdict(list)
    for item in items:
        for observable in item.observables:
            holders[observable].append(item)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    hashes: dict[tuple[int, int], int] = defaultdict(int)
    for observable, held in holders.items():
        for first, second in combinations(held[: common_after + 1], 2) if len(held) <= common_after else ():
            shared[first.number, second.number] += 1
            hashes[first.number, second.number] += observable in first.hashes
    return Overlaps(dict(shared), dict(hashes))


def candidate(item: Item, pair: tuple[int, int], found: Overlaps, case: str, opened: datetime) -> Candidate:
    """An earlier contribution as the rule sees it."""
    return Candidate(
        str(item.number), case, opened, None, len(item.observables), found.shared[pair], found.hashes[pair]
    )


def links(items: list[Item], found: Overlaps, policy: Policy) -> set[frozenset[Report]]:
    """Pairs of reports of different organisations of which two contributions match."""
    linked = set()
    for first, second in found.shared:
        earlier, later = items[first], items[second]
        if earlier.report[0] == later.report[0]:
            continue
        seen = candidate(earlier, (first, second), found, "", earlier.at)
        if matches(features(later), len(later.observables), seen, policy):
            linked.add(frozenset({earlier.report, later.report}))
    return linked


def cases(items: list[Item], found: Overlaps, policy: Policy) -> list[int]:
    """Sizes of the cases when contributions are filed in order and no case is ever judged."""
    earlier: dict[int, list[int]] = defaultdict(list)
    for first, second in found.shared:
        earlier[second].append(first)
    case_of: dict[int, str] = {}
    opened: dict[str, datetime] = {}
    size: dict[str, int] = defaultdict(int)
    for item in items:
        candidates = [
            candidate(items[n], (n, item.number), found, case_of[n], opened[case_of[n]]) for n in earlier[item.number]
        ]
        case = choose(features(item), len(item.observables), candidates, policy) or f"{item.number:06d}"
        case_of[item.number] = case
        opened.setdefault(case, item.at)
        size[case] += 1
    return sorted(size.values(), reverse=True)


def listed_pairs() -> set[frozenset[Report]]:
    """Pairs of reports with common values, as ``report_pairs.csv`` lists them."""
    with (DATA / "report_pairs.csv").open(newline="", encoding="utf-8") as file:
        return {
            frozenset({(row["first_org"], row["first_path"]), (row["second_org"], row["second_path"])})
            for row in csv.DictReader(file)
        }


def named(pairs: Iterable[frozenset[Report]], same: bool) -> set[frozenset[Report]]:
    """Those pairs that name the same campaign, or different ones."""
    chosen = set()
    for pair in pairs:
        first, second = (words(path) for _, path in sorted(pair))
        if first and second and bool(first & second) is same:
            chosen.add(pair)
    return chosen


def main() -> None:
    """Print the table and keep it as JSON."""
    started = time.perf_counter()
    base = parse_policy(default_policy())
    items = read()
    found = overlaps(items, base.cluster.common_after)
    listed = listed_pairs()
    alike = named(listed, same=True)
    print(f"{len(items):,} contributions, {len(listed)} listed pairs, {len(alike)} of them name the same campaign")
    print("hashes observables share | linked    same campaign | all links  different names | cases  largest")
    rows = []
    for hashes, observables, share in THRESHOLDS:
        rules = replace(
            base.cluster, shared_hashes=hashes, shared_observables=observables, shared_share=Fraction(share)
        )
        policy = replace(base, cluster=rules)
        linked = links(items, found, policy)
        sizes = cases(items, found, policy)
        row = {
            "shared_hashes": hashes,
            "shared_observables": observables,
            "shared_share": share,
            "listed_linked": len(linked & listed),
            "same_campaign_linked": len(linked & alike),
            "links": len(linked),
            "links_same_name": len(named(linked, same=True)),
            "links_different_name": len(named(linked, same=False)),
            "cases": len(sizes),
            "largest_case": sizes[0],
            "in_force": rules == base.cluster,
        }
        rows.append(row)
        print(
            f"{hashes if hashes < 1000 else '-':>6} {observables if observables < 1000 else '-':>11} {share:>5} | "
            f"{len(linked & listed):>4} {len(linked & listed) / len(listed):>4.0%} "
            f"{len(linked & alike):>6} {len(linked & alike) / len(alike):>6.0%}  | "
            f"{len(linked):>9} {row['links_different_name']:>16} | {len(sizes):>5} {sizes[0]:>8}"
            f"{'  <- in force' if row['in_force'] else ''}"
        )
    RESULT.parent.mkdir(exist_ok=True)
    result = {
        "measured": datetime.now(UTC).date().isoformat(),
        "seconds": round(time.perf_counter() - started, 1),
        "contributions": len(items),
        "listed_pairs": len(listed),
        "same_campaign_pairs": len(alike),
        "common_after": base.cluster.common_after,
        "rows": rows,
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(f"wrote {RESULT}")


if __name__ == "__main__":
    main()
