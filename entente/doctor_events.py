"""The findings of `entente doctor` about events: those that no contract selects, and what is in them that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.language import Language
from dashboards.unselected import unread_words, unselected_title, unselected_words
from domain.saying import chained, said
from entente.findings import Finding, State
from services.arrivals.reading import read_unselected
from services.contracts.foreign_sources import foreign_sources
from services.directory.declaring import Declared
from services.explaining.unread import unread
from services.seeing.seen import Seen

MEND = said(
    "correct the mapping (or the tool); what is stored is put right by events with an id of their own that say `replaces`"
)
MOST = 5
"""Kinds of events, and commitments, that are named."""


def unshown_findings(seen: Seen) -> Iterator[Finding]:
    """A warning of each contract in force that names a source which its service shows to neither party, as one may that was signed
    before."""
    declared = Declared(seen.history)
    for contract in seen.contracts_in_force():
        for source in foreign_sources(contract.newest.terms, declared.shown_to()):
            says = said(
                "{contract} names {source}, which {service} shows to neither party: nothing that comes from it counts there",
                contract=contract.id,
                source=source,
                service=declared.owner(source) or "",
            )
            yield Finding("sources", "warning", says, said("`shown_to` of that source, in the file of its service"))


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
