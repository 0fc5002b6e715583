"""What of an event is personal: which paths a source declares so, what is left without them, and what a contract reads.

A path is personal with all that it leads to; what reads a part of it, or something that it is a part of, reads it too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any, Final

from domain.selecting import selectors_of
from domain.terms import ContractTerms, Criterion, DurationTable, Indicator, KeyRule, PauseCauses, Selector

_PATHS: Final = frozenset({"key", "due", "value", "score"})
"""Fields of an indicator whose text is a path into the event."""
_OF_TIME: Final = frozenset({"weekday", "hour"})
"""Slices that no path leads to."""


@dataclass(frozen=True, slots=True)
class Personal:
    """What a source declares: `subject` is the path to the id of whom an event is about (`subject` or `data.a.b`), `values` the paths
    of what is personal. `hides_names`: `id` and `subject` of its events are personal too."""

    subject: str
    values: tuple[str, ...]
    hides_names: bool = False

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths into data that are taken out; whom an event is about is among them."""
        return _into_data((self.subject, *self.values))

    def covering(self, path: str) -> str | None:
        """The declared path that reading `path` would read of; None where it reads none."""
        return next((one for one in self.paths if overlap(one, path)), None)


@lru_cache(maxsize=1_000)
def _into_data(paths: tuple[str, ...]) -> tuple[str, ...]:
    """Those of them that lead into data, each once; kept, since they are the same for every event of a source."""
    return tuple(one for one in dict.fromkeys(paths) if one == "data" or one.startswith("data."))


def overlap(one: str, other: str) -> bool:
    """Says whether one leads to the other, or both to the same."""
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def take_out(attributes: dict[str, Any], paths: Sequence[str]) -> None:
    """Takes what these paths lead to out of an event's attributes and `data`, in place. What stands where a path goes on, and is no
    object, is taken out too: nobody knows what it says."""
    for path in paths:
        *above, last = path.split(".")
        holder = attributes
        for name in above:
            inner = holder.get(name)
            if not isinstance(inner, dict):
                holder.pop(name, None)
                break
            holder = inner
        else:
            holder.pop(last, None)


@dataclass(frozen=True, slots=True)
class Reading:
    """A contract reads `path`, of events of these sources (none: of any), for `where`: the parts of its place in the file."""

    path: str
    sources: tuple[str, ...]
    where: tuple[str | int, ...]


def readings(terms: ContractTerms) -> Iterator[Reading]:
    """All that a contract reads of events beside what every event has."""
    for owed, deliverable in enumerate(terms.deliverables):
        for number, criterion in enumerate(deliverable.criteria):
            at = ("deliverables", owed, "criteria", number)
            yield from readings_of(criterion, at)


def readings_of(criterion: Criterion, at: tuple[str | int, ...]) -> Iterator[Reading]:
    """What one criterion reads; `at` is its place in the file."""
    sources = _sources(criterion.indicator)
    for index, name in enumerate(criterion.slices):
        if name not in _OF_TIME:
            yield Reading(name, sources, (*at, "slices", index))
    for field in fields(criterion.indicator):
        where = (*at, "indicator", field.name)
        yield from _of_field(field.name, getattr(criterion.indicator, field.name), sources, where)


def _of_field(name: str, value: object, sources: tuple[str, ...], at: tuple[str | int, ...]) -> Iterator[Reading]:
    match value:
        case Selector():
            for path, _ in value.where:
                yield Reading(path, value.sources, (*at, "where", path))
        case KeyRule() | PauseCauses():
            yield Reading(value.path, sources, (*at, "path"))
        case DurationTable():
            yield Reading(value.by, sources, (*at, "by"))
        case str() if name in _PATHS:
            yield Reading(value, sources, at)
        case tuple() if name == "good":
            for path, _ in value:
                yield Reading(path, sources, (*at, path))


def _sources(indicator: Indicator) -> tuple[str, ...]:
    """Those of all selectors together; none as soon as one of them names none."""
    named = [one.sources for _, one in selectors_of(indicator)]
    return tuple(dict.fromkeys(source for each in named for source in each)) if all(named) else ()
