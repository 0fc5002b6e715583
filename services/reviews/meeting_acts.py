"""The acts about a contract since the pack of a review was made: actions opened and closed, excuses asked and answered,
amendments proposed and signed. People do this while they meet, so it stands with the decisions in what they sign.

What the platform does by itself is not of the meeting. What is submitted ends it (in reviews of before, the first signature): what
comes later is in the next pack.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.contract import Contract
from domain.decisions import stream_of
from domain.review import Review
from domain.times import show
from services.access import PLATFORM_NAME
from services.auditing.history_rows import TOPICS
from services.breaches.reading import read_actions, read_breaches
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitments
from services.history.history import Entry, History
from services.matches.reading import read_matches
from services.patience import go_on
from services.reviews.pack_shapes import PackAct, PackArguments
from services.reviews.rows import ReviewRow
from services.seeing.seen import Seen

_A_PAGE: Final = 5_000
_TOPICS: Final = (*TOPICS["decisions"], *TOPICS["contracts"])
_ARGUMENTS: Final = tuple(PackArguments.__annotations__)
"""The names of what an act says besides its text, in its own entry or the first of its stream."""


def acts(seen: Seen, review: ReviewRow, here: ZoneInfo) -> list[PackAct]:
    """Each with its kind (`action-opened`), its subject (`action:ID`), by whom, when, and what it says; in their order.
    Nothing for a review that was not called. No title is in it, nor anything else that can change later."""
    last = review.submission.position if review.submission is not None else None
    if review.position is None:
        return []
    streams = _streams(seen, review.contract)
    meeting = stream_of("review", review.id)
    found: list[PackAct] = []
    for entry in _entries(seen.history, review.position):
        if last is not None and entry.position > last:
            break
        if last is None and review.signatures and entry.topic == Review.Signed.TOPIC and entry.stream == meeting:
            break
        if entry.stream in streams:
            found += _act(seen.history, entry, here)
    return found


def _streams(seen: Seen, contract: str) -> frozenset[UUID]:
    """Gives the streams of all that people decide about the contract, but for its reviews."""
    commitments = read_commitments(seen, contract)
    matches = [match for one in commitments for match in read_matches(seen, commitment=one.id)]
    return frozenset(
        (
            stream_of("contract", contract),
            *(UUID(one.id) for one in read_actions(seen, contract=contract)),
            *(UUID(one.id) for one in read_excuses(seen, contract=contract)),
            *(stream_of("breach", one.id) for one in read_breaches(seen, contract=contract)),
            *(stream_of("match", f"{one.commitment}@{one.event}") for one in matches),
        )
    )


def _entries(history: History, after: int) -> Iterator[Entry]:
    while True:
        go_on()
        page = history.read(after, _A_PAGE, _TOPICS)
        yield from page
        if len(page) < _A_PAGE:
            return
        after = page[-1].position


def _act(history: History, entry: Entry, here: ZoneInfo) -> list[PackAct]:
    """One, or none where nobody but the platform has acted."""
    said = vars(history.decode(entry))
    if said.get("by") in (None, PLATFORM_NAME):
        return []
    created = _created(history, entry)
    whole = {**created, **said}
    sort = entry.topic.split(".")[1]
    scope = str(whole.get("commitment") or whole.get("scope") or "")
    return [
        {
            "kind": entry.topic.removeprefix("entente.").replace(".", "-"),
            "subject": f"{sort}:{whole.get(sort) or scope}",
            "commitment": scope or None,
            "text": str(said.get("text") or said.get("reason") or said.get("root_cause") or ""),
            "about": str(created["text"]) if sort == "action" and entry.version > 1 else "",
            "arguments": _arguments(whole, here),
            "by": said["by"],
            "at": show(said["at"], here),
            "position": entry.position,
        }
    ]


def _created(history: History, entry: Entry) -> Mapping[str, Any]:
    """Reads what the first entry of the stream says; for a contract, the wording that was proposed last."""
    if entry.topic.startswith(Contract.TOPIC):
        contract = history.aggregate_at(entry.stream, entry.version)
        assert isinstance(contract, Contract)
        last = contract.proposals[-1]
        wording = hashlib.sha256(last.document.encode()).hexdigest()
        return {"contract": contract.contract, "effective": last.effective, "wording": wording}
    first = history.find(entry.stream)
    return vars(history.decode(first)) if first is not None else {}


def _arguments(whole: Mapping[str, Any], here: ZoneInfo) -> PackArguments:
    """Takes the arguments out of what the events of aggregates hold under these names, which is of these types."""
    found = {name: whole[name] for name in _ARGUMENTS if whole.get(name) is not None}
    return cast(PackArguments, {name: _written(name, value, here) for name, value in found.items()})


def _written(name: str, value: Any, here: ZoneInfo) -> Any:
    return show(value, here) if name in ("since", "until") and isinstance(value, int) else value
