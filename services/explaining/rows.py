"""What an explanation of an occurrence is made of. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from domain.sums import Amount
from services.excuses.rows import ExcuseRow
from services.figures.rows import OccurrenceRow


@dataclass(frozen=True, slots=True)
class CountedTime:
    """How a due and a limit came about. `closed`: the local days of the calendar between `start` and the limit on which it
    never opens, with why (weekly, holiday, closure, agreed); `more_closed`: how many more than are listed. `hours`: of the
    days that counted, `more_hours` of how many more. `by`: the path that the duration was looked up by, the value there, and
    whether a duration is named after it. `nominal`: the date of the rule, where a closed day moved it. `pauses`: those that
    counted, each with its reason and the due after it; a running one has no end."""

    start: int | None = None
    duration: str | None = None
    nominal: date | None = None
    closed: tuple[tuple[date, str], ...] = ()
    more_closed: int = 0
    hours: tuple[tuple[date, str], ...] = ()
    due_without_pauses: int | None = None
    pauses: tuple[tuple[int, int | None, str | None, int], ...] = ()  # start, end, reason, due
    more_hours: int = 0
    by: tuple[str, str | None, bool] | None = None


@dataclass(frozen=True, slots=True)
class RecomputedRow:
    """A published version of a calendar that moved the limit of an occurrence; None where it was not owed, or could not be
    known. `rebaseline` is the reason why it changed what was past."""

    calendar: str
    version: int
    by: str
    at: int
    before: int | None
    after: int | None
    rebaseline: str | None


@dataclass(frozen=True, slots=True)
class ExplanationRow:
    """Why one occurrence has its verdict; every field ready to be shown, instants as instants."""

    occurrence: OccurrenceRow
    contract_version: int
    rule: dict[str, object]
    calendar: str | None
    due_local: str | None
    due_utc: str | None
    limit_local: str | None
    events: tuple[
        dict[str, object], ...
    ] = ()  # position, role, type, source, id, time, recorded, received, decided: bool
    changed_by: tuple[dict[str, object], ...] = field(default=())  # what would have changed it: {code, …parameters}
    counted: CountedTime | None = None
    excuses: tuple[ExcuseRow, ...] = ()  # those that hide the verdict
    closures: tuple[ExcuseRow, ...] = ()  # agreed closures that took time out between its opening and its limit
    recomputed: tuple[RecomputedRow, ...] = ()  # the versions of a followed calendar that moved its due or limit
    summed: int | None = None  # of a volume: how many events its period counts, of which `events` are the first
    bad_time: Amount | None = None  # of an outage or stale data: seconds of service time, so far as time has come
