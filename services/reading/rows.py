"""What reads return: plain rows, already scoped to who asked. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from domain.sums import Amount
from domain.terms import ContractTerms, Criterion, Deliverable, Text


@dataclass(frozen=True, slots=True)
class SignatureRow:
    party: str  # "supplier" | "client"
    service: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class CommentRow:
    clause: str  # path in the document, "" for the whole
    text: str
    by: str
    at: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a contract. `state`: proposed, refused, withdrawn, replaced, signed (agreed, not yet in force),
    in force, past."""

    number: int
    state: str
    effective: date
    terms: ContractTerms
    document: str
    proposed_by: str
    proposed_at: int
    position: int
    signatures: tuple[SignatureRow, ...] = ()
    comments: tuple[CommentRow, ...] = ()
    differences: tuple[str, ...] = ()
    differences_fr: tuple[str, ...] = ()
    refusal: str | None = None
    party: str = "supplier"
    """Who proposed it; `position` is which of all proposals of the contract it is."""

    def differences_in(self, language: str) -> tuple[str, ...]:
        """What this version changes of the one before it, a sentence each."""
        return self.differences_fr if language == "fr" else self.differences


@dataclass(frozen=True, slots=True)
class ContractRow:
    """`state`: proposed, signed (agreed, starts later), in force, expired, terminated, refused, withdrawn."""

    id: str
    title: Text
    supplier: str
    client: str
    state: str
    timezone: str
    valid_from: date
    valid_until: date | None
    versions: tuple[VersionRow, ...]
    next_review: int | None
    terms: ContractTerms  # of the version in force, else of the newest

    def title_on(self, day: date) -> Text:
        """What it was called on that day."""
        version = version_on(self.versions, day)
        return version.terms.title if version is not None else self.title


