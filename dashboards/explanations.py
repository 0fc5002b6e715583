"""Why a verdict is what it is, in words: the same sentences for pages, the command line and JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import groupby
from typing import assert_never

from dashboards.faults import compared_words, fault_words
from dashboards.language import FIRM, Language, first_up
from dashboards.moments import Moments
from dashboards.naming import occurrence_name
from dashboards.values import time_words, value_words
from dashboards.words import duration_words, path_words, rule_sentence
from domain.durations import parse_duration
from domain.faults import UNREAD, Fault
from domain.kinds.faces import named_after
from domain.terms import ContractTerms
from services.arrivals.comparing import Unmet
from services.contracts.rows import ContractRow
from services.excuses.rows import ExcuseRow
from services.explaining.rows import (
    ByScore,
    ByTime,
    ByVolume,
    Change,
    CountedTime,
    EventRow,
    ExplanationRow,
    RecomputedRow,
)
from services.history.opener import Standing

DIGITS = re.compile(r"-?\d+(\.\d+)?")


Naming = Callable[[str], str]


def occurrence_sentences(row: ExplanationRow, contract: ContractRow, clock: Moments) -> list[str]:
    """From what is owed to what would have changed it."""
    language, occurrence = clock.language, row.occurrence
    key = f"verdict.{occurrence.verdict}"
    verdict = language.text(key) if language.has(key) else occurrence.verdict
    name = occurrence_name(occurrence.key, row.rule["kind"], occurrence.due, clock)
    is_id = occurrence.key.startswith(name.words.partition(" ")[0])
    about = name.words if is_id else first_up(name.words)
    if apart := counts_nowhere(row, language):
        sentences = [language.text("says.apart", key=about, why=apart)]
    else:
        sentences = [language.text("says.verdict", key=about, verdict=verdict)]
    if occurrence.underlying is not None:
        sentences.append(language.text("says.underlying", verdict=language.text(f"verdict.{occurrence.underlying}")))
    if occurrence.reason and not apart:
        sentences.append(language.text("says.reason", reason=why_unknown(row, language)))
    if occurrence.due is None and "met" in (occurrence.verdict, occurrence.underlying):
        sentences.append(language.text("says.met_without_due"))
    sentences.append(by_version(row.contract_version, occurrence.commitment, contract, language))
    sentences += when_sentences(row, clock)
    sentences += counted_sentences(row.counted, row.calendar, clock)
    sentences += [recomputed_sentence(recomputed, clock) for recomputed in row.recomputed]
    sentences += [excuse_sentence(excuse, clock) for excuse in row.excuses]
    sentences += [language.text("says.closure", text=closure.text) for closure in row.closures]
    sentences += list(_events(row, clock)) or ([] if row.summed else [language.text("explain.no_event")])
    for change in what_would_change(row):
        sentences.append(language.text("says.changed", change=change_words(change, clock)))
    return sentences


def why_unknown(row: ExplanationRow, language: Language) -> str:
    """The reason of the verdict; of what could not be compared, what stands there."""
    reason = row.occurrence.reason or ""
    compared = [change for change in row.changed_by if isinstance(change, Fault | Unmet)]
    return (fault_words(compared, language) if reason in UNREAD else "") or _reason(reason, language)


def what_would_change(row: ExplanationRow) -> list[Change]:
    """Without what the reason says already; of what is absent, what the contract asks for."""
    says_faults = row.occurrence.reason in UNREAD
    return [change for change in row.changed_by if not (says_faults and isinstance(change, Fault))]


def counts_nowhere(row: ExplanationRow, language: Language) -> str:
    """`dropped: cancelled in time, counts nowhere`; empty of what counts."""
    occurrence = row.occurrence
    if occurrence.verdict == "dropped":
        return language.text("says.dropped", reason=_reason(occurrence.reason or "cancelled", language))
    return language.text("says.without_due") if occurrence.verdict == "without-due" else ""


def _reason(reason: str, language: Language) -> str:
    key = f"reason.{reason}"
    return language.text(key) if language.has(key) else reason


def when_sentences(row: ExplanationRow, clock: Moments) -> Iterator[str]:
    """When it was due; of an outage, how long it lasted; of an item, when it happened; of a volume, what came."""
    language, occurrence, kind = clock.language, row.occurrence, row.rule["kind"]
    after = named_after(kind)
    if occurrence.due is None:
        return
    due, utc = clock.moment(occurrence.due, seconds=True), row.due_utc or ""
    if after == "start":
        if occurrence.closed is None:
            yield language.text(f"says.since.{kind}", start=due, utc=utc)
        else:
            until = clock.moment(occurrence.closed, seconds=True)
            yield language.text(f"says.between.{kind}", start=due, utc=utc, until=until)
        if row.bad_time is not None:
            yield language.text("says.bad_time", time=time_words(row.bad_time, language))
    elif after == "event":
        yield language.text("says.happened", local=due, utc=utc)
        if occurrence.value is not None:
            yield language.text("says.value", value=_plain_value(occurrence.value, row, language))
    elif after == "period":
        yield language.text("says.judged_from", local=due, utc=utc)
        if row.summed:
            values = {"value": number_said(occurrence.value, language) if occurrence.value else "—"}
            adds_up = "value" in row.rule and row.rule["value"]
            yield language.counted("says.summed_up" if adds_up else "says.summed", row.summed, **values)
            if row.summed > len(row.events):
                yield language.counted("says.not_named", row.summed - len(row.events))
    else:
        yield language.text("says.due", local=due, utc=utc)
        if occurrence.limit is not None and occurrence.limit != occurrence.due:
            yield language.text("says.limit", limit=clock.moment(occurrence.limit, seconds=True))


def _plain_value(value: str, row: ExplanationRow, language: Language) -> str:
    """With the unit that the measure names."""
    if "unit" in row.rule and row.rule["unit"] is not None:
        return value_words(Fraction(value), row.rule["unit"], language)
    return language.decimal(Decimal(value))


def by_version(number: int, commitment: str, contract: ContractRow, language: Language) -> str:
    version = next((version for version in contract.versions if version.number == number), None)
    terms = version.terms if version is not None else contract.terms
    return language.text("says.rule", version=str(number), rule=_rule(terms, commitment, language))


def _rule(terms: ContractTerms, commitment: str, language: Language) -> str:
    for deliverable in terms.deliverables:
        for criterion in deliverable.criteria:
            if f"{terms.id}/{deliverable.id}/{criterion.id}" == commitment:
                return rule_sentence(criterion, terms, language)
    return ""


def _hours_of(counted: tuple[date, str]) -> str:
    _, hours = counted
    return hours


def counted_sentences(counted: CountedTime | None, calendar: str | None, clock: Moments) -> list[str]:
    """The closed days and hours that moved a due or a limit, and the pauses."""
    language = clock.language
    if counted is None:
        return []
    sentences = [_looked_up(counted, language)] if counted.by is not None else []
    if counted.nominal is not None:
        sentences.append(language.text("says.nominal", day=clock.of_day(counted.nominal)))
    if counted.closed:
        days = [
            language.text("says.closed_day", day=clock.of_day(day), why=language.text(f"says.because.{why}"))
            for day, why in counted.closed
        ]
        if counted.more_closed:
            days.append(language.counted("says.more_days", counted.more_closed))
        name = calendar or language.text("says.calendar")
        sentences.append(language.text("says.closed", calendar=name, days=", ".join(days)))
    if counted.hours:
        hours = [
            language.text(
                "says.hours_of",
                day=", ".join(clock.of_day(day) for day, _ in days),
                hours=hours_words(same, language),
            )
            for same, days in groupby(counted.hours, key=_hours_of)
        ]
        if counted.more_hours:
            hours.append(language.counted("says.more_days", counted.more_hours))
        sentences.append(language.text("says.hours", hours=language.apart(hours)))
    for start, end, reason, due in counted.pauses:
        values = {"start": clock.moment(start, seconds=True), "reason": reason or language.text("says.no_reason")}
        if end is None:
            sentences.append(language.text("says.paused_still", **values))
        else:
            sentences.append(
                language.text(
                    "says.paused",
                    end=clock.moment(end, seconds=True),
                    due=clock.moment(due, seconds=True),
                    **values,
                )
            )
    return sentences


def hours_words(hours: str, language: Language) -> str:
    """Spans such as `09:00-12:30, 13:30-24:00`, as clocks are read in that language."""

    def read(clock: str) -> str:
        return f"24{FIRM}h" if clock == "24:00" else language.clock(time.fromisoformat(clock))

    spans = [[read(clock) for clock in span.split("-")] for span in hours.split(", ") if span]
    return language.listing([language.text("says.hours_from", opens=opens, closes=closes) for opens, closes in spans])


def _looked_up(counted: CountedTime, language: Language) -> str:
    """`Priority is “2”: 5 working days.`"""
    path, value, is_named = counted.by or ("", None, False)
    key = "says.by_absent" if value is None else "says.by" if is_named else "says.by_else"
    duration = duration_words(parse_duration(counted.duration or ""), language)
    return first_up(language.text(key, path=path_words(path), value=value or "", duration=duration))


def recomputed_sentence(row: RecomputedRow, clock: Moments, person: Naming = str) -> str:
    """The new version of a calendar that moved what is due. `person`: what whoever decided is called."""
    language = clock.language

    def limit(moment: int | None) -> str:
        return language.text("says.no_limit") if moment is None else clock.moment(moment, seconds=True)

    said = language.text(
        "says.recomputed",
        calendar=row.calendar,
        version=str(row.version),
        by=person(row.by),
        at=clock.moment(row.at),
        before=limit(row.before),
        after=limit(row.after),
    )
    return f"{said} {language.text('says.rebaseline', reason=row.rebaseline)}" if row.rebaseline else said


def excuse_sentence(row: ExcuseRow, clock: Moments, person: Naming = str) -> str:
    accepted = row.answers[-1] if row.answers else None
    key = f"excuse_reason.{row.reason}"
    return clock.language.text(
        "says.excuse",
        reason=clock.language.text(key) if clock.language.has(key) else row.reason,
        text=row.text,
        by=person(accepted.by if accepted is not None else row.asked_by),
        at=clock.moment(accepted.at if accepted is not None else row.asked_at),
    )


def _events(row: ExplanationRow, clock: Moments) -> Iterator[str]:
    language = clock.language
    for event in row.events:
        if not event.position:
            continue
        yield language.text(
            "says.event_decided" if event.decided else "says.event",
            role=first_up(role_words(event, language)),
            time=clock.moment(event.time, seconds=True),
            position=language.number(event.position),
            source=event.source,
            id=event.id,
        )
        if matched := matched_words(event, clock):
            yield matched
        if event.sealed is not None:
            yield first_up(sealed_words(event.sealed, clock)) + "."


def role_words(event: EventRow, language: Language) -> str:
    key = f"role.{event.role}"
    return language.text(key) if language.has(key) else event.role


def matched_words(event: EventRow, clock: Moments, person: Naming = str) -> str:
    """Who matched the event by hand; empty where its selectors did."""
    matched = event.matched
    if matched is None:
        return ""
    key = "says.matched_because" if matched.text else "says.matched"
    return clock.language.text(key, by=person(matched.by), at=clock.moment(matched.at), text=matched.text)


def sealed_words(standing: Standing, clock: Moments) -> str:
    """How what is sealed of an event stands: kept, erased on a day, or without its key here."""
    if standing.at is None:
        return clock.language.text(f"says.sealed.{standing.state}")
    return clock.language.text(f"says.sealed.{standing.state}", at=clock.moment(standing.at))


def change_words(change: Change, clock: Moments) -> str:
    """The change that would have led to another verdict, in words."""
    language = clock.language
    match change:
        case ByTime():
            return language.text(f"change.{change.code}", limit=clock.moment(change.limit, seconds=True))
        case ByScore():
            satisfied, found = (number_said(str(one), language) for one in (change.satisfied, change.found))
            return language.text("change.score", satisfied=satisfied, found=found)
        case ByVolume():
            low, high, found = (
                language.decimal(change.low),
                language.decimal(change.high),
                number_said(change.found, language),
            )
            return language.text(f"change.{change.code}", low=low, high=high, found=found)
        case Unmet() | Fault():
            return compared_words(change, language)
        case _:
            assert_never(change)


def number_said(text: str, language: Language) -> str:
    """A number as the language writes it; another text as it is."""
    try:
        return language.decimal(Decimal(text)) if DIGITS.fullmatch(text) else text
    except InvalidOperation:
        return text


def plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plain(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(one) for one in value)
    return str(value)
