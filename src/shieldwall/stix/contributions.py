"""From the objects of one POST to contributions and the indicator lane (decision 1 of the design).

A contribution is an outermost root with its content. The content of a root is

1. every object it refers to, and what those refer to in turn: the ``object_refs`` of contained roots and of
   observed data, the ends of listed relationships, creators, markings, samples;
2. where a root has no ``object_refs`` (campaign, incident, vulnerability, or a contained one of these): the
   relationships of the POST that end at it, with their other ends. Another root counts as content only of the
   root that is the relationship's source, and a vulnerability never contains another root;
3. every sighting of the POST that sights an object inside, with what it refers to;
4. every relationship of the POST with both ends inside.

Objects of the same member from earlier POSTs are found by id; relationships and sightings that came earlier
count only where something names them. References that lead nowhere stay. Clustering into cases is not here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shieldwall.stix.parse import StixObject
from shieldwall.stix.references import references_of
from shieldwall.stix.timestamp import normalise

ROOT_TYPES = frozenset({"report", "grouping", "incident", "campaign", "vulnerability"})
"""Types that make a contribution of what they refer to."""


@dataclass(frozen=True, slots=True)
class Grouping:
    """One contribution as a set of ids.

    Args:
        root_id: Id of the outermost root.
        root_type: Its type.
        member_ids: Ids of all its objects, root first, then in POST order, then the earlier ones sorted.
    """

    root_id: str
    root_type: str
    member_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Grouped:
    """What one POST holds.

    Args:
        contributions: One per outermost root, in POST order; an object may be in several.
        indicator_lane: Ids of the POST's objects that are in none, in POST order.
    """

    contributions: tuple[Grouping, ...]
    indicator_lane: tuple[str, ...]


def group(objects: Sequence[StixObject], earlier: Callable[[str], StixObject | None]) -> Grouped:
    """Group the valid objects of one POST.

    Args:
        objects: In POST order. Of several versions of one id the latest counts.
        earlier: Finds an object that the same member posted before, by id.

    Returns:
        Contributions and indicator lane; together they hold every id of the POST.
        Of roots that contain each other, the earliest in the POST is the outermost.

    >>> report = {"type": "report", "id": "report--84e4d88f-44ea-4bcd-bbf3-b2c1c320bcb3", "object_refs": []}
    >>> [found.root_type for found in group([report], lambda _: None).contributions]
    ['report']
    """
    post = _Post(objects, earlier)
    roots = [identifier for identifier, obj in post.objects.items() if obj["type"] in ROOT_TYPES]
    content = {root: post.content(root) for root in roots}
    inner: set[str] = set()
    for position, root in enumerate(roots):
        for other in roots[:position]:
            if root in content[other]:
                inner.add(root)
            elif other in content[root]:
                inner.add(other)
    order = {identifier: position for position, identifier in enumerate(post.objects)}
    contributions = tuple(
        Grouping(root, str(post.objects[root]["type"]), _ordered(root, content[root], order))
        for root in roots
        if root not in inner
    )
    held = {member for contribution in contributions for member in contribution.member_ids}
    return Grouped(contributions, tuple(identifier for identifier in post.objects if identifier not in held))


def _ordered(root: str, members: Iterable[str], order: dict[str, int]) -> tuple[str, ...]:
    last = len(order)
    return (root, *sorted((m for m in members if m != root), key=lambda m: (order.get(m, last), m)))


class _Post:
    """The objects of one POST with the indices that content is found by."""

    def __init__(self, objects: Sequence[StixObject], earlier: Callable[[str], StixObject | None]) -> None:
        self.objects: dict[str, StixObject] = {}
        for obj in objects:
            known = self.objects.get(obj["id"])
            if known is None or _version(obj) >= _version(known):
                self.objects[obj["id"]] = obj
        self._earlier = lru_cache(maxsize=None)(earlier)  # several roots ask for the same ids
        self._relationships: dict[str, list[StixObject]] = defaultdict(list)
        self._sightings: dict[str, list[str]] = defaultdict(list)
        for obj in self.objects.values():
            if obj["type"] == "relationship":
                for end in {obj["source_ref"], obj["target_ref"]}:
                    self._relationships[end].append(obj)
            elif obj["type"] == "sighting":
                self._sightings[obj["sighting_of_ref"]].append(obj["id"])

    def content(self, root: str) -> set[str]:
        """Ids of the root and everything under it."""
        members: set[str] = set()
        waiting = [root]
        while waiting:
            identifier = waiting.pop()
            if identifier in members:
                continue
            obj = self.objects.get(identifier) or self._earlier(identifier)
            if obj is None:
                continue
            members.add(identifier)
            waiting += references_of(obj)
            waiting += self._sightings.get(identifier, ())
            if obj["type"] in ROOT_TYPES and "object_refs" not in obj:
                waiting += self._connected(obj)
        return members | {
            relationship["id"]
            for member in members
            for relationship in self._relationships.get(member, ())
            if relationship["source_ref"] in members and relationship["target_ref"] in members
        }

    def _connected(self, root: StixObject) -> Iterable[str]:
        """Relationships that end at a root without ``object_refs``; following them reaches the other ends."""
        for relationship in self._relationships.get(root["id"], ()):
            source, target = relationship["source_ref"], relationship["target_ref"]
            other = target if source == root["id"] else source
            is_source_root = source == root["id"] and root["type"] != "vulnerability"
            if is_source_root or other.partition("--")[0] not in ROOT_TYPES:
                yield relationship["id"]


def _version(obj: StixObject) -> str:
    return normalise(obj["modified"]) if "modified" in obj else ""
