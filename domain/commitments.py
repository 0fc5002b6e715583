"""A commitment, contract × deliverable × criterion, over all versions of its contract (DESIGN §2, MEANING §7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.durations import HOUR
from domain.events import OWN, OperationalEvent
from domain.kinds.punctuality import PunctualityRule
from domain.kinds.volume import VolumeRule
from domain.occurrences import Evidence, Judgement
from domain.routing import Route
from domain.rule import Rule
from domain.selecting import is_shown
from domain.stretches import SignalRule
from domain.target_periods import RollingWindow
from domain.times import Instant, day_start, local_date
from domain.versions import CommitmentVersion, version_in_force

_BEYOND_VALIDITY = 400 * 24 * HOUR
"""Microseconds behind the end of validity in which a date that was moved still falls due."""


class _Ahead(NamedTuple):
    """Of one target: the end of the period that holds the watermark, and up to when dates are known for it. `limit`: nothing
    is known from then on, since a period without end will have begun."""

    end: Instant
    known_until: Instant
    is_endless: bool = False
    limit: Instant | None = None


class Commitment:
    """What is judged. `versions` are in force one after the other, without overlap."""

    def __init__(self, id: str, versions: Sequence[CommitmentVersion], rules: Sequence[Rule]):
        self.id = id
        self.contract = id.partition("/")[0]
        self.versions = tuple(versions)
        terms = self.versions[-1].terms
        self.parties = (terms.supplier, terms.client)
        """The same under every version."""
        self.rules = tuple(rules)
        self._by_number = {one.number: one for one in versions}
        self.schedule = next((rule.schedule for rule in rules if isinstance(rule, PunctualityRule)), None)
        """The dates on which it is owed, where a rule of dates says so."""
        self.counted = next((rule.schedule for rule in rules if isinstance(rule, VolumeRule)), None)
        """The counted periods, where each of them is an occurrence."""
        self.signals = next((rule for rule in rules if isinstance(rule, SignalRule)), None)
        """The rule, where what is judged is the time between events."""
        self.is_of_time = self.signals is not None
        """Whether what is judged is the time between events."""
        self.all_are_known = any(rule.is_known_ahead for rule in rules)
        """Whether every occurrence of a period is known before it begins: dated rules, volumes."""
        self.is_of_sums = self.all_are_known and self.schedule is None
        """Whether an occurrence is judged by all its events together."""
        self.has_only_open_shares = not (self.all_are_known or self.is_of_time) and all(
            target.form == "at_least" and target.of == "share" and target.bound < 1
            for one in versions
            for target in one.criterion.targets
        )
        """Whether every target is a share of cases or items that nobody knows ahead: none is lost before its period ends."""
        self.targets = {index: one for version in versions for index, one in enumerate(version.periods)}
        """The periods of every target by its index, whichever version has it: all that have it share them."""
        self.rolling = {index: one for index, one in self.targets.items() if isinstance(one, RollingWindow)}
        """The windows of the targets that roll, by the target's index; also of one that a version takes away."""
        self.has_breaching_misses = any(one.criterion.each_miss_is_breach for one in versions)
        self.selectors = tuple(dict.fromkeys(selector for rule in rules for selector in rule.selectors))
        self.types = tuple(dict.fromkeys(kind for selector in self.selectors for kind in selector.types))

    @property
    def newest(self) -> CommitmentVersion:
        return self.versions[-1]

    def version(self, number: int) -> CommitmentVersion:
        return self._by_number[number]

    def version_at(self, at: Instant) -> CommitmentVersion | None:
        """The version in force at that instant; None outside validity."""
        return version_in_force(self.versions, at)

    def horizon(self, watermark: Instant | None) -> Instant:
        """Up to when dated occurrences are known: the end of the periods after those that hold the watermark (before
        validity: of the first ones), so that what falls due early in a period is at risk before it begins. Where a
        period has no end, all are unrolled to the end of the watermark's local year (or of a longer period), by the zone
        of the last version: those that are known ahead count in it."""
        spans = self._ahead(watermark)
        known = [one.end if any(each.is_endless for each in spans) else one.known_until for one in spans]
        limits = [one.limit for one in spans if one.limit is not None]
        horizon = min([max(known), *limits]) - 1
        last = self.versions[-1].end
        # A closed day may move the last dates beyond validity: they are known with those before them.
        return horizon if last is None or horizon < last - 1 else horizon + _BEYOND_VALIDITY

    def horizon_ends(self, watermark: Instant | None) -> Instant:
        """The watermark from which on the horizon lies further."""
        return min(one.end for one in self._ahead(watermark))

    def _ahead(self, watermark: Instant | None) -> list[_Ahead]:
        found = []
        newest = {one: version for version in self.versions for one in version.periods}
        for periods, version in newest.items():
            if isinstance(periods, RollingWindow):
                end = _end_of_year(version.start if watermark is None else watermark, version.zone)
                found.append(_Ahead(end, _end_of_year(end, version.zone)))
                continue
            first = periods.first().start
            moment = first if watermark is None else max(watermark, first)
            period = periods.of(moment)
            if period.end is None:
                end = _end_of_year(moment, version.zone)
                found.append(_Ahead(end, end, is_endless=True))
            else:
                following = periods.of(period.end).end
                known_until = period.end if following is None else max(period.end, following)
                limit = periods.endless_from
                if limit is not None:
                    limit = max(limit, _end_of_year(moment, version.zone))
                found.append(_Ahead(period.end, known_until, limit=limit))
        return found

    def ahead(self, after: Instant | None, until: Instant) -> list[str]:
        """The keys of the occurrences that are known before anything happens, of those due after `after` up to `until`."""
        dues = {one for rule in self.rules for one in rule.ahead(until)}
        return [key for at, key in sorted(dues) if after is None or at > after]

    def is_shown(self, event: OperationalEvent) -> bool:
        """Whether the event may be evidence here at all: whoever owns its source shows it to a party (TRUST §3 "Whose event"); what the
        platform tells of two services, to contracts of these two alone."""
        if event.shown_to is not None and event.source.startswith(OWN):
            return all(one in event.shown_to for one in self.parties)
        return event.shown_to is None or is_shown(event.shown_to, self.parties)

    def route(self, event: OperationalEvent) -> list[Route]:
        """The occurrences that the event is evidence for, by their key; none of an event that is not shown to its parties."""
        if not self.is_shown(event):
            return []
        if len(self.rules) == 1:
            return self.rules[0].route(event)
        found = [route for rule in self.rules for route in rule.route(event)]
        return [route for route in found if route.key is not None] or found

    @property
    def roles(self) -> tuple[str, ...]:
        """As what an event may be matched to an occurrence by hand; none where it is not for a person to say: what is
        judged is the time between events, a sum by time, or every event by itself."""
        return tuple(dict.fromkeys(role for rule in self.rules for role in rule.roles))

    def by_hand(self, key: str, event: OperationalEvent, roles: Sequence[str]) -> list[Route]:
        """What the event says of the occurrence that a person matched it to, under every wording."""
        key = self.key_of(key)
        return [Route(key, evidence) for rule in self.rules for evidence in rule.by_hand(event, roles)]

    def key_of(self, name: str) -> str:
        """The key of the occurrence of that name: a date that landed on another's due has the name of that one."""
        due = self.schedule.meant_by(name) if self.schedule is not None else None
        return due.key if due is not None else name

    def names_of(self, key: str) -> tuple[str, ...]:
        """What the occurrence may be called by: its key first."""
        due = self.schedule.named(key) if self.schedule is not None else None
        return due.names if due is not None else (key,)

    def was_open(self, key: str, evidence: Sequence[Evidence], at: Instant) -> bool:
        """Whether something was awaited for that occurrence at that instant, by what had happened until then: for a date from when
        its delivery is awaited, for a case from its opening on, until the first came; for an item from its first event on."""
        due = self.schedule.named(key) if self.schedule is not None else None
        if due is not None and at < due.opens:
            return False
        happened = [one for one in evidence if one.time <= at]
        if any(rule.is_of_items for rule in self.rules):
            return bool(happened)
        then = self.judge(key, happened, at)
        return then.standing in ("owed", "without_due") and then.closed is None and then.reason != "cancelled"

    def judge(self, key: str, evidence: Sequence[Evidence], watermark: Instant | None) -> Judgement:
        """Judges one occurrence from its evidence, which is in order (`evidence_order`). Without evidence only what is
        known ahead is owed."""
        if not evidence and not self.all_are_known:
            return Judgement("waiting")
        if len(self.rules) == 1:
            return self.rules[0].judge(key, evidence, watermark)
        judged: list[Judgement] = []
        opened_under = self._opened_under(evidence)
        for rule in self.rules:
            if rule.is_of_cases and opened_under not in (None, rule.variant):
                continue
            mine = [one for one in evidence if one.variant == rule.variant]
            if mine or rule.is_known_ahead:
                judged.append(rule.judge(key, mine, watermark))
        return _of_several_wordings(judged)

    def _opened_under(self, evidence: Sequence[Evidence]) -> int | None:
        """The wording that judges a case: the one in force at its first opening within validity. None without."""
        for one in evidence:
            if one.role == "opened":
                version = self.version_at(one.time)
                if version is not None and version.variant == one.variant:
                    return one.variant
        return None


def _end_of_year(moment: Instant, zone: ZoneInfo) -> Instant:
    return day_start(date(min(local_date(moment, zone).year + 1, date.max.year), 1, 1), zone)


def _of_several_wordings(judged: Sequence[Judgement]) -> Judgement:
    """What several wordings conclude of one key: the one that owes it; of several the case that was opened first (it
    keeps its version for life), or the item that came last (it decides)."""
    if not judged:
        return Judgement("waiting")
    owing = [one for one in judged if one.standing not in ("waiting", "outside")]
    if not owing:
        return next((one for one in judged if one.standing == "waiting"), judged[0])
    cases = [one for one in owing if one.opened is not None]
    if cases:
        return min(cases, key=lambda one: one.opened or 0)
    return max(owing, key=lambda one: one.anchor)