def version_on(versions: Sequence[VersionRow], day: date) -> VersionRow | None:
    """The one in force on that day; None before the first."""
    begun = [one for one in versions if one.state in ("signed", "in force", "past") and one.effective <= day]
    return max(begun, key=lambda one: (one.effective, one.number), default=None)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One commitment, target and period; INTERFACE §3 `figures --json` field by field. Values are text with four places, or
    None. `expected` is None where the period has no end. What is counted is occurrences, or of availability and freshness
    seconds of service time; a measure has no good and total."""

    commitment: str
    target_index: int
    period: str
    state: str  # open | final | restated
    start: int
    until: int | None
    counts: dict[str, int]
    expected: Amount | None
    judged: Amount
    raw: tuple[Amount | None, Amount | None]  # good, total
    adjusted: tuple[Amount | None, Amount | None]
    value: str | None
    target: str
    status: str  # open | met | breached | no_data
    outlook: str | None  # safe | tight | lost | None
    segments: tuple[dict[str, object], ...]
    final: dict[str, object] | None
    causes: tuple[int, ...]
    position: int
    watermark: int | None
    misses_left: int | None = None  # how many more misses the target allows, where that is known
    must_keep: int | None = None  # a share below its target: how many more, all kept, bring it there
    unmonitored: str | None = None  # why nobody monitors the commitment: "no owner", "no event yet"
    without_due: int = 0
    counted: str = "occurrences"  # or seconds (availability, freshness), values (measures)
    exact: Fraction | None = None  # the value, not rounded
    share: str | None = None  # of satisfaction: the share that is satisfied, and the mean score
    mean: str | None = None
    unit: str | None = None  # of the values, where they are times: s, min, h
    was_counts: dict[str, int] | None = None  # restated: the verdicts of the final figure
    time_allowed: Amount | None = None  # seconds that may be bad in the whole period, by the wording that holds
    time_left: Amount | None = None  # of them; below 0: too many
    unknown: Amount = 0  # what there was and cannot be judged, counted as `judged` is; it is in no sum


@dataclass(frozen=True, slots=True)
class RiskRow:
    """Of a pending occurrence whose clock runs. `because` it is at risk: warn, time (less than a quarter is left), lateness
    (its debtor's own); None where it is not. `lateness`: what the debtor stays within four times of five, in microseconds
    after the due, None where that never came; no tuple without enough history."""

    time_used: Fraction
    because: str | None
    lateness: tuple[int | None] | None
    has_warning: bool


@dataclass(frozen=True, slots=True)
class OccurrenceRow:
    commitment: str
    key: str
    period: str
    due: int | None
    limit: int | None
    closed: int | None
    opened: int | None
    verdict: str  # pending met late missing failed excused unknown; `measured` of a measure; `dropped`, `without-due`: see explain
    version: int
    flags: tuple[str, ...]
    reason: str | None
    at_risk: bool
    evidence: tuple[int, ...]
    underlying: str | None = None  # the verdict that an excuse hides
    risk: RiskRow | None = None
    value: str | None = None  # exact: a measure, a score, a sum


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """A commitment as the version in force (or the last one) says it, with its current figure per target."""

    id: str
    contract: str
    debtor: str
    creditor: str
    terms: ContractTerms
    deliverable: Deliverable
    criterion: Criterion
    current: tuple[FigureRow, ...]
    next_due: int | None
    pending: int
    overdue: int  # missing in the current period
    at_risk: int
    breaches_open: int
    actions_open: int
    actions_overdue: int
    last_event: int | None  # instant at which the last event for it happened
    is_monitored: bool
    unmonitored_because: str | None = None  # "no owner" | "no event yet"
    is_usually_late: bool = False  # some are at risk for their debtor's own lateness, however far ahead they are
    begins: int | None = None  # its first instant, where time has not reached it


@dataclass(frozen=True, slots=True)
class BreachRow:
    """`cause`: late missing failed no-data target-lost client-obligation. `state`: open, withdrawn, past (what was missed before
    the contract came into use, which calls nobody). `key` is set when one occurrence
    matters on its own."""

    id: str
    commitment: str
    period: str
    cause: str
    key: str | None
    target_index: int | None
    state: str
    opened_position: int
    opened_at: (
        int | None
    )  # when its limit or period passed; by evidence, the watermark then, or what was missed if later
    debtor: str
    action: str | None
    acknowledged_by: str | None = None
    acknowledged_at: int | None = None
    explanations: tuple[tuple[str, int, str], ...] = ()  # (by, at, text)
    due: int | None = None  # of the occurrence, where there is one


@dataclass(frozen=True, slots=True)
class ActionRow:
    """`state`: open, closed, not needed."""

    id: str
    commitment: str
    period: str | None
    cause: str
    text: str
    owner: str
    person: str | None
    due: date | None
    state: str
    opened_at: int
    is_overdue: bool
    progress: tuple[tuple[str, int, str], ...] = ()  # (by, at, text)
    closed_by: str | None = None
    closed_at: int | None = None
    closing_text: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """`verb`: accepted, refused, disputed. `party`: supplier, client, arbiter."""

    verb: str
    party: str
    by: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class ExcuseRow:
    """`scope`: a contract, contract/deliverable or commitment. It names keys, or an interval [since, until). `state`: asked,
    accepted, refused, disputed. `party` asked."""

    id: str
    scope: str
    supplier: str
    client: str
    keys: tuple[str, ...]
    since: int | None
    until: int | None
    reason: str
    text: str
    evidence: tuple[int, ...]
    party: str
    state: str
    asked_by: str
    asked_at: int
    position: int
    answers: tuple[AnswerRow, ...] = ()

    @property
    def contract(self) -> str:
        return self.scope.partition("/")[0]

    @property
    def waits_for(self) -> str | None:
        """The service that is to answer, `administrator` for the arbiter; None when nobody is."""
        if self.state == "disputed":
            return "administrator"
        return (self.client if self.party == "supplier" else self.supplier) if self.state == "asked" else None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """`id` is `contract@YYYY-MM-DD`. `state`: planned, held, signed, past (it lies before the contract came into use, and awaits
    nobody). `position` pins its pack once it was called, judged as of
    `watermark`; None: with the watermark that was reached there."""

    id: str
    contract: str
    starts: int
    ends: int
    state: str
    position: int | None
    minutes: tuple[tuple[str, int, str], ...] = ()
    decisions: tuple[tuple[str, int, str], ...] = ()
    signatures: tuple[SignatureRow, ...] = ()
    watermark: int | None = None


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    id: str
    position: int
    received: int
    channel: str
    by: str
    slug: str
    problem: str
    origin: str  # file:line, address…
    content: bytes
    state: str  # waiting, retried, discarded


@dataclass(frozen=True, slots=True)
class UnmatchedRow:
    """`commitments` are those where it waits, or was put aside: as was asked for. `asked`: the matches by hand that wait for the
    other party's answer."""

    position: int
    source: str
    id: str
    type: str
    subject: str | None
    time: int
    commitments: tuple[str, ...]
    reason: str
    asked: tuple[str, ...] = ()
    asides: tuple[AsideRow, ...] = ()


@dataclass(frozen=True, slots=True)
class AsideRow:
    """A commitment for which an unmatched event was put aside: by whom, when and why."""

    commitment: str
    by: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class MatchRow:
    """An event that a person matched to an occurrence. `state`: asked, matched, refused, taking-back, taken-back; it counts
    while it is matched or taking-back. `party` decided last; `notes` say all that was."""

    id: str
    commitment: str
    supplier: str
    client: str
    event: int  # its position
    key: str
    roles: tuple[str, ...]
    state: str
    party: str
    position: int
    notes: tuple[AnswerRow, ...] = ()

    @property
    def is_in_force(self) -> bool:
        return self.state in ("matched", "taking-back")

    @property
    def waits_for(self) -> str | None:
        """The service that is to answer; None when nobody is."""
        if self.state not in ("asked", "taking-back"):
            return None
        return self.client if self.party == "supplier" else self.supplier

    @property
    def made(self) -> AnswerRow:
        """The last time that somebody matched it."""
        return next(one for one in reversed(self.notes) if one.verb == "matched")


@dataclass(frozen=True, slots=True)
class CandidateRow:
    """An occurrence that an unmatched event may belong to. An item of a measure has no verdict."""

    commitment: str
    key: str
    due: int | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    id: str
    title: Text
    is_external: bool = False
    part_of: str | None = None
    people: tuple[tuple[str, str, str], ...] = ()  # id, name, email
    sources: tuple[tuple[str, int | None], ...] = ()  # source, expected every (microseconds)
    by_files: frozenset[str] = frozenset()  # those of which time waits for the next file


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


def names_of(services: Mapping[str, ServiceRow]) -> dict[str, str]:
    """What people are called, by `service/person`, and by the person's id alone where all who have it are called alike."""
    of_service = {f"{row.id}/{id}": name for row in services.values() for id, name, _ in row.people}
    alone: dict[str, set[str]] = {}
    for id, name in of_service.items():
        alone.setdefault(id.partition("/")[2], set()).add(name)
    return of_service | {id: next(iter(names)) for id, names in alone.items() if len(names) == 1}
