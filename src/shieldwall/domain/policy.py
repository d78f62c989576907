"""The one versioned document that holds every constant of the rules.

Rationals are written in quotes so that they are exact. An unknown key or a value out of range is an error
that names the key, the value and what was expected. ``default_policy.toml`` beside this file explains each.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from shieldwall.domain.access import Level
from shieldwall.domain.amounts import MICRO, parse_ratio
from shieldwall.domain.members import Tier
from shieldwall.errors import InvalidInput, InvalidPolicy
from shieldwall.stix.markings import Tlp

DECAY_CLASSES = ("phishing", "network", "vulnerability", "ttp")


@dataclass(frozen=True, slots=True)
class EpochPolicy:
    """``days`` per epoch; ``budget`` in micro-credits added at each close."""

    days: int
    budget: int


@dataclass(frozen=True, slots=True)
class PricePolicy:
    """Posted price, mechanism.md 2.3; ``initial_post`` in micro-credits per point."""

    initial_post: int
    share: Fraction
    reserve_share: Fraction
    memory_epochs: int
    warm_up_epochs: int
    step: Fraction
    band: Fraction


@dataclass(frozen=True, slots=True)
class DecayPolicy:
    """Value falls from 1 to 0 over ``days``; the curve is 1 - (t / days)^(1 / delta)."""

    days: int
    delta: Fraction


@dataclass(frozen=True, slots=True)
class ValuePolicy:
    """Multipliers of mechanism.md 2.1."""

    exploited: Fraction
    root: Fraction
    tier: Mapping[Tier, Fraction]
    actionability_base: Fraction
    actionability_step: Fraction
    public_novelty: Fraction
    decay: Mapping[str, DecayPolicy]


@dataclass(frozen=True, slots=True)
class SplitPolicy:
    """``first_reporter`` is lambda of mechanism.md 2.2, 0 (Shapley) to 1 (first takes all)."""

    first_reporter: Fraction


@dataclass(frozen=True, slots=True)
class ClusterPolicy:
    """When two contributions are of one case, decisions.md 2."""

    shared_hashes: int
    shared_observables: int
    shared_share: Fraction
    common_after: int
    stop_list: frozenset[str]


@dataclass(frozen=True, slots=True)
class PanelPolicy:
    """Seats drawn, reveals needed, hours for each phase."""

    seats: int
    quorum: int
    commit_hours: int
    reveal_hours: int


@dataclass(frozen=True, slots=True)
class AutomaticPolicy:
    """What skips the ballots: ``corroborators`` independent ones (0: never), or a CVE listed as exploited."""

    corroborators: int
    exploited: bool


@dataclass(frozen=True, slots=True)
class LevelPolicy:
    """``index`` is the least contribution index of the level; ``delay_hours`` from release to delivery."""

    index: Fraction
    delay_hours: int
    tlp: Tlp


@dataclass(frozen=True, slots=True)
class AccessPolicy:
    """Reciprocity, mechanism.md 2.7; ``floor`` is the least target of a tier in milli-points."""

    grace_epochs: int
    memory: Fraction
    target_share: Fraction
    floor: int
    critical_severity: int
    levels: Mapping[Level, LevelPolicy]


@dataclass(frozen=True, slots=True)
class Policy:
    """Every constant of the rules, and the text it came from."""

    text: str
    epoch: EpochPolicy
    price: PricePolicy
    value: ValuePolicy
    split: SplitPolicy
    cluster: ClusterPolicy
    panel: PanelPolicy
    automatic: AutomaticPolicy
    access: AccessPolicy

    @property
    def hash(self) -> str:
        """SHA-256 of the policy's text, hexadecimal: what the ledger records."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class _Table:
    """A TOML table whose keys are taken one by one; ``close`` refuses what is left."""

    def __init__(self, name: str, values: object) -> None:
        if not isinstance(values, dict):
            raise InvalidPolicy(name, values, "a table", f"write it as [{name}]")
        self._name = name
        self._values = dict(values)
        self._known = []  # type: list[str]

    def path(self, key: str) -> str:
        return f"{self._name}.{key}" if self._name else key

    def _take(self, key: str, expected: str) -> object:
        self._known.append(key)
        if key not in self._values:
            raise InvalidPolicy(self.path(key), "nothing", expected, "add the key; no value is assumed")
        return self._values.pop(key)

    def integer(self, key: str, least: int, most: int) -> int:
        expected = f"an integer from {least} to {most}"
        value = self._take(key, expected)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InvalidPolicy(self.path(key), value, expected)
        return value

    def ratio(self, key: str, least: Fraction | int, most: Fraction | int) -> Fraction:
        expected = f'a number in quotes from {least} to {most}, such as "{least}" or "{most}"'
        seen = self._take(key, expected)
        try:
            value = parse_ratio(key, seen)
        except InvalidInput as error:
            raise InvalidPolicy(self.path(key), seen, expected) from error
        if not least <= value <= most:
            raise InvalidPolicy(self.path(key), seen, expected)
        return value

    def scaled(self, key: str, scale: int, most: int) -> int:
        value = self.ratio(key, 0, most) * scale
        if value.denominator != 1:
            raise InvalidPolicy(self.path(key), str(value / scale), f"a multiple of 1/{scale}")
        return value.numerator

    def flag(self, key: str) -> bool:
        value = self._take(key, "true or false")
        if not isinstance(value, bool):
            raise InvalidPolicy(self.path(key), value, "true or false")
        return value

    def texts(self, key: str) -> frozenset[str]:
        value = self._take(key, "a list of texts")
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise InvalidPolicy(self.path(key), value, "a list of texts")
        return frozenset(value)

    def choice(self, key: str, names: Mapping[str, Tlp]) -> Tlp:
        value = self._take(key, f"one of {', '.join(names)}")
        if not isinstance(value, str) or value not in names:
            raise InvalidPolicy(self.path(key), value, f"one of {', '.join(names)}")
        return names[value]

    def table(self, key: str) -> _Table:
        return _Table(self.path(key), self._take(key, "a table"))

    def close(self) -> None:
        for key in self._values:
            raise InvalidPolicy(
                self.path(key),
                self._values[key],
                f"one of the keys {', '.join(sorted(self._known))}",
                "remove or correct it",
            )


