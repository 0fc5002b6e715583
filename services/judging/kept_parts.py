"""What figures are put together from, where tallies do not tell: verdicts in their order, and numbers, of the parts of periods that
are being judged. Read once, then kept up with every judgement (decision 72)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sized
from fractions import Fraction

from domain.kept_up import InARow, Numbers, Place
from domain.occurrences import Judgement, Verdict
from domain.periods import Period
from domain.times import LAST_INSTANT
from domain.versions import CommitmentVersion
from services.judging.kept_windows import Counting, KeptWindow

PartId = tuple[str, int, int, int]
"""Commitment, target index, start of the period, segment."""
Change = tuple[Judgement | None, Judgement | None]
"""What counted, and what counts."""
_MOST = 200_000
"""Verdicts and numbers in memory, about; beyond, all is read anew."""


class KeptParts:
    """Outlives a transaction as long as every one succeeds, as tallies do."""

    def __init__(self) -> None:
        self._verdicts: dict[PartId, InARow] = {}
        self._numbers: dict[PartId, Numbers] = {}
        self._windows: dict[tuple[str, int], KeptWindow] = {}

    def forget(self) -> None:
        """After a failed transaction, or when rows were changed behind its back."""
        self._verdicts, self._numbers, self._windows = {}, {}, {}

    def verdicts(self, id: PartId, read: Callable[[], Iterable[tuple[Place, Verdict]]]) -> InARow:
        """`read`: all of the part, by (anchor, key), from the rows."""
        found = self._verdicts.get(id)
        if found is None:
            found = InARow(read())
            self._make_room(len(found))
            self._verdicts[id] = found
        return found

    def numbers(self, id: PartId, read: Callable[[], Iterable[Fraction]]) -> Numbers:
        """`read`: all of the part, from the rows."""
        found = self._numbers.get(id)
        if found is None:
            found = Numbers(read())
            self._make_room(len(found))
            self._numbers[id] = found
        return found

    def window(
        self, commitment: str, target: int, window: Period, read: Callable[[], Iterable[Counting]]
    ) -> KeptWindow:
        """The window of a rolling target. `read`: all that counts from its start on, from the rows."""
        end = LAST_INSTANT if window.end is None else window.end
        found = self._windows.get((commitment, target))
        if found is None or not found.may_move_to(window.start, end):
            self._windows.pop((commitment, target), None)
            found = KeptWindow(window.start, read())
            self._make_room(len(found))
            self._windows[commitment, target] = found
        found.move_to(window.start, end)
        return found

    def count_rolling(self, version: CommitmentVersion, commitment: str, target: int, key: str, change: Change) -> None:
        """As `count`, in the window of a rolling target."""
        window = self._windows.get((commitment, target))
        if window is not None:
            less, more = (counting(one, key, version.segment) if one is not None else None for one in change)
            window.change(less, more)

    def count(self, id: PartId, key: str, less: Judgement | None, more: Judgement | None) -> None:
        """The occurrence of that key counts in the part otherwise than before."""
        verdicts, numbers = self._verdicts.get(id), self._numbers.get(id)
        if verdicts is not None:
            if less is not None and less.standing == "owed":
                verdicts.take_out((less.anchor, key))
            if more is not None and more.standing == "owed":
                verdicts.put((more.anchor, key), more.verdict)
        if numbers is not None:
            if less is not None and (number := number_of(less)) is not None:
                numbers.take_out(number)
            if more is not None and (number := number_of(more)) is not None:
                numbers.put(number)

    def _make_room(self, coming: int) -> None:
        every: tuple[Sized, ...] = (*self._verdicts.values(), *self._numbers.values(), *self._windows.values())
        if sum(map(len, every)) + coming > _MOST:
            self.forget()


def counting(judgement: Judgement, key: str, segment: int) -> Counting:
    place = judgement.anchor, key
    number = number_of(judgement)
    return Counting(place, judgement.standing, judgement.verdict, judgement.underlying, segment, number)


def number_of(judgement: Judgement) -> Fraction | None:
    """The number that counts in a figure; None where it has none, and where it is excused."""
    if (
        judgement.value is None
        or judgement.verdict is Verdict.EXCUSED
        or judgement.standing not in ("owed", "measured")
    ):
        return None
    return Fraction(judgement.value)
