"""How early and how late things came, against when they were due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.histograms import MOST_BINS, Histogram, histogram, tones_told
from dashboards.language import FIRM, Language
from dashboards.proofs.proof import FEWEST, Proof
from dashboards.words import duration_words
from domain.durations import HOUR, MINUTE, Duration, Elapsed, EndOfDay
from services.figures.rows import OccurrenceRow

DAY = 24 * HOUR
STEPS = tuple(
    n * unit
    for unit, counts in ((MINUTE, (1, 2, 5, 10, 15, 30)), (HOUR, (1, 2, 4, 12)), (DAY, (1, 2, 7, 14)))
    for n in counts
)
LONGEST_STEP = 28 * DAY
TICKS = 6


def delays(
    occurrences: Sequence[OccurrenceRow], tolerance: Duration | EndOfDay | None, language: Language
) -> Proof | None:
    """Delivered less due, of what was judged; elapsed, also where the limit counts working time. None where too few came."""
    judged = [row for row in occurrences if row.verdict in ("met", "late", "missing")]
    came = sorted(
        _Delay(row.closed - row.due, row.verdict == "late")
        for row in judged
        if row.closed is not None and row.due is not None
    )
    if len(came) < FEWEST:
        return None
    caption = _caption(came, language)
    missing = sum(row.verdict == "missing" for row in judged)
    drawing = histogram(_spread(came, tolerance, missing, language), caption)
    title, note = language.text("proof.lateness.title"), language.counted("proof.lateness.note", len(came))
    return Proof(title, note, drawing, caption, is_narrow=True)


@dataclass(frozen=True, slots=True, order=True)
class _Delay:
    """`span`: microseconds after the due, negative before it."""

    span: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class _Axis:
    """Bins of `step` microseconds, the first of them the one that begins `first` steps after the due."""

    step: int
    first: int
    bins: int

    def bin_of(self, delay: _Delay) -> int:
        """The number of the bin, from the left; the outermost ones hold what lies beyond them."""
        return min(self.bins - 1, max(0, delay.span // self.step - self.first))

    def ticks(self, language: Language) -> tuple[tuple[float, str], ...]:
        every = max(1, self.bins // TICKS)
        places = (place for place in range(self.first, self.first + self.bins + 1) if place % every == 0)
        return tuple((float(place - self.first), _offset(place * self.step, self.step, language)) for place in places)


def _axis(came: Sequence[_Delay]) -> _Axis:
    """From the due, or the earliest, to the due, or the latest, without the outermost fiftieth on each side."""
    rest = len(came) // 50
    low, high = min(came[rest].span, 0), max(came[-1 - rest].span, 0)
    step = next((step for step in STEPS if (high - low) / step <= MOST_BINS - 1), LONGEST_STEP)
    return _Axis(step, low // step, high // step - low // step + 1)


def _spread(
    came: Sequence[_Delay], tolerance: Duration | EndOfDay | None, missing: int, language: Language
) -> Histogram:
    axis = _axis(came)
    counts, late = [0] * axis.bins, [0] * axis.bins
    for delay in came:
        counts[axis.bin_of(delay)] += 1
        late[axis.bin_of(delay)] += delay.is_late
    tones = ["late" if bad * 2 > n else "kept" for n, bad in zip(counts, late, strict=True)]
    due = ((float(-axis.first), language.text("proof.lateness.due")),)
    never = ("missing", f"{missing} {language.text('proof.lateness.never')}") if missing else None
    band = _tolerated(tolerance, axis, language)
    return Histogram(tones_told(counts, tones), axis.ticks(language), due, band, never)


def _tolerated(
    tolerance: Duration | EndOfDay | None, axis: _Axis, language: Language
) -> tuple[float, float, str] | None:
    """From the due to the end of the tolerance; None without one, or where it counts working time."""
    if not isinstance(tolerance, Elapsed) or not tolerance.microseconds:
        return None
    end = min(axis.bins, tolerance.microseconds / axis.step - axis.first)
    return -axis.first, end, language.text("proof.lateness.tolerance", span=duration_words(tolerance, language))


def _caption(came: Sequence[_Delay], language: Language) -> str:
    middle, late = came[len(came) // 2].span, sum(delay.is_late for delay in came)
    half = "early" if middle < 0 else "late"
    parts = [language.text(f"proof.lateness.half_{half}", span=language.span(middle, seconds=False))]
    parts.append(language.counted("proof.lateness.after", late) if late else language.text("proof.lateness.none"))
    return " ".join(parts)


def _offset(microseconds: int, step: int, language: Language) -> str:
    """In the unit of the step, so that all ticks speak alike."""
    if microseconds == 0:
        return "0"
    sign = "−" if microseconds < 0 else "+"
    size = abs(microseconds)
    if step % DAY == 0:
        return f"{sign}{size // DAY}{FIRM}{language.text('proof.lateness.day')}"
    return f"{sign}{size // HOUR}{FIRM}h" if step % HOUR == 0 else f"{sign}{size // MINUTE}{FIRM}min"
