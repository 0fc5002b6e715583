"""Why a verdict or a figure is what it is, in words: the same sentences for pages, the command line and JSON."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from itertools import groupby

from dashboards.faults import REASONS, compared_words, fault_words
from dashboards.language import FIRM, Language, first_up
from dashboards.moments import Moments
from dashboards.naming import occurrence_name
from dashboards.standing import verdicts_changed, was_words
from dashboards.values import number_words, time_words, value_words
from dashboards.words import bound_words, duration_words, path_words, period_words, rule_sentence
from domain.durations import SECOND, UNITS, parse_duration
from domain.kinds.faces import named_after
from domain.sums import Amount
from domain.terms import ContractTerms
from services.contracts.rows import ContractRow
from services.excuses.rows import ExcuseRow
from services.explaining.figures import SIGNS, FigureExplanation, SegmentRow, ValuesRow, changes
from services.explaining.rows import CountedTime, ExplanationRow, RecomputedRow
from services.figures.rows import FigureRow

DIGITS = re.compile(r"-?\d+(\.\d+)?")
INSTANTS = frozenset({"due", "limit", "at", "time", "until", "opened", "closed", "from", "before", "by"})


Naming = Callable[[str], str]


def occurrence_sentences(row: ExplanationRow, contract: ContractRow, clock: Moments) -> list[str]:
    """From what is owed to what would have changed it."""
    language, occurrence = clock.language, row.occurrence
    key = f"verdict.{occurrence.verdict}"
    verdict = language.text(key) if language.has(key) else occurrence.verdict
    name = occurrence_name(occurrence.key, str(row.rule.get("kind")), occurrence.due, clock)
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
    sentences.append(_by_version(row.contract_version, occurrence.commitment, contract, language))
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
    return (fault_words(row.changed_by, language) if reason in REASONS else "") or _reason(reason, language)


def what_would_change(row: ExplanationRow) -> list[Mapping[str, object]]:
    """Without what the reason says already; of what is absent, what the contract asks for."""
    says_faults = row.occurrence.reason in REASONS
    return [change for change in row.changed_by if not (says_faults and change.get("code") in ("mistyped", "absent"))]


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
    language, occurrence, kind = clock.language, row.occurrence, str(row.rule.get("kind"))
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
            yield language.counted("says.summed_up" if row.rule.get("value") else "says.summed", row.summed, **values)
            if row.summed > len(row.events):
                yield language.counted("says.not_named", row.summed - len(row.events))
    else:
        yield language.text("says.due", local=due, utc=utc)
        if occurrence.limit is not None and occurrence.limit != occurrence.due:
            yield language.text("says.limit", limit=clock.moment(occurrence.limit, seconds=True))


def _plain_value(value: str, row: ExplanationRow, language: Language) -> str:
    """With the unit that the measure names."""
    unit = row.rule.get("unit")
    return value_words(Fraction(value), str(unit), language) if unit else language.decimal(Decimal(value))


def _by_version(number: int, commitment: str, contract: ContractRow, language: Language) -> str:
    version = next((version for version in contract.versions if version.number == number), None)
    terms = version.terms if version is not None else contract.terms
    return language.text("says.rule", version=str(number), rule=_rule(terms, commitment, language))


def _rule(terms: ContractTerms, commitment: str, language: Language) -> str:
    for deliverable in terms.deliverables:
        for criterion in deliverable.criteria:
            if f"{terms.id}/{deliverable.id}/{criterion.id}" == commitment:
                return rule_sentence(criterion, terms, language)
    return ""


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
        position, time, key = event.get("position"), event.get("time"), f"role.{event.get('role')}"
        if not position or not isinstance(position, int) or not isinstance(time, int):
            continue
        yield language.text(
            "says.event_decided" if event.get("decided") else "says.event",
            role=first_up(language.text(key)) if language.has(key) else str(event.get("role")),
            time=clock.moment(time, seconds=True),
            position=language.number(position),
            source=str(event.get("source", "")),
            id=str(event.get("id", "")),
        )
        if matched := matched_words(event, clock):
            yield matched


def matched_words(event: Mapping[str, object], clock: Moments, person: Naming = str) -> str:
    """Who matched the event by hand; empty where its selectors did."""
    matched = event.get("matched")
    if not isinstance(matched, Mapping):
        return ""
    key = "says.matched_because" if matched.get("text") else "says.matched"
    return clock.language.text(
        key, by=person(str(matched["by"])), at=clock.moment(matched["at"]), text=str(matched.get("text", ""))
    )


def change_words(change: Mapping[str, object], clock: Moments) -> str:
    """The change that would have led to another verdict, in words; a code that has none here is shown with what it carries."""
    language, code = clock.language, str(change.get("code", ""))
    if code in ("good", "mistyped", "absent") and "is" in change:
        return compared_words(change, language)
    values = {
        name: clock.moment(value, seconds=True)
        if name in INSTANTS and isinstance(value, int)
        else number_said(plain(value), language)
        for name, value in change.items()
        if name != "code"
    }
    key = f"change.{code.replace('-', '_')}"
    if language.has(key):
        try:
            return language.text(key, **values)
        except KeyError:
            pass
    shown = ", ".join(f"{name} {value}" for name, value in values.items())
    return f"{code.replace('-', ' ').replace('_', ' ')}{': ' if shown else ''}{shown}"


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


# Figures


def figure_sentences(explained: FigureExplanation, contract: ContractRow, clock: Moments) -> list[str]:
    """How a figure is put together, how it compares with its target, and what would have changed it."""
    language, figure = clock.language, explained.figure
    period = first_up(period_words(figure.period, language))
    status = language.text(f"says.status.{figure.status}")
    sentences = [
        language.text("says.figure", period=period, target=bound_words(figure.target, language), status=status),
        *(sentence for segment in explained.segments for sentence in _segment(explained, segment, contract, clock)),
    ]
    left_out = [
        language.counted(f"counts.{name}", n)
        for name in ("pending", "excused", "unknown")
        if (n := figure.counts.get(name, 0))
    ]
    if left_out:
        sentences.append(language.text("says.left_out", counts=language.listing(left_out)))
    if figure.state != "open" and (pending := figure.counts.get("pending", 0)):
        sentences.append(language.counted("says.undecided", pending))
    if figure.without_due:
        sentences.append(language.counted("commitment.without_due", figure.without_due) + ".")
    if figure.raw != figure.adjusted:
        good, total = (_amount(figure, amount, language) for amount in figure.raw)
        sentences.append(language.text("says.raw", good=good, total=total))
    if explained.misses:
        named = [
            language.text(
                "says.miss",
                key=occurrence_name(miss.key, explained.kind, miss.due, clock).words,
                verdict=language.text(f"verdict.{miss.verdict}"),
            )
            for miss in explained.misses
        ]
        more = explained.miss_count - len(explained.misses)
        more_words = f", {language.counted('says.more_days', more)}" if more else ""
        sentences.append(language.text("says.misses", misses=", ".join(named) + more_words))
    sentences.append(_state(explained, clock))
    sentences += [figure_change(_in_words(change, explained, language), language) for change in changes(explained)]
    return sentences


def _in_words(change: Mapping[str, object], explained: FigureExplanation, language: Language) -> dict[str, object]:
    """Times as people say them: bad seconds, and a bound of values that are times."""
    said = dict(change)
    for name in ("seconds", "allowed"):
        if name in said:
            said[name] = time_words(Decimal(str(said[name])), language)
    if "bound" in said:
        value = Fraction(str(said["bound"]))
        sign = said.pop("sign")
        form = next(form for form, other in SIGNS.items() if other == sign)
        bound = number_words(value, language, value) if explained.figure.unit is None else _time(value, language)
        said["bound"] = language.text(f"says.bound.{form}", bound=bound)
    return said


def _segment(explained: FigureExplanation, segment: SegmentRow, contract: ContractRow, clock: Moments) -> Iterator[str]:
    language = clock.language
    rule = _by_version(segment.version, explained.figure.commitment, contract, language)
    if segment.start is None:
        yield language.text("says.segment_straddling", rule=rule)
    else:
        start, until = clock.moment(segment.start), language.text("says.no_end")
        if segment.until is not None:
            start, until = clock.extent(segment.start, segment.until)
        yield language.text("says.segment", rule=rule, start=start, until=until)
    counted = [
        language.counted(f"counts.{name}", segment.counts[name])
        for name in ("met", "late", "missing", "failed")
        if segment.counts.get(name)
    ]
    if counted:
        yield language.text("says.counted", counts=language.listing(counted))
    if segment.reached is None:
        yield language.text("says.nothing_judged")
        return
    if segment.values is not None:
        yield _together(segment.values, segment.bound, explained, language)
    verb = "says.reached" if segment.is_reached else "says.not_reached"
    sign = "≤" if segment.form != "at_least" else "≥"
    reached = _compared(segment.reached, segment, explained, language)
    yield language.text(verb, reached=reached, sign=sign, bound=_compared(segment.bound, segment, explained, language))


def _compared(value: Fraction, segment: SegmentRow, explained: FigureExplanation, language: Language) -> str:
    """A share in percent, a time, a number: with as many places as keep it on its side of the bound."""
    if segment.form.startswith("max_"):
        return language.number(int(value))
    if segment.target.endswith("%"):
        return language.percent(value, against=segment.bound)
    if explained.figure.unit is not None:
        return _time(value, language, segment.bound)
    return number_words(value, language, segment.bound)


def _together(values: ValuesRow, bound: Fraction, explained: FigureExplanation, language: Language) -> str:
    """`20 values; the value is number 19 of them, smallest first.`"""
    if values.rank is not None:
        return language.counted("says.ranked", values.count, rank=str(values.rank))
    if values.aggregate in ("mean", "sum"):
        unit = explained.figure.unit
        against = bound * (values.count if values.aggregate == "mean" else 1) / (UNITS[unit] if unit else 1)
        return language.counted("says.added", values.count, total=value_words(values.total, unit, language, against))
    return language.counted("says.values", values.count)


def _state(explained: FigureExplanation, clock: Moments) -> str:
    figure, language = explained.figure, clock.language
    if figure.state == "restated" and figure.final is not None:
        causes = ", ".join(language.number(position) for position in figure.causes)
        if was := was_words(figure, language):
            return language.text("says.restated", was=was, causes=causes)
        changed = verdicts_changed(figure.was_counts, figure.counts, language)
        key = "says.restated_verdicts" if changed else "says.restated_same"
        return language.text(key, changed=changed, causes=causes)
    position = language.number(figure.position)
    return language.text("says.final" if figure.state == "final" else "says.open", position=position)


def figure_change(change: Mapping[str, object], language: Language) -> str:
    """`It could bear 2 more misses.`"""
    values = {name: str(value) for name, value in change.items() if name not in ("code", "version")}
    key = f"says.change.{change['code']}"
    number = change.get("misses", change.get("count"))
    if isinstance(number, int) or (isinstance(number, str) and number.isdigit()):
        sentence = language.counted(key, int(number), **{k: v for k, v in values.items() if k not in ("misses",)})
    else:
        sentence = language.text(key, **values)
    if "version" in change:
        return language.text("says.of_version", version=str(change["version"]), sentence=sentence)
    return sentence


def _hours_of(counted: tuple[date, str]) -> str:
    _, hours = counted
    return hours


def _time(microseconds: Fraction, language: Language, against: Fraction | None = None) -> str:
    return value_words(microseconds / SECOND, "s", language, against / SECOND if against is not None else None)


def _amount(figure: FigureRow, value: Amount | None, language: Language) -> str:
    """One of the two amounts of what was judged: occurrences, or service time."""
    if value is None:
        return "—"
    if figure.counted == "seconds":
        return time_words(value, language)
    return (
        language.number(value) if isinstance(value, int) else number_words(Fraction(value), language, Fraction(value))
    )
