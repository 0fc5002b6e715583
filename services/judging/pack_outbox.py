"""Packs issued before their meeting: asked for as time reaches them, shown at once, said in the history once (MEETING §1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from domain.decisions import stream_of
from domain.review import Review
from domain.times import Instant
from services.access import PLATFORM_NAME
from services.errors import NotFound
from services.history.databases import Transaction
from services.history.entries import Position
from services.history.history import History
from services.judging.catalogue import InForce
from services.judging.meetings import MeetingsToCome, pack_issued
from services.judging.reviews_to_come import Due
from services.tables.reviews import NOT_CALLED
from services.tables.table import text_of

KIND: Final = "issue-pack"


def outbox_name(review: str, sequence: int) -> str:
    """What the pack of a review that was moved so often is called in the outbox."""
    return f"pack:{review}:{sequence}"


def packs_due(
    contract: InForce, to_come: MeetingsToCome, planned: Sequence[Due], after: Instant, until: Instant
) -> Iterator[tuple[Due, Instant]]:
    """The reviews whose pack is issued in (after, until], each with when. `planned`: those about which something was decided."""
    ids = {one.review for one in planned}
    for meeting, at in to_come.issued(contract, after, until):
        if meeting.id not in ids:
            yield Due(meeting.id, meeting.contract, meeting.starts, ends=meeting.ends), at
    for one in planned:
        issued = pack_issued(contract, one.starts)
        is_ours = one.contract == contract.id and not one.is_cancelled
        if is_ours and issued is not None and after < issued <= until:
            yield one, issued


def to_issue(due: Due, as_of: Instant, at: Position) -> dict[str, Any]:
    """What is asked for."""
    return {
        "review": due.review,
        "contract": due.contract,
        "starts": due.starts,
        "ends": due.ends,
        "sequence": due.sequence,
        "as_of": as_of,
        "position": at,
    }


def settled_at(reads: Transaction, due: Due) -> int | None:
    """The position at which the history says already that the pack was issued, or that the review was called without one; None where
    it says neither."""
    for position, changed, text in reads.query(
        "SELECT position, changed, document FROM view_review WHERE id = ?", [due.review]
    ):
        told = msgspec.json.decode(text).get("issued", ())
        if position != NOT_CALLED or any(one["sequence"] == due.sequence for one in told):
            return int(changed)
    return None


def show_issued(writes: Transaction, content: dict[str, Any], at: Position) -> None:
    """Shows the pack, though the history does not say yet that it was issued; a review that was called is left alone."""
    issued = {"as_of": content["as_of"], "position": content["position"], "sequence": content["sequence"]}
    issued |= {"by": PLATFORM_NAME, "at": content["as_of"]}
    review = content["review"]
    for position, text in writes.query("SELECT position, document FROM view_review WHERE id = ?", [review]):
        document = msgspec.json.decode(text)
        told = document.get("issued", [])
        if position == NOT_CALLED and all(one["sequence"] != content["sequence"] for one in told):
            sql = "UPDATE view_review SET changed = ?, document = ? WHERE id = ?"
            writes.execute(sql, [at, text_of({**document, "issued": [*told, issued]}), review])
        return
    document = {"pack_position": None, "watermark": None, "minutes": [], "decisions": [], "signatures": []}
    document |= {"ends": content["ends"], "issued": [issued]}
    writes.execute(
        "INSERT INTO view_review (id, contract, starts, position, changed, document) VALUES (?, ?, ?, ?, ?, ?)",
        [review, content["contract"], content["starts"], NOT_CALLED, at, text_of(document)],
    )


def issue(history: History, content: dict[str, Any], at: Instant) -> int:
    """Says that the pack was issued, of a review that nobody has decided about yet, too. Raises DecisionRefused where it was moved,
    cancelled or called meanwhile."""
    try:
        review = history.get(stream_of("review", content["review"]), Review)
    except NotFound:
        planned = {name: content[name] for name in ("review", "contract", "starts", "ends")}
        review = Review.planned(**planned, by=PLATFORM_NAME, at=at)
    review.issue_pack(content["as_of"], content["position"], content["sequence"], by=PLATFORM_NAME, at=at)
    return history.save(review)


def settled_packs(review: Review) -> list[str]:
    """The names of the packs that the history holds, or will never hold."""
    told = {one["sequence"] for one in review.issued}
    last = len(review.moves)
    is_over = review.is_called or review.cancelled is not None
    return [
        outbox_name(review.review, number) for number in range(last + 1) if number in told or number < last or is_over
    ]


def issued_packs(reads: Transaction) -> Iterator[tuple[str, dict[str, Any]]]:
    """The packs that were issued: their review, and what the history says of them."""
    for review, text in reads.query("SELECT id, document FROM view_review ORDER BY id"):
        for one in msgspec.json.decode(text).get("issued", ()):
            yield review, one
