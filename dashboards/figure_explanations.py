"""Why a figure is what it is, in words: the same sentences for pages, the command line and JSON."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import ceil
from typing import assert_never

from dashboards.explanations import by_version
from dashboards.language import Language, first_up
from dashboards.moments import Moments
from dashboards.naming import occurrence_name
from dashboards.standing import verdicts_changed, was_words
from dashboards.values import number_words, time_words, value_words
from dashboards.words import bound_words, period_words
from domain.durations import SECOND, UNITS
from domain.sums import Amount, seconds
from domain.terms import TimeUnit
from services.contracts.rows import ContractRow
from services.explaining.figures import changes, four_places
from services.explaining.rows import (
    ByBadTime,
    ByMisses,
    ByValue,
    FigureChange,
    FigureExplanation,
    MoreJudged,
    SegmentRow,
    ValuesRow,
)
from services.figures.rows import FigureRow


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
    sentences += [figure_change(change, figure.unit, language) for change in changes(explained)]
    return sentences


def _segment(explained: FigureExplanation, segment: SegmentRow, contract: ContractRow, clock: Moments) -> Iterator[str]:
    language = clock.language
    rule = by_version(segment.version, explained.figure.commitment, contract, language)
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


def figure_change(change: FigureChange, unit: TimeUnit | None, language: Language) -> str:
    """`It could bear 2 more misses.` Times as people say them: bad seconds, and a bound of values that are times (`unit`)."""
    key = f"says.change.{change.code}"
    match change:
        case MoreJudged():
            return language.counted(key, ceil(change.count), min_count=str(change.min_count))
        case ByValue():
            bound = Fraction(four_places(change.bound))
            said = number_words(bound, language, bound) if unit is None else _time(bound, language)
            sentence = language.text(key, bound=language.text(f"says.bound.{change.form}", bound=said))
        case ByBadTime():
            spare = time_words(seconds(abs(change.spare)), language)
            sentence = language.text(key, seconds=spare, allowed=time_words(change.allowed, language))
        case ByMisses():
            sentence = language.counted(key, abs(change.spare))
        case _:
            assert_never(change)
    if change.version is None:
        return sentence
    return language.text("says.of_version", version=str(change.version), sentence=sentence)


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
