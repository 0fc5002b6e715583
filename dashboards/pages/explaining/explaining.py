"""Why one occurrence has its verdict, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from dashboards.explanations import (
    change_words,
    counted_sentences,
    counts_nowhere,
    excuse_sentence,
    matched_words,
    plain,
    recomputed_sentence,
    role_words,
    sealed_words,
    what_would_change,
    when_sentences,
    why_unknown,
)
from dashboards.language import first_up
from dashboards.moments import Moments
from dashboards.naming import Name, occurrence_name
from dashboards.pages.excuses.page import why_asked
from dashboards.pages.figures.ledger import compared, flag_words, is_left
from dashboards.pages.figures.standings import Standing
from dashboards.pages.house.frame import View
from dashboards.standing import mark_of
from dashboards.words import rule_sentence
from domain.faults import UNREAD
from domain.kinds.faces import face
from services.contracts.rows import ContractRow
from services.explaining.rows import EventRow, ExplanationRow
from services.protection.looking import looked_at


@dataclass(frozen=True)
class Happened:
    """One event that had a say."""

    position: str
    role: str
    time: str
    told: str
    source: str
    id: str
    decided: bool
    matched: str
    sealed: str
    """How what is sealed of it stands; empty where nothing is."""
    at: int
    may_look: bool
    """Whether what is sealed of the event at this position is the reader's to see."""


@dataclass(frozen=True)
class Explained:
    row: ExplanationRow
    mark: str
    rule: str
    version: str
    due: str
    due_utc: str
    limit: str
    when: tuple[str, ...]
    """In place of a due time, where there is none: when an outage began and ended, how many events came."""
    happened: tuple[Happened, ...]
    compared: str
    until: int | None
    """The instant from which on `compared` is no longer true."""
    apart: str
    """Why it counts nowhere; empty of what counts."""
    unread: str
    """The fields that could not be compared, in words; empty where all could."""
    changes: tuple[str, ...]
    flags: tuple[str, ...]
    exact: tuple[tuple[str, str], ...]
    counted: tuple[str, ...]
    excused: tuple[str, ...]
    name: Name
    texts: Mapping[str, str]
    """The texts of the excuses that the platform proposed, with titles for ids, by excuse."""


def explained(view: View, standing: Standing, contract: ContractRow, row: ExplanationRow) -> Explained:
    clock = view.moments(contract.timezone)
    occurrence = row.occurrence
    looked = looked_at(view.seen, (one.position for one in row.events if one.sealed and one.sealed.state == "kept"))
    texts = {one.id: why_asked(view, one, contract) for one in (*row.excuses, *row.closures)}
    is_undated = not face(standing.row.criterion.indicator).has_limit
    due = "" if is_undated else row.due_local or ""
    limit = "" if is_undated else row.limit_local or ""
    return Explained(
        row,
        mark_of(occurrence),
        _rule(view, standing, contract, row),
        _version(view, contract, row.contract_version),
        clock.moment(occurrence.due, seconds=True) if occurrence.due is not None and not is_undated else due,
        row.due_utc or "",
        clock.moment(occurrence.limit, seconds=True) if occurrence.limit is not None and not is_undated else limit,
        tuple(when_sentences(row, clock)) if is_undated else (),
        tuple(_happened(view, event, clock, looked) for event in row.events),
        compared(view, occurrence),
        occurrence.limit if is_left(view, occurrence) else None,
        counts_nowhere(row, view.language),
        first_up(why_unknown(row, view.language)) if occurrence.reason in UNREAD else "",
        tuple(change_words(change, clock) for change in what_would_change(row)),
        tuple(flag_words(view, flag) for flag in occurrence.flags if flag != "at-risk"),
        tuple((name, plain(value)) for name, value in row.rule.items() if value not in (None, "", [], {})),
        (
            *counted_sentences(row.counted, row.calendar, clock),
            *(recomputed_sentence(one, clock, view.person) for one in row.recomputed),
        ),
        tuple(excuse_sentence(replace(one, text=texts[one.id]), clock, view.person) for one in row.excuses),
        occurrence_name(occurrence.key, standing.row.criterion.indicator.kind, occurrence.due, clock),
        texts,
    )


def _rule(view: View, standing: Standing, contract: ContractRow, row: ExplanationRow) -> str:
    """In the words of the version that judged it."""
    terms = next((v.terms for v in contract.versions if v.number == row.contract_version), standing.row.terms)
    for deliverable in terms.deliverables:
        for criterion in deliverable.criteria:
            if f"{contract.id}/{deliverable.id}/{criterion.id}" == standing.row.id:
                return rule_sentence(criterion, terms, view.language)
    return rule_sentence(standing.row.criterion, standing.row.terms, view.language)


def _version(view: View, contract: ContractRow, number: int) -> str:
    effective = next((v.effective for v in contract.versions if v.number == number), None)
    if effective is None:
        return view.language.text("explain.version", version=str(number))
    return view.language.text("explain.version_since", version=str(number), day=view.language.short_date(effective))


def _happened(view: View, event: EventRow, clock: Moments, looked: Collection[int]) -> Happened:
    told = event.received if event.recorded is None else event.recorded
    return Happened(
        view.language.number(event.position),
        role_words(event, view.language),
        clock.moment(event.time, seconds=True),
        clock.moment(told, seconds=True) if told is not None and told != event.time else "",
        event.source,
        event.id,
        event.decided,
        matched_words(event, clock, view.person),
        sealed_words(event.sealed, clock) if event.sealed is not None else "",
        event.position,
        event.position in looked,
    )
