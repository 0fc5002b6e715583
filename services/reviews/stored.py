"""What the table of reviews holds of one, and the row that it becomes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from domain.review import Answer, Outcome
from domain.terms import Party
from domain.times import Instant
from services.breaches.breach_rows import notes_of
from services.contracts.stored import StoredSignature
from services.reviews.rows import (
    AddedRow,
    AnswerRow,
    IssuedRow,
    MoveRow,
    OutcomeRow,
    RefusalRow,
    ReviewRow,
    ReviewSignature,
    State,
    SubmissionRow,
    TakenRow,
)
from services.tables.documents import StoredNote


class SignedRevision(StoredSignature):
    """A signature; programs before noted no revision."""

    revision: NotRequired[int | None]
    fingerprint: NotRequired[str | None]


class StoredDecision(StoredNote):
    """Of those that are text alone, `decision` is all that there is beside it; in rows of programs before, not even that."""

    decision: NotRequired[int]
    kind: NotRequired[str]
    item: NotRequired[str | None]
    subject: NotRequired[str]
    arguments: NotRequired[dict[str, str | int]]


class StoredSubmission(TypedDict):
    revision: int
    fingerprint: str | None
    position: int | None
    by_signing: bool
    by: str
    at: Instant
    signatures: list[SignedRevision]
    ended: NotRequired[str]
    why: NotRequired[StoredNote]


class StoredRefusal(TypedDict):
    party: Party
    revision: int
    reasons: list[str]
    decisions: list[int]
    by: str
    at: Instant


class StoredMove(StoredNote):
    starts: Instant
    sequence: int


class StoredIssued(TypedDict):
    as_of: Instant
    position: int
    sequence: int
    by: str
    at: Instant


class StoredAnswer(TypedDict):
    person: str
    answer: Answer
    sequence: int
    way: str | None
    by: str
    at: Instant


class StoredAdded(StoredNote):
    item: str
    party: Party
    takes: int


class StoredOutcome(StoredNote):
    outcome: Outcome
    rest: bool


class StoredEffect(TypedDict):
    decision: int
    stream: str


class StoredReview(TypedDict):
    """Of a review, as it stands in its table."""

    pack_position: int | None
    watermark: Instant | None
    minutes: list[StoredNote]
    decisions: list[StoredDecision]
    signatures: list[SignedRevision]
    taken_back: NotRequired[int]
    ends: NotRequired[Instant]
    moves: NotRequired[list[StoredMove]]
    cancelled: NotRequired[StoredNote]
    issued: NotRequired[list[StoredIssued]]
    answers: NotRequired[list[StoredAnswer]]
    attendance: NotRequired[list[str]]
    added: NotRequired[list[StoredAdded]]
    outcomes: NotRequired[dict[str, StoredOutcome]]
    submissions: NotRequired[list[StoredSubmission]]
    refusals: NotRequired[list[StoredRefusal]]
    took_effect: NotRequired[list[StoredEffect]]


def state_of(it: StoredReview) -> State:
    """The state that the document alone says (MEETING §1)."""
    last = it.get("submissions", [])[-1:]
    if "cancelled" in it:
        return "cancelled"
    if it["pack_position"] is None:
        return "planned"
    if it["signatures"]:
        return "signed" if len(it["signatures"]) == 2 else "half-signed"
    if not last:
        return "held"
    return {None: "submitted", "refused": "refused"}.get(last[0].get("ended"), "held")  # type: ignore[return-value]


def row_of(id: str, contract: str, starts: Instant, ends: Instant, state: State, it: StoredReview) -> ReviewRow:
    text = [one for one in it["decisions"] if "kind" not in one]
    attendance, cancelled = it.get("attendance"), it.get("cancelled")
    return ReviewRow(
        id=id,
        contract=contract,
        starts=starts,
        ends=ends,
        state=state,
        position=it["pack_position"],
        watermark=it["watermark"],
        minutes=notes_of(it["minutes"]),
        decisions=notes_of(text),
        signatures=_signatures(it["signatures"]),
        entries=len(it["minutes"]) + len(it["decisions"]) + 2 * it.get("taken_back", 0),
        taken=tuple(_taken(one) for one in it["decisions"] if "kind" in one),
        numbers=tuple(one.get("decision", place) for place, one in enumerate(text, 1)),
        attendance=tuple(attendance) if attendance is not None else None,
        added=tuple(AddedRow(**one) for one in it.get("added", ())),
        outcomes={item: OutcomeRow(**one) for item, one in it.get("outcomes", {}).items()},
        submissions=tuple(_submission(one) for one in it.get("submissions", ())),
        refusals=tuple(
            RefusalRow(
                one["party"], one["revision"], tuple(one["reasons"]), tuple(one["decisions"]), one["by"], one["at"]
            )
            for one in it.get("refusals", ())
        ),
        took_effect=tuple((one["decision"], one["stream"]) for one in it.get("took_effect", ())),
        moves=tuple(MoveRow(**one) for one in it.get("moves", ())),
        cancelled=(cancelled["by"], cancelled["at"], cancelled["text"]) if cancelled else None,
        issued=tuple(IssuedRow(**one) for one in it.get("issued", ())),
        answers=tuple(AnswerRow(**one) for one in it.get("answers", ())),
    )


def _signatures(stored: Sequence[SignedRevision]) -> tuple[ReviewSignature, ...]:
    return tuple(
        ReviewSignature(
            one["party"], one["service"], one["by"], one["at"], one.get("revision") or 1, one.get("fingerprint")
        )
        for one in stored
    )


def _taken(it: StoredDecision) -> TakenRow:
    return TakenRow(
        it["decision"], it["kind"], it.get("item"), it["subject"], it["text"], it["arguments"], it["by"], it["at"]
    )


def _submission(it: StoredSubmission) -> SubmissionRow:
    why = it.get("why")
    return SubmissionRow(
        revision=it["revision"],
        fingerprint=it["fingerprint"],
        position=it["position"],
        by_signing=it["by_signing"],
        by=it["by"],
        at=it["at"],
        ended=it.get("ended"),
        why=(why["by"], why["at"], why["text"]) if why is not None else None,
        signatures=_signatures(it["signatures"]),
    )
