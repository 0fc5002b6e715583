"""A commitment, contract × deliverable × criterion, over all versions of its contract (DESIGN §2, MEANING §7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.calendars import Calendar
from domain.cases import CaseRule
from domain.conformity import ConformityRule
from domain.events import OperationalEvent
from domain.occurrences import Evidence, Judgement
from domain.periods import Periods
from domain.punctuality import PunctualityRule
from domain.routing import Route
from domain.schedule import Schedule
from domain.terms import Conformity, ContractTerms, Criterion, Deliverable, Indicator, Per, Punctuality
from domain.times import Instant, day_start, zone
from domain.versions import CommitmentVersion

Rule = PunctualityRule | CaseRule | ConformityRule


@dataclass(frozen=True, slots=True, eq=False)
class ContractVersion:
    """A version that both parties signed. `until` cuts its validity short (termination); last day included."""

    number: int
    terms: ContractTerms
    calendar: Calendar | None
    until: date | None = None

    @property
    def last_day(self) -> date | None:
        days = [day for day in (self.terms.valid_until, self.until) if day is not None]
        return min(days, default=None)


class Commitment:
    """What is judged. `versions` are in force one after the other, without overlap."""

    def __init__(self, id: str, versions: Sequence[CommitmentVersion], rules: Sequence[Rule]):
        self.id = id
        self.contract = id.partition("/")[0]
        self.versions = tuple(versions)
        self.rules = tuple(rules)
        self._by_number = {one.number: one for one in versions}
        self.schedule = next((rule.schedule for rule in rules if isinstance(rule, PunctualityRule)), None)
        self.has_only_open_shares = self.schedule is None and all(
            target.form == "at_least" and target.bound < 1 for one in versions for target in one.criterion.targets
        )
        """Whether every target is a share of cases or items that nobody knows ahead: none is lost before its period ends."""
        self.types = tuple(dict.fromkeys(kind for rule in rules for kind in rule.types))

    @property
    def all_are_known(self) -> bool:
        """Whether every occurrence of a period is known before it begins: dated rules."""
        return self.schedule is not None

    @property
    def newest(self) -> CommitmentVersion:
        return self.versions[-1]

    def version(self, number: int) -> CommitmentVersion:
        return self._by_number[number]

    def version_at(self, at: Instant) -> CommitmentVersion | None:
        """The version in force at that instant; None outside validity."""
        return _version_at(self.versions, at)

    def route(self, event: OperationalEvent) -> list[Route]:
        """The occurrences that the event is evidence for, by their key."""
        if len(self.rules) == 1:
            return self.rules[0].route(event)
        return [route for rule in self.rules for route in rule.route(event)]

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        """Judges one occurrence from its evidence, which is in order (`evidence_order`) and may be empty only for a
        dated one."""
        if len(self.rules) == 1:
            return self.rules[0].judge(key, evidence, watermark)
        judged: Judgement | None = None
        for rule in self.rules:
            mine = [one for one in evidence if one.variant == rule.variant]
            if not mine and not isinstance(rule, PunctualityRule):
                continue
            judgement = rule.judge(key, mine, watermark)
            if judgement.standing != "outside" or judged is None:
                judged = judgement
        assert judged is not None
        return judged


def _version_at(versions: Sequence[CommitmentVersion], at: Instant) -> CommitmentVersion | None:
    for one in reversed(versions):
        if one.start <= at:
            return one if one.end is None or at < one.end else None
    return None


def commitments_of(versions: Sequence[ContractVersion]) -> list[Commitment]:
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
    return [_commitment(id, ordered) for id in ids]


def _commitment(id: str, ordered: Sequence[ContractVersion]) -> Commitment:
    spans = _spans(ordered)
    stated = [(version, span, _clause(version.terms, id)) for version, span in zip(ordered, spans, strict=True)]
    variants: dict[Indicator, int] = {}
    versions: list[CommitmentVersion] = []
    epochs = _Epochs(ordered)
    for version, (start, end), clause in stated:
        if clause is None or (end is not None and end <= start):
            continue
        deliverable, criterion = clause
        variant = variants.setdefault(criterion.indicator, len(variants))
        before = versions[-1] if versions else None
        is_same = before is not None and _is_same(before, version, criterion)
        versions.append(
            CommitmentVersion(
                version.number,
                start,
                end,
                version.terms,
                deliverable,
                criterion,
                version.calendar,
                zone(version.terms.timezone),
                variant,
                before.segment if before is not None and is_same else version.number,
                tuple(epochs.periods(version, target.per) for target in criterion.targets),
            )
        )
    return Commitment(id, versions, _rules(variants, versions))


def _clause(terms: ContractTerms, id: str) -> tuple[Deliverable, Criterion] | None:
    for deliverable in terms.deliverables:
        for criterion in deliverable.criteria:
            if id == f"{terms.id}/{deliverable.id}/{criterion.id}":
                return deliverable, criterion
    return None


def _rules(variants: Mapping[Indicator, int], versions: Sequence[CommitmentVersion]) -> list[Rule]:
    schedule = Schedule(versions) if any(isinstance(one, Punctuality) for one in variants) else None

    def version_at(at: Instant) -> CommitmentVersion | None:
        return _version_at(versions, at)

    rules: list[Rule] = []
    for indicator, number in variants.items():
        if isinstance(indicator, Punctuality):
            assert schedule is not None
            rules.append(PunctualityRule(indicator, number, schedule))
        elif isinstance(indicator, Conformity):
            rules.append(ConformityRule(indicator, number, version_at))
        else:
            rules.append(CaseRule(indicator, number, version_at))
    return rules


def _is_same(before: CommitmentVersion, version: ContractVersion, criterion: Criterion) -> bool:
    """Whether nothing that concerns the commitment changed: indicator, target, calendar, zone (MEANING §7)."""
    return (
        before.criterion.indicator == criterion.indicator
        and before.criterion.targets == criterion.targets
        and before.terms.timezone == version.terms.timezone
        and before.terms.calendar == version.terms.calendar
        and (before.calendar is version.calendar or before.calendar == version.calendar)
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


class _Epochs:
    """Runs of versions with the same zone: periods begin anew where the zone changes (MEANING §7), and are cut at the
    validity of the contract."""

    def __init__(self, ordered: Sequence[ContractVersion]):
        self._bounds: dict[int, tuple[date, date | None]] = {}
        self._made: dict[tuple[Per, str, date, date | None], Periods] = {}
        runs: list[list[ContractVersion]] = []
        for version in ordered:
            if not runs or runs[-1][-1].terms.timezone != version.terms.timezone:
                runs.append([])
            runs[-1].append(version)
        for index, run in enumerate(runs):
            first = ordered[0].terms.valid_from if index == 0 else run[0].terms.effective
            last = run[-1].last_day
            if index + 1 < len(runs):
                last = runs[index + 1][0].terms.effective - timedelta(days=1)
            for version in run:
                self._bounds[version.number] = (first, last)

    def periods(self, version: ContractVersion, per: Per) -> Periods:
        first, last = self._bounds[version.number]
        key = (per, version.terms.timezone, first, last)
        if key not in self._made:
            self._made[key] = Periods(per, zone(version.terms.timezone), first, last)
        return self._made[key]
