"""The alliance game as JSON in and out, and in words; every key is on the reference page ``solve-alliance``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from fractions import Fraction

from shieldwall.economics.alliance.equilibria import full_sharing, greatest_equilibrium, least_equilibrium
from shieldwall.economics.alliance.members import Alliance
from shieldwall.economics.alliance.potential import PotentialRewards, potential_rewards
from shieldwall.economics.alliance.ranking import Lever, UnitCosts, lever_lines, levers
from shieldwall.economics.alliance.recruitment import conditional_pledges, founding_set, pledge_threshold
from shieldwall.economics.alliance.rewards import UniqueRewards, dominant_rewards, nash_rewards, unique_rewards
from shieldwall.economics.alliance.stability import MAX_STARTS, basin, gaining_coalition
from shieldwall.economics.alliance.tariffs import Notion, Tariff, flat, proportional, two_part
from shieldwall.economics.model import Entry, Model, Progress
from shieldwall.economics.parameters import EXACT, Parameters, as_rational, plain
from shieldwall.economics.status import Status
from shieldwall.errors import InvalidInput

DETAILED = 100
"""Members up to which tariffs, founders, pledges, the basin and coalitions are computed as well."""

LARGEST = 10**60
"""Numbers beyond this, or closer to 0 than its inverse, are refused: results would not be JSON numbers."""


def model(regime: str | None) -> Model[Problem]:
    """The alliance game; it has no regimes.

    Raises:
        InvalidInput: If a regime is named.
    """
    if regime is not None:
        raise InvalidInput("regime", regime, "none: the alliance game has no regimes")
    return Model("alliance", _read, _solve, _tell)


@dataclass(frozen=True, slots=True)
class Problem:
    """An alliance and, if levers are to be ranked, how firmly full sharing shall hold."""

    alliance: Alliance
    target: Notion | None
    costs: UnitCosts
    read: str


def _read(given: Parameters) -> Problem:
    columns: dict[str, list[Fraction]] = {name: [] for name in ("knowledge", "benefit", "risk", "reward")}
    kinds: set[type] = set()
    for member in given.children("members"):
        for name, column in columns.items():
            column.append(_number(member, name, 0 if name in {"knowledge", "benefit"} else None, kinds))
        member.close()
    if not columns["knowledge"]:
        raise InvalidInput(given.path("members"), [], "at least one member")
    exclusion = _number(given, "exclusion", 0, kinds)
    if exclusion > 1:
        raise InvalidInput(given.path("exclusion"), float(exclusion), "a number from 0 to 1")
    target = Notion(given.choice("target", tuple(Notion))) if given.has("target") else None
    costs = _costs(given.child("costs"), kinds) if given.has("costs") else UnitCosts()
    alliance = Alliance(columns["knowledge"], columns["benefit"], columns["risk"], columns["reward"], exclusion)
    read = " and ".join(words for kind, words in _READ.items() if kind in kinds)
    return Problem(alliance, target, costs, read)


_READ = {int: "integers as they are", Decimal: "decimals as written", str: "text as fractions"}
"""How each kind of number is read."""


def _costs(given: Parameters, kinds: set[type]) -> UnitCosts:
    told = {item.name: _number(given, item.name, 0, kinds) for item in fields(UnitCosts) if given.has(item.name)}
    given.close()
    return UnitCosts(**told)


def _number(given: Parameters, key: str, least: int | None, kinds: set[type]) -> Fraction:
    raw = given.take(key, EXACT)
    kinds.add(type(raw))
    value = as_rational(given.path(key), raw)
    if least is not None and value < least:
        raise InvalidInput(given.path(key), plain(float(value)), f"a number of at least {least}")
    size = abs(value.numerator)
    if size and not value.denominator <= size * LARGEST <= value.denominator * LARGEST**2:
        raise InvalidInput(given.path(key), "a number too large or too small", "0, or a size from 1e-60 to 1e60")
    return value


def _solve(problems: Sequence[Problem], progress: Progress) -> Sequence[Entry]:
    entries = []
    for done, problem in enumerate(problems, 1):
        entries.append(_entry(problem))
        progress(done, len(problems))
    return entries


def _entry(problem: Problem) -> Entry:
    alliance, target = problem.alliance, problem.target
    full, found = full_sharing(alliance), _Rewards.of(alliance)
    entry: dict[str, object] = {
        "status": Status.SOLVED.value,
        "read": problem.read,
        "members": len(alliance),
        "exact": alliance.exact and full.exact and found.unique.exact and found.potential.exact,
        "least_equilibrium": list(least_equilibrium(alliance)),
        "greatest_equilibrium": list(greatest_equilibrium(alliance)),
        "full_sharing": {
            "nash": full.nash,
            "strict": full.strict,
            "dominant": full.dominant,
            "unique": full.unique,
            "potential_maximiser": full.potential_maximiser,
            "gains": _floats(full.gains),
            "deviators": list(full.deviators),
            "exact": full.exact,
        },
        "rewards": found.as_json(),
        "totals": {"given": float(sum(alliance.reward, Fraction()))} | found.totals(),
    }
    if target is not None:
        ranked = levers(alliance, target, problem.costs)
        entry |= {
            "target": target.value,
            "levers": [_lever(lever) for lever in ranked],
            "costs": {item.name: float(getattr(problem.costs, item.name)) for item in fields(UnitCosts)},
            "lever_table": list(lever_lines(ranked)),
        }
    if len(alliance) <= DETAILED:
        entry |= _details(alliance)
    else:
        entry["left_out"] = f"tariffs, founders, pledges, basin and coalition: computed for at most {DETAILED} members"
    return entry


@dataclass(frozen=True, slots=True)
class _Rewards:
    """The least rewards for each notion, in place of the given ones."""

    nash: tuple[Fraction, ...]
    dominant: tuple[Fraction, ...]
    unique: UniqueRewards
    potential: PotentialRewards

    @classmethod
    def of(cls, alliance: Alliance) -> _Rewards:
        return cls(
            nash_rewards(alliance), dominant_rewards(alliance), unique_rewards(alliance), potential_rewards(alliance)
        )

    def as_json(self) -> dict[str, object]:
        unique, potential = self.unique, self.potential
        return {
            "nash": _floats(self.nash),
            "dominant": _floats(self.dominant),
            "unique": {
                "order": list(unique.order),
                "rewards": _floats(unique.rewards),
                "total": float(unique.total),
                "lower_bound": float(unique.lower_bound),
                "gap": float(unique.gap),
                "method": unique.method,
                "exact": unique.exact,
            },
            "potential": _floats(potential.rewards),
            "potential_method": potential.method,
            "potential_exact": potential.exact,
        }

    def totals(self) -> dict[str, float]:
        return {
            "nash": float(sum(self.nash, Fraction())),
            "potential": float(self.potential.total),
            "potential_lower_bound": float(self.potential.lower_bound),
            "unique": float(self.unique.total),
            "dominant": float(sum(self.dominant, Fraction())),
        }


def _details(alliance: Alliance) -> dict[str, object]:
    notions = (Notion.NASH, Notion.DOMINANT, Notion.POTENTIAL)
    costs = [max(Fraction(), cost) for cost in alliance.net_risk]
    smallest, cheapest = founding_set(alliance), founding_set(alliance, costs)
    pledges, start = pledge_threshold(alliance), basin(alliance)
    everybody = range(len(alliance))
    coalition = gaining_coalition(alliance, everybody) if len(alliance) <= MAX_STARTS else None
    return {
        "tariffs": {
            notion.value: {
                "proportional": _tariff(proportional(alliance, notion)),
                "flat": _tariff(flat(alliance, notion)),
                "two_part": _tariff(two_part(alliance, notion)),
            }
            for notion in notions
        },
        "founders": {
            "smallest": list(smallest.founders),
            "cheapest": list(cheapest.founders),
            "cheapest_cost": float(cheapest.cost),
            "exact": smallest.exact and cheapest.exact,
        },
        "pledges": {
            "threshold": float(pledges.threshold),
            "dominant": pledges.dominant,
            "holdouts": list(pledges.holdouts),
            "by_all": conditional_pledges(alliance, alliance.total).dominant,
        },
        "basin": {
            "surely": float(start.surely),
            "possibly": float(start.possibly),
            "starts": start.starts,
            "exact": start.exact,
            "error": start.error,
        },
        "coalition": list(coalition) if coalition is not None else None,
    }


def _tariff(tariff: Tariff | None) -> dict[str, object] | None:
    if tariff is None:
        return None
    return {
        "flat": float(tariff.flat),
        "rate": float(tariff.rate),
        "total": float(tariff.total),
        "overpaid": list(tariff.overpaid),
    }


def _lever(lever: Lever) -> dict[str, object]:
    return {
        "lever": lever.name,
        "reached": lever.amount is not None,
        "amount": None if lever.amount is None else float(lever.amount),
        "cost": None if lever.cost is None else float(lever.cost),
        "marginal_cost": None if lever.marginal_cost is None else float(lever.marginal_cost),
        "attained": lever.attained,
    }


def _floats(values: Iterable[Fraction]) -> list[float]:
    return [float(value) for value in values]


def _tell(entry: Entry) -> Iterator[str]:
    full, totals = _object(entry["full_sharing"]), _object(entry["totals"])
    count = int(str(entry["members"]))
    yield f"Least equilibrium: {_who(entry['least_equilibrium'], count)}"
    yield f"Greatest equilibrium: {_who(entry['greatest_equilibrium'], count)}"
    for key in ("nash", "strict", "dominant", "unique", "potential_maximiser"):
        yield f"Full sharing {key.replace('_', ' '):20}{'yes' if full[key] else 'no'}"
    yield f"Total reward: given {float(str(totals['given'])):.6g}"
    for key in ("nash", "potential", "unique", "dominant"):
        yield f"  least for {key:12}{float(str(totals[key])):.6g}"
    if "lever_table" in entry:
        yield f"To make full sharing {entry['target']}, each lever alone:"
        yield from (f"  {line}" for line in _list(entry["lever_table"]))
        yield "  at " + ", ".join(f"{name} {cost}" for name, cost in _object(entry["costs"]).items())
    if "left_out" in entry:
        yield f"Left out: {entry['left_out']}"
    yield _sentence(full, totals)


def _sentence(full: dict[str, object], totals: dict[str, object]) -> str:
    if full["unique"]:
        return "All members share, whatever each expects of the others."
    extra = max(0.0, float(str(totals["unique"])))
    if full["nash"]:
        return (
            "Everybody shares if all expect it, and fewer share if they do not: publish pledges, or pay just over "
            f"{extra:.6g} in all along the order of joining."
        )
    who = [str(member) for member in _list(full["deviators"])]
    named = ", ".join(who[:10]) + (", ..." if len(who) > 10 else "")
    gaining = f"member {named} gains" if len(who) == 1 else f"{len(who)} members gain ({named})"
    return (
        f"Full sharing does not hold: {gaining} by keeping what they know; rewards of "
        f"{float(str(totals['nash'])):.6g} in all would hold everybody."
    )


def _who(members: object, count: int) -> str:
    listed = _list(members)
    if not listed:
        return "nobody shares"
    if len(listed) == count:
        return "everybody shares"
    shown = ", ".join(str(member) for member in listed[:20])
    return f"{len(listed)} of {count} share: {shown}{', ...' if len(listed) > 20 else ''}"


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
