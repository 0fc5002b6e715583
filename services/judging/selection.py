"""Finds the commitments that may select an event by its type and by one value that selectors ask for, so that an event
is not held against each of ten thousand contracts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.selecting import Literal, asked_for, literal

Ranks = list[int]
"""Places of commitments in the order that was given."""


@dataclass(slots=True)
class _OfType:
    """`by_value`: by path and the value there, those that ask for it. `others` ask for none by name; ascending."""

    by_value: dict[str, dict[Literal | None, Ranks]] = field(default_factory=dict)
    others: Ranks = field(default_factory=list)


class Selection:
    """Keeps the order of the commitments."""

    def __init__(self, commitments: Iterable[Commitment]):
        self._commitments = tuple(commitments)
        self._by_type: dict[str, _OfType] = {}
        asking = Counter(
            (kind, path, value)
            for one in self._commitments
            for selector in one.selectors
            for path, values in asked_for(selector)
            for value in values
            for kind in selector.types
        )
        for rank, one in enumerate(self._commitments):
            for selector in one.selectors:
                for kind in selector.types:
                    found = self._by_type.setdefault(kind, _OfType())
                    asked = asked_for(selector)
                    if not asked:
                        found.others += [rank] if found.others[-1:] != [rank] else []
                        continue
                    # What the fewest others ask for tells most.
                    others = [sum(asking[kind, path, value] for value in values) for path, values in asked]
                    path, values = asked[others.index(min(others))]
                    by_value = found.by_value.setdefault(path, {})
                    for value in values:
                        ranks = by_value.setdefault(value, [])
                        ranks += [rank] if ranks[-1:] != [rank] else []

    def of(self, event: OperationalEvent) -> list[Commitment]:
        """Gives the commitments that may select the event: all that do, and few more."""
        found = self._by_type.get(event.type)
        if found is None:
            return []
        asking = [by_value.get(literal(event.lookup(path)), ()) for path, by_value in found.by_value.items()]
        if found.others:
            asking.append(found.others)
        ranks = asking[0] if len(asking) == 1 else sorted(set().union(*asking))
        return [self._commitments[rank] for rank in ranks]
