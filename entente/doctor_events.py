"""The findings of `entente doctor` about events: those that no contract selects, and what is in them that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.language import Language
from dashboards.unselected import unread_words, unselected_title, unselected_words
from domain.saying import chained, said
from entente.findings import Finding, State
from services.arrivals.reading import read_unselected
from services.explaining.unread import unread
from services.seeing.seen import Seen

MEND = said(
    "correct the mapping (or the tool); what is stored is put right by events with an id of their own that say `replaces`"
)
MOST = 5
"""Kinds of events, and commitments, that are named."""


def event_findings(seen: Seen, words: Language) -> Iterator[Finding]:
    """A warning where events nearly are what contracts select: others may be meant for nobody."""
    lost = read_unselected(seen)
    lost.sort(key=lambda row: not row.near)
    if lost:
        parts = [unselected_title(lost, words), ", ".join(unselected_words(row, words) for row in lost[:MOST])]
        if len(lost) > MOST:
            parts.append(words.counted("near.more", len(lost) - MOST))
        is_near = any(near.miss.is_near for row in lost for near in row.near)
        mend = said("correct the value in the tool or its mapping, or `where` in the contract") if is_near else ""
        state: State = "warning" if is_near else "ok"
        yield Finding("events", state, chained(" ", parts), mend)
    else:
        yield Finding("events", "ok", said("contracts select every event"))
    for row in unread(seen)[:MOST]:
        yield Finding("values", "warning", unread_words(row, words), MEND)
