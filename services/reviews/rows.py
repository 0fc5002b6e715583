"""What reads return of reviews. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, get_args

from domain.review import Answer, Outcome
from domain.terms import Party
from domain.times import Instant
from services.contracts.rows import SignatureRow

OfReview = Literal["minutes", "decision"]
"""What people say at a review, and may take back."""
OF_REVIEW: Final = get_args(OfReview)
State = Literal["planned", "held", "submitted", "half-signed", "signed", "refused", "skipped", "cancelled", "past"]
STATES: Final = get_args(State)
WAITS_FOR_SIGNATURES: Final = frozenset({"held", "submitted", "half-signed", "skipped"})
"""The states in which somebody is to sign."""


@dataclass(frozen=True, slots=True)
class ReviewSignature(SignatureRow):
    """`fingerprint` states what was signed; None where it was signed when there were no submissions."""

    revision: int = 1
    fingerprint: str | None = None


Argument = str | int
"""What a decision says besides its text, each by its name."""
Arguments = Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class TakenRow:
    """A decision that becomes something once both have signed. `arguments` are those of its kind."""

    decision: int
    kind: str
    item: str | None
    subject: str
    text: str
    arguments: Arguments
    by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How an item was settled; `rest`: by one act with all that were left."""

    outcome: Outcome
    text: str
    by: str
    at: Instant
    rest: bool


@dataclass(frozen=True, slots=True)
class AddedRow:
    """An item by hand; `takes`: minutes."""

    item: str
    text: str
    party: Party
    takes: int
    by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """What was submitted. `position`: the last entry that was read for it. `ended`: refused, taken-back, None while it stands; its
    `signatures` are void then. `why`: who ended it, when, and for which reason."""

    revision: int
    fingerprint: str | None
    position: int | None
    by_signing: bool
    by: str
    at: Instant
    ended: str | None = None
    why: tuple[str, Instant, str] | None = None
    signatures: tuple[ReviewSignature, ...] = ()


@dataclass(frozen=True, slots=True)
class RefusalRow:
    party: Party
    revision: int
    reasons: tuple[str, ...]
    decisions: tuple[int, ...]
    by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class MoveRow:
    """`starts`: to when it was moved."""

    starts: Instant
    by: str
    at: Instant
    text: str
    sequence: int


@dataclass(frozen=True, slots=True)
class IssuedRow:
    """A pack that was issued before its meeting: judged as of `as_of`, up to `position`. `sequence`: how often the review had been
    moved."""

    as_of: Instant
    position: int
    sequence: int
    by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """`person` comes or does not, to the time that the invitation of that sequence says. `way`: link, or None."""

    person: str
    answer: Answer
    sequence: int
    way: str | None
    by: str
    at: Instant


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """`id` is `contract@YYYY-MM-DD`, of the first day that was planned. `state`: as MEETING §1; past: it lies before the contract came
    into use, and awaits nobody. `position` pins its pack once it was called, judged as of `watermark`; None: with the watermark that
    was reached there. `decisions` are those that are text alone, `taken` those with a kind; `numbers` are those of the former.
    `attendance` of None: nobody said."""

    id: str
    contract: str
    starts: int
    ends: int
    state: State
    position: int | None
    minutes: tuple[tuple[str, int, str], ...] = ()
    decisions: tuple[tuple[str, int, str], ...] = ()
    signatures: tuple[ReviewSignature, ...] = ()
    watermark: int | None = None
    entries: int = 0
    """How often its minutes or decisions were changed: who signs says how many were read."""
    taken: tuple[TakenRow, ...] = ()
    numbers: tuple[int, ...] = ()
    attendance: tuple[str, ...] | None = None
    added: tuple[AddedRow, ...] = ()
    outcomes: Mapping[str, OutcomeRow] = field(default_factory=dict)
    submissions: tuple[SubmissionRow, ...] = ()
    refusals: tuple[RefusalRow, ...] = ()
    took_effect: tuple[tuple[int, str], ...] = ()
    moves: tuple[MoveRow, ...] = ()
    cancelled: tuple[str, Instant, str] | None = None
    issued: tuple[IssuedRow, ...] = ()
    answers: tuple[AnswerRow, ...] = ()

    @property
    def pack_issued(self) -> IssuedRow | None:
        """That which was issued for the time at which it is held; None where none was."""
        return next((one for one in self.issued if one.sequence == len(self.moves)), None)

    @property
    def submission(self) -> SubmissionRow | None:
        """What lies before the parties; None where nothing does."""
        last = self.submissions[-1] if self.submissions else None
        return last if last is not None and last.ended is None else None

    @property
    def revision(self) -> int:
        """That of what lies before the parties or was signed; of what would be submitted next, where nothing does."""
        if self.submission is not None:
            return self.submission.revision
        return self.submissions[-1].revision + 1 if self.submissions else 1

    @property
    def is_open(self) -> bool:
        """Says whether minutes, decisions, attendance and outcomes can be changed."""
        return self.position is not None and self.submission is None and not self.signatures

    def outcome(self, item: str) -> OutcomeRow | None:
        """How an item was settled; who signs what nobody submitted notes the rest."""
        found, submission = self.outcomes.get(item), self.submission
        if found is None and submission is not None and submission.by_signing:
            return OutcomeRow("noted", "", submission.by, submission.at, rest=True)
        return found

    def answer_of(self, person: str) -> Answer | None:
        """What they said last of the time at which it is to be held; None where they said nothing of it."""
        said = [one.answer for one in self.answers if one.person == person and one.sequence == len(self.moves)]
        return said[-1] if said else None

    @property
    def sequence(self) -> int:
        """How often it was moved or cancelled, as invitations count it."""
        return len(self.moves) + (self.cancelled is not None)


class ReviewCounts(NamedTuple):
    """Of a contract: reviews whose minutes wait for a signature; those of which nothing was submitted in time."""

    unsigned: int
    skipped: int
