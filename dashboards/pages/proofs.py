"""What stands behind a figure, drawn as fits its kind: outages on their periods, volumes beside their band, how scores,
values and delays are spread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from markupsafe import Markup

from dashboards.attainment import round_step
from dashboards.bands import MOST, Amount, band_chart
from dashboards.histograms import MOST_BINS, Histogram, histogram, tones_told
from dashboards.language import FIRM, Language, first_up
from dashboards.pages.frame import View
from dashboards.pages.ledger import MOST_READ, occurrences_within, window_of
from dashboards.pages.standings import Standing, until_current
from dashboards.standing import disc, is_rolling
from dashboards.stretches import Stretch, StretchRow, stretch_strip
from dashboards.values import bad_time, bound_of, drawn_unit, number_words, time_words, value_of_figure
from dashboards.words import bound_words, duration_words, period_short, period_words
from domain.durations import HOUR, MINUTE, Elapsed
from domain.terms import Availability, Deadline, Freshness, Measure, Punctuality, Satisfaction, Turnaround, Volume
from services.reading.rows import ContractRow, FigureRow, OccurrenceRow

FEWEST = 8
"""With fewer, how they are spread says nothing."""
DAY = 24 * HOUR
STEPS = tuple(
    n * unit
    for unit, counts in ((MINUTE, (1, 2, 5, 10, 15, 30)), (HOUR, (1, 2, 4, 12)), (DAY, (1, 2, 7, 14)))
    for n in counts
)


@dataclass(frozen=True)
class Proof:
    """One section of the page."""

    title: str
    note: str
    drawing: Markup
    caption: str = ""
    is_narrow: bool = False
    """Whether it stands in the main column."""


def proofs(view: View, row: Standing, contract: ContractRow, figures: Sequence[FigureRow], period: str) -> list[Proof]:
    """What the kind of the commitment is best seen by; `period` is the one that is looked at, or `all`."""
    match row.row.criterion.indicator:
        case Availability() | Freshness():
            found = _stretches(view, row, contract, figures)
        case Volume() as rule:
            found = _volumes(view, row, contract, rule)
        case Satisfaction() as rule:
            found = _scores(view, row, rule, period)
        case Measure() as rule:
            found = _values(view, row, rule, period)
        case Punctuality() | Deadline() | Turnaround():
            found = _lateness(view, row)
        case _:
            found = None
    return [found] if found is not None else []


def _last(view: View, row: Standing, period: str = "all") -> list[OccurrenceRow]:
    if window := window_of(row.row, period):
        return occurrences_within(view, row.row.id, window)
    wanted = None if period == "all" else period
    count = view.reading.count_occurrences(view.who, row.row.id, period=wanted)
    first = max(0, count - MOST_READ)
    return view.reading.occurrences(view.who, row.row.id, period=wanted, limit=MOST_READ, offset=first)


# outages, stale data


def _stretches(view: View, row: Standing, contract: ContractRow, figures: Sequence[FigureRow]) -> Proof | None:
    language, kind = view.language, row.row.criterion.indicator.kind
    first = next((one.target_index for one in figures if not is_rolling(one)), 0)
    current = next((one for one in row.row.current if one.target_index == first), None)
    series = until_current([one for one in figures if one.target_index == first], current)
    if not series:
        return None
    now = view.known.watermark or series[-1].start
    bad = _last(view, row)
    longest = max((one.until or now) - one.start for one in series) or 1
    newest = period_short(series[-1].period, language)[1]
    rows = [
        _stretch_row(view, one, bad, now, longest, newest, is_current=one is series[-1]) for one in reversed(series)
    ]
    total = sum(1 for one in bad if one.verdict == "failed")
    name = language.counted(f"proof.{kind}.name", total)
    longest_bad = max(bad, key=lambda one: (one.closed or now) - (one.due or now), default=None)
    caption = ""
    if longest_bad is not None and longest_bad.verdict == "failed" and longest_bad.due is not None:
        span = language.span((longest_bad.closed or now) - longest_bad.due, seconds=False)
        day = view.moments(contract.timezone).moment(longest_bad.due)
        caption = language.text(f"proof.{kind}.longest", span=span, day=day)
    note = language.text(f"proof.{kind}.note")
    return Proof(language.text(f"proof.{kind}.title"), note, stretch_strip(rows, name), caption)


def _stretch_row(
    view: View,
    figure: FigureRow,
    bad: Sequence[OccurrenceRow],
    now: int,
    longest: int,
    newest: str,
    *,
    is_current: bool,
) -> StretchRow:
    end = figure.until if figure.until is not None else max(now, figure.start + 1)
    long = max(1, end - figure.start)
    stretches = tuple(
        Stretch(
            max(0, one.due - figure.start) / long,
            min(long, min(one.closed or now, now) - figure.start) / long,
            one.verdict,
        )
        for one in bad
        if one.due is not None and one.due < end and (one.closed or now) > figure.start
    )
    found = bad_time(figure)
    label, year = period_short(figure.period, view.language) if not is_rolling(figure) else ("", "")
    words = "—" if not found or not found[1] else time_words(found[0], view.language) if found[0] else "0"
    return StretchRow(
        label,
        year if year != newest else "",
        long / longest,
        min(1, max(0, now - figure.start) / long),
        stretches,
        words,
        is_current,
        disc(figure) in ("lost", "breached"),
    )


# volumes


def _volumes(view: View, row: Standing, contract: ContractRow, rule: Volume) -> Proof | None:
    language = view.language
    every = [one for one in _last(view, row) if one.value is not None or one.verdict != "pending"]
    shown = [one for one in every if one.verdict != "pending" or _is_inside(one, rule)][-MOST:]
    if not shown:
        return None
    versions = {one.number: one.terms for one in contract.versions}
    amounts = []
    for one in shown:
        terms = _volume_of(row, versions.get(one.version)) or rule
        label, year = period_short(one.key, language)
        value = Fraction(one.value) if one.value is not None else None
        expected = Fraction(terms.expected)
        low, high = expected * (1 - terms.band), expected * (1 + terms.band)
        amounts.append(Amount(label, year, value, one.verdict, low, high, expected))
    outside = [one for one in shown if one.verdict == "failed"]
    kept = [one for one in shown if one.verdict == "met"]
    last = amounts[-1]
    edges = {"low": _exact_words(last.low, language), "high": _exact_words(last.high, language)}
    band = language.text("proof.volume.band", expected=_exact_words(last.expected, language), **edges)
    name = language.text("proof.volume.name", kept=len(kept), total=len(kept) + len(outside))
    listed = [period_words(one.key, language) for one in outside]
    caption = (
        language.counted("proof.volume.outside", len(outside), periods=language.listing(listed[-4:])) if listed else ""
    )
    note = language.text(f"proof.volume.note.{rule.per}")
    drawing = band_chart(amounts, name, band, language)
    return Proof(language.text("proof.volume.title"), note, drawing, first_up(caption))


def _exact_words(amount: Fraction, language: Language) -> str:
    """An amount of a contract, which is a decimal number."""
    return number_words(amount, language, amount)


def _is_inside(one: OccurrenceRow, rule: Volume) -> bool:
    """Of one to come, whether it has reached the band: one that has just begun would only stretch the chart."""
    return one.value is not None and Fraction(one.value) >= Fraction(rule.expected) * (1 - rule.band)


def _volume_of(row: Standing, terms: object) -> Volume | None:
    for deliverable in getattr(terms, "deliverables", ()):
        for criterion in deliverable.criteria:
            is_same = (deliverable.id, criterion.id) == (row.row.deliverable.id, row.row.criterion.id)
            if is_same and isinstance(criterion.indicator, Volume):
                return criterion.indicator
    return None


# scores and values


def _scores(view: View, row: Standing, rule: Satisfaction, period: str) -> Proof | None:
    language = view.language
    scores = [Fraction(one.value) for one in _last(view, row, period) if one.value is not None]
    if not scores:
        return None
    low, high = rule.scale
    width = max(Fraction(1), round_step(Fraction(high - low) / MOST_BINS))
    count = int((Fraction(high) - Fraction(low)) // width) + 1
    counts = [0] * count
    for score in scores:
        counts[min(count - 1, max(0, int((score - Fraction(low)) // width)))] += 1
    starts = [Fraction(low) + width * place for place in range(count)]
    tones = ["kept" if start >= Fraction(rule.satisfied) else "miss" for start in starts]
    told = tuple(type(one)(one.count, one.tone, one.count > 0) for one in tones_told(counts, tones))
    mean = sum(scores, Fraction()) / len(scores)
    satisfied_from = float((Fraction(rule.satisfied) - Fraction(low)) / width)
    drawing = Histogram(
        told,
        tuple((place, number_words(start, language)) for place, start in enumerate(starts)),
        ((satisfied_from, language.text("proof.satisfaction.from", score=language.decimal(rule.satisfied))),),
        labels_in_middle=True,
    )
    glad = sum(score >= Fraction(rule.satisfied) for score in scores)
    name = language.text("proof.satisfaction.name", good=glad, total=len(scores))
    caption = language.text(
        "proof.satisfaction.caption",
        good=glad,
        total=len(scores),
        mean=number_words(mean, language),
        high=language.decimal(high),
    )
    note = _span_words(period, len(scores), language)
    return Proof(language.text("proof.satisfaction.title"), note, histogram(drawing, name), caption, is_narrow=True)


def _span_words(period: str, count: int, language: Language) -> str:
    of = language.counted("proof.answers", count)
    return of if period == "all" else f"{period_words(period, language)}, {of}"


def _values(view: View, row: Standing, rule: Measure, period: str) -> Proof | None:
    language = view.language
    values = sorted(Fraction(one.value) for one in _last(view, row, period) if one.value is not None)
    if len(values) < FEWEST:
        period = "all"
        values = sorted(Fraction(one.value) for one in _last(view, row) if one.value is not None)
    if len(values) < FEWEST:
        return None
    target = str(row.row.criterion.targets[0])
    unit = rule.unit if rule.aggregate != "count" else None
    bound = bound_of(target, unit) if rule.aggregate not in ("sum", "count") else None
    scale = drawn_unit(bound if bound is not None else values[-1], unit)[1]
    name_of_unit = drawn_unit(bound if bound is not None else values[-1], unit)[0]
    shown = [value / scale for value in values]
    marks = [bound / scale] if bound is not None else []
    low, high = min([*shown, *marks]), max([*shown, *marks])
    width = round_step((high - low) / 20 or Fraction(1))
    first = low // width
    count = int(high // width - first) + 1
    counts = [0] * count
    for value in shown:
        counts[int(value // width - first)] += 1
    every = max(1, count // 6)
    ticks = tuple(
        (float(place), number_words((first + place) * width, language)) for place in range(0, count + 1, every)
    )
    lines = [(float(one / width - first), bound_words(target, language)) for one in marks]
    figure = next((one for one in row.row.current if one.period == period), None)
    come_to = value_of_figure(figure) if figure is not None else None
    if come_to is not None and rule.aggregate not in ("sum", "count"):
        words = language.text(
            f"proof.measure.aggregate.{rule.aggregate}", value=number_words(come_to / scale, language, *marks)
        )
        lines.append((float(come_to / scale / width - first), words))
    drawing = Histogram(tones_told(counts, ["bar"] * count), ticks, tuple(lines))
    middle = language.text(
        "proof.measure.caption", value=number_words(Fraction(median(shown)), language), unit=name_of_unit or ""
    )
    note = language.counted("proof.values", len(values))
    note = f"{period_words(period, language)}, {note}" if period != "all" else note
    if name_of_unit:
        note += f", {name_of_unit}"
    caption = middle.replace(" .", ".")
    return Proof(language.text("proof.measure.title"), note, histogram(drawing, caption), caption, is_narrow=True)


# lateness


def _lateness(view: View, row: Standing) -> Proof | None:
    """Delivered less due, of what was judged; elapsed, also where the limit counts working time."""
    language, rule = view.language, row.row.criterion.indicator
    judged = [one for one in _last(view, row) if one.verdict in ("met", "late", "missing")]
    came = [(one.closed - one.due, one) for one in judged if one.closed is not None and one.due is not None]
    if len(came) < FEWEST:
        return None
    spans = sorted(span for span, _ in came)
    low, high = spans[len(spans) // 50], spans[-1 - len(spans) // 50]
    low, high = min(low, 0), max(high, 0)
    step = next((step for step in STEPS if (high - low) / step <= MOST_BINS - 1), 28 * DAY)
    first, count = low // step, high // step - low // step + 1
    counts, late = [0] * count, [0] * count
    for span, one in came:
        place = min(count - 1, max(0, span // step - first))
        counts[place] += 1
        late[place] += one.verdict == "late"
    tones = ["late" if bad * 2 > n else "kept" for n, bad in zip(counts, late, strict=True)]
    tolerance = rule.tolerance if isinstance(rule, Punctuality | Deadline) else None
    band = None
    if isinstance(tolerance, Elapsed) and tolerance.microseconds:
        end = min(count, tolerance.microseconds / step - first)
        band = (-first, end, language.text("proof.lateness.tolerance", span=duration_words(tolerance, language)))
    every = max(1, count // 6)
    ticks = tuple(
        (float(place - first), _offset(place * step, step, language))
        for place in range(first, first + count + 1)
        if place % every == 0
    )
    missing = sum(one.verdict == "missing" for one in judged)
    never = ("missing", f"{missing} {language.text('proof.lateness.never')}") if missing else None
    drawing = Histogram(
        tones_told(counts, tones), ticks, ((float(-first), language.text("proof.lateness.due")),), band, never
    )
    middle, lates = spans[len(spans) // 2], sum(late)
    key = "early" if middle < 0 else "late"
    parts = [language.text(f"proof.lateness.half_{key}", span=language.span(middle, seconds=False))]
    parts.append(language.counted("proof.lateness.after", lates) if lates else language.text("proof.lateness.none"))
    caption = " ".join(parts)
    note = language.counted("proof.lateness.note", len(came))
    return Proof(language.text("proof.lateness.title"), note, histogram(drawing, caption), caption, is_narrow=True)


def _offset(microseconds: int, step: int, language: Language) -> str:
    """In the unit of the step, so that all ticks speak alike."""
    if microseconds == 0:
        return "0"
    sign = "−" if microseconds < 0 else "+"
    size = abs(microseconds)
    if step % DAY == 0:
        return f"{sign}{size // DAY}{FIRM}{language.text('proof.lateness.day')}"
    return f"{sign}{size // HOUR}{FIRM}h" if step % HOUR == 0 else f"{sign}{size // MINUTE}{FIRM}min"