def parse_policy(text: str) -> Policy:
    """Read and check a policy document.

    Raises:
        InvalidPolicy: For a syntax error, an unknown or missing key, or a value out of range.
    """
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidPolicy("policy", str(error), "a TOML document") from error
    root = _Table("", document)
    policy = Policy(
        text=text,
        epoch=_epoch(root.table("epoch")),
        price=_price(root.table("price")),
        value=_value(root.table("value")),
        split=_split(root.table("split")),
        cluster=_cluster(root.table("cluster")),
        panel=_panel(root.table("panel")),
        automatic=_automatic(root.table("automatic")),
        access=_access(root.table("access")),
    )
    root.close()
    return policy


def _epoch(table: _Table) -> EpochPolicy:
    section = EpochPolicy(days=table.integer("days", 1, 366), budget=table.scaled("budget", MICRO, 10**9))
    table.close()
    return section


def _price(table: _Table) -> PricePolicy:
    section = PricePolicy(
        initial_post=table.scaled("initial_post", MICRO, 10**6),
        share=table.ratio("share", 0, 1),
        reserve_share=table.ratio("reserve_share", 0, 1),
        memory_epochs=table.integer("memory_epochs", 1, 52),
        warm_up_epochs=table.integer("warm_up_epochs", 1, 52),
        step=table.ratio("step", 1, 4),
        band=table.ratio("band", 1, 100),
    )
    table.close()
    return section


def _value(table: _Table) -> ValuePolicy:
    tiers = table.table("tier")
    decays = table.table("decay")
    section = ValuePolicy(
        exploited=table.ratio("exploited", 1, 5),
        root=table.ratio("root", 1, 5),
        tier={tier: tiers.ratio(tier.value, 1, 5) for tier in Tier},
        actionability_base=table.ratio("actionability_base", 0, 1),
        actionability_step=table.ratio("actionability_step", 0, 1),
        public_novelty=table.ratio("public_novelty", 0, 1),
        decay={name: _decay(decays.table(name)) for name in DECAY_CLASSES},
    )
    tiers.close()
    decays.close()
    table.close()
    return section


def _decay(table: _Table) -> DecayPolicy:
    section = DecayPolicy(
        days=table.integer("days", 1, 3660),
        delta=table.ratio("delta", Fraction(1, 10), 10),
    )
    if section.delta.numerator > 100 or section.delta.denominator > 100:
        raise InvalidPolicy(table.path("delta"), str(section.delta), "a ratio of two integers up to 100")
    table.close()
    return section


def _split(table: _Table) -> SplitPolicy:
    section = SplitPolicy(first_reporter=table.ratio("first_reporter", 0, 1))
    table.close()
    return section


def _cluster(table: _Table) -> ClusterPolicy:
    section = ClusterPolicy(
        shared_hashes=table.integer("shared_hashes", 1, 1000),
        shared_observables=table.integer("shared_observables", 1, 1000),
        shared_share=table.ratio("shared_share", 0, 1),
        common_after=table.integer("common_after", 1, 10**6),
        stop_list=table.texts("stop_list"),
    )
    table.close()
    return section


def _panel(table: _Table) -> PanelPolicy:
    section = PanelPolicy(
        seats=table.integer("seats", 3, 99),
        quorum=table.integer("quorum", 3, 99),
        commit_hours=table.integer("commit_hours", 1, 24 * 90),
        reveal_hours=table.integer("reveal_hours", 1, 24 * 90),
    )
    drawn = section.seats - (section.seats + 1) % 2
    if section.quorum > drawn:
        raise InvalidPolicy(table.path("quorum"), section.quorum, f"at most the odd number of seats, {drawn}")
    table.close()
    return section


def _automatic(table: _Table) -> AutomaticPolicy:
    section = AutomaticPolicy(corroborators=table.integer("corroborators", 0, 1000), exploited=table.flag("exploited"))
    table.close()
    return section


_TLP_NAMES = {"clear": Tlp.CLEAR, "green": Tlp.GREEN, "amber": Tlp.AMBER, "amber+strict": Tlp.AMBER_STRICT}


def _access(table: _Table) -> AccessPolicy:
    levels = table.table("levels")
    section = AccessPolicy(
        grace_epochs=table.integer("grace_epochs", 0, 520),
        memory=table.ratio("memory", 0, Fraction(99, 100)),
        target_share=table.ratio("target_share", 0, 1),
        floor=table.scaled("floor", 1000, 10**6),
        critical_severity=table.integer("critical_severity", 0, 100),
        levels={level: _level(levels.table(level.value)) for level in Level},
    )
    levels.close()
    table.close()
    ordered = [section.levels[level].index for level in Level]
    if ordered != sorted(ordered) or ordered[0] != 0:
        raise InvalidPolicy("access.levels", [str(index) for index in ordered], "rising indices, the lowest level at 0")
    return section


def _level(table: _Table) -> LevelPolicy:
    section = LevelPolicy(
        index=table.ratio("index", 0, 1000),
        delay_hours=table.integer("delay_hours", 0, 24 * 365),
        tlp=table.choice("tlp", _TLP_NAMES),
    )
    table.close()
    return section
