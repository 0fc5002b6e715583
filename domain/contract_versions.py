"""The versions of a contract that both parties signed, and the commitments that they make (MEANING §7)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from domain.calendars import Calendar
from domain.commitments import Commitment
from domain.kinds.face import Making, Wording
from domain.kinds.faces import FACES, face
from domain.periods import periods as shared_periods
from domain.rule import Rule
from domain.target_periods import RollingWindow, Stretch, TargetPeriods
from domain.terms import ContractTerms, Criterion, Deliverable, Indicator, Kind, Per, Rolling
from domain.times import LAST_DAY, Instant, day_start, zone
from domain.versions import CommitmentVersion


@dataclass(frozen=True, slots=True, eq=False)
class ContractVersion:
    """A version that both parties signed. `until` cuts its validity short (termination); last day included."""

    number: int
    terms: ContractTerms
    calendar: Calendar | None
    until: date | None = None

    @property
    def last_day(self) -> date | None:
        """A day beyond LAST_DAY, which old stores may name, is that one: there is always a day behind it."""
        days = [day for day in (self.terms.valid_until, self.until) if day is not None]
        return min(LAST_DAY, *days) if days else None


CalendarOf = Callable[[str, ContractVersion, Indicator], Calendar | None]
"""The calendar that a version's clause is judged with, by the id of the commitment and its indicator. Asked twice for the
same, it gives the same object."""


def agreed_calendar(id: str, version: ContractVersion, indicator: Indicator) -> Calendar | None:
    """The one that the contract names."""
    return version.calendar


def commitments_of(versions: Sequence[ContractVersion], calendar_of: CalendarOf = agreed_calendar) -> list[Commitment]:
    """The commitments of a contract from its signed versions, in the order in which they take effect.

    Of two versions with the same effective date the later number counts.
    """
    in_force = sorted({one.terms.effective: one for one in sorted(versions, key=lambda v: v.number)}.items())
    ordered = [version for _, version in in_force]
    ids = dict.fromkeys(
        f"{version.terms.id}/{deliverable.id}/{criterion.id}"
        for version in ordered
        for deliverable in version.terms.deliverables
        for criterion in deliverable.criteria
    )
    return [one for id in ids if (one := _commitment(id, ordered, calendar_of)) is not None]


class _Stated(NamedTuple):
    """What one version says of a commitment, in force in [start, end)."""

    version: ContractVersion
    start: Instant
    end: Instant | None
    deliverable: Deliverable
    criterion: Criterion


def _commitment(id: str, ordered: Sequence[ContractVersion], calendar_of: CalendarOf) -> Commitment | None:
    """None where no version that names it is ever in force."""
    stated = [
        _Stated(version, start, end, *clause)
        for version, (start, end) in zip(ordered, _spans(ordered), strict=True)
        if (clause := _clause(version.terms, id)) is not None and (end is None or end > start)
    ]
    if not stated:
        return None
    most = max(len(one.criterion.targets) for one in stated)
    valid_from, last_day = ordered[0].terms.valid_from, ordered[-1].last_day
    periods = [_periods_of_target(stated, index, valid_from, last_day) for index in range(most)]
    variants: dict[Indicator, int] = {}
    versions: list[CommitmentVersion] = []
    for version, start, end, deliverable, criterion in stated:
        before = versions[-1] if versions else None
        calendar = calendar_of(id, version, criterion.indicator)
        is_same = before is not None and before.end == start and _is_same(before, version, criterion, calendar)
        versions.append(
            CommitmentVersion(
                version.number,
                start,
                end,
                version.terms,
                deliverable,
                criterion,
                calendar,
                zone(version.terms.timezone),
                variants.setdefault(criterion.indicator, len(variants)),
                before.segment if before is not None and is_same else version.number,
                tuple(one for one in periods[: len(criterion.targets)] if one is not None),
            )
        )
    counted = _unrolled(stated, _counted_per, valid_from, last_day)
    return Commitment(id, versions, _rules(variants, versions, counted))


def _clause(terms: ContractTerms, id: str) -> tuple[Deliverable, Criterion] | None:
    for deliverable in terms.deliverables:
        for criterion in deliverable.criteria:
            if id == f"{terms.id}/{deliverable.id}/{criterion.id}":
                return deliverable, criterion
    return None


def _rules(
    variants: Mapping[Indicator, int], versions: Sequence[CommitmentVersion], counted: TargetPeriods | None
) -> list[Rule]:
    """In the order of their wordings. `counted`: the periods of what counts by period. All versions are of one kind where that is
    one of signals (DESIGN §3.8: another kind is another clause)."""
    found: dict[Kind, list[Wording[Any]]] = {}
    for indicator, number in variants.items():
        found.setdefault(indicator.kind, []).append(Wording(indicator, number))
    if len(found) > 1 and any(FACES[kind].counts == "seconds" for kind in found):
        raise TypeError(f"{' and '.join(found)} cannot follow each other")
    making = Making(versions, counted)
    rules = [rule for kind, wordings in found.items() for rule in FACES[kind].rules(wordings, making)]
    return sorted(rules, key=lambda one: one.variant)


def _is_same(
    before: CommitmentVersion, version: ContractVersion, criterion: Criterion, calendar: Calendar | None
) -> bool:
    """Whether nothing that concerns the commitment changed: indicator, target, calendar, zone (MEANING §7)."""
    return (
        before.criterion.indicator == criterion.indicator
        and before.criterion.targets == criterion.targets
        and before.terms.timezone == version.terms.timezone
        and before.terms.calendar == version.terms.calendar
        and before.calendar is calendar
    )


def _spans(ordered: Sequence[ContractVersion]) -> list[tuple[Instant, Instant | None]]:
    """When each version is in force, [start, end): until the next one, or the end of its validity."""
    starts = [day_start(one.terms.effective, zone(one.terms.timezone)) for one in ordered]
    spans: list[tuple[Instant, Instant | None]] = []
    for index, version in enumerate(ordered):
        following = starts[index + 1] if index + 1 < len(ordered) else None
        last = version.last_day
        own = day_start(last + timedelta(days=1), zone(version.terms.timezone)) if last else None
        ends = [one for one in (following, own) if one is not None]
        spans.append((starts[index], min(ends, default=None)))
    return spans


PeriodRule = tuple[Per, str]
"""`per` and the name of the zone."""


def _periods_of_target(
    stated: Sequence[_Stated], index: int, valid_from: date, last_day: date | None
) -> TargetPeriods | RollingWindow | None:
    """The periods of the target with that index; None where no version has it. A target that rolls at last has rolled
    always, and one that has periods at last has had them."""
    mine = [one for one in stated if index < len(one.criterion.targets)]
    if not mine:
        return None
    newest = mine[-1]
    per = newest.criterion.targets[index].per
    if isinstance(per, Rolling):
        return RollingWindow(per, [(one.start, zone(one.version.terms.timezone)) for one in stated])

    def rule(one: _Stated) -> PeriodRule | None:
        if index >= len(one.criterion.targets):
            return None
        own = one.criterion.targets[index].per
        return per if isinstance(own, Rolling) else own, one.version.terms.timezone

    return _unrolled(stated, rule, valid_from, last_day)


def _counted_per(stated: _Stated) -> PeriodRule | None:
    """How it counts, where each period is one occurrence."""
    indicator = stated.criterion.indicator
    per = face(indicator).counted_per(indicator)
    return (per, stated.version.terms.timezone) if per is not None else None


def _unrolled(
    stated: Sequence[_Stated],
    rule_of: Callable[[_Stated], PeriodRule | None],
    valid_from: date,
    last_day: date | None,
) -> TargetPeriods | None:
    """The periods over all versions to which the rule gives some; None where it gives none."""
    mine = [(one, rule) for one in stated if (rule := rule_of(one)) is not None]
    stretches: list[Stretch] = []
    before: PeriodRule | None = None
    for one, rule in mine:
        if rule != before:
            per, zone_name = rule
            first = valid_from if before is None else one.version.terms.effective
            # Those of contracts alike are the same: each remembers what it was asked for.
            stretches.append(Stretch(one.start, shared_periods(per, zone(zone_name), first, last_day)))
        before = rule
    return TargetPeriods(stretches, [(one.start, one.end) for one, _ in mine]) if mine else None
