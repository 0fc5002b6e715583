"""Events as evidence: taken where the selectors of commitments put them or a person did, and taken out when a later event
corrects them (MEANING §3, §4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from domain.commitments import Commitment
from domain.events import OperationalEvent
from domain.match import Match
from domain.routing import Route
from services.history.databases import Transaction
from services.history.entries import EVENT, Position
from services.history.history import Entry
from services.history.stored_events import event_of
from services.judging.bench import Bench
from services.judging.event_outbox import mark_told
from services.judging.match_book import Matched, touches_final

Routed = list[tuple[Commitment, list[Route]]]
Place = Literal["by hand", "by rule", "nowhere"]


def take_events(bench: Bench, writes: Transaction, batch: list[Entry]) -> None:
    """Events that follow each other in the history: their rows are loaded in one query."""
    routed: list[tuple[OperationalEvent, Routed, int]] = []
    catalogue = bench.catalogue
    is_cut = catalogue.is_cut
    for entry in batch:
        event = event_of(entry.state, entry.position)
        if bench.lens.shows(event):
            if is_cut:
                routed.append((event, *_routes(bench, event)))
            else:
                routes = [(one, found) for one in catalogue.selecting(event) if (found := one.route(event))]
                routed.append((event, routes, len(routes)))
    bench.ledger.prefetch(
        writes,
        [
            (one.id, route.key)
            for _, routes, _ in routed
            for one, found in routes
            if not one.is_of_time
            for route in found
            if route.key
        ],
    )
    for event, routes, selectors in routed:
        at = Position(event.position)
        mark_told(writes, event)
        counted = bench.use.counted(event)
        bench.sources.count(event, is_claimed=bool(selectors or counted))
        is_correction = event.voids is not None or event.replaces is not None
        if not (routes or counted or is_correction):
            continue
        if not bench.corrections.is_evidence(event):
            routes, counted = [], []
        if is_correction:
            _correct(bench, writes, event, dict(routes))
        bench.use.take(event, counted)
        for commitment, found in routes:
            take(bench, writes, commitment, found, selectors, at)
        bench.settle(writes, at)


def _routes(bench: Bench, event: OperationalEvent) -> tuple[Routed, int]:
    """Finds where the event belongs among what the judge of a shard judges, and counts the commitments that select it
    in all; where it judges none of those that may, the count only says whether one does, and only if the shard counts
    what nobody claims."""
    catalogue = bench.catalogue
    if not catalogue.may_be_mine(event):
        return [], bench.share.keeps_common and any(one.route(event) for one in catalogue.selecting(event))
    routes = [(one, found) for one in catalogue.selecting(event) if (found := one.route(event))]
    return [(one, found) for one, found in routes if one.id in catalogue.commitments], len(routes)


def take(
    bench: Bench, writes: Transaction, commitment: Commitment, routes: Sequence[Route], selectors: int, at: Position
) -> None:
    """One event as evidence for a commitment: for an occurrence, or as a signal between two."""
    book = bench.signals if commitment.is_of_time else bench.occurrences
    book.take(bench.turn(writes, at, commitment.contract), commitment, routes, selectors)


def _correct(
    bench: Bench, writes: Transaction, event: OperationalEvent, followed_by: Mapping[Commitment, Sequence[Route]]
) -> None:
    """Takes what the event corrects out of the evidence, wherever it was. `followed_by`: what the event says itself,
    right after."""
    at = Position(event.position)
    for gone in bench.corrections.take(writes, event):
        if bench.lens.shows(gone):
            bench.use.take_out(gone, at)
            matched = bench.matches.of_event(gone.position)
            for one in matched.values():
                _put(bench, writes, one, gone, at, "nowhere")
            for commitment in bench.catalogue.selecting(gone):
                if commitment.id in matched or commitment.id not in bench.catalogue.commitments:
                    continue
                if routes := commitment.route(gone):
                    turn = bench.turn(writes, at, commitment.contract)
                    if commitment.is_of_time:
                        bench.signals.take_out(turn, commitment, routes)
                    else:
                        bench.occurrences.take_out(turn, commitment, routes, followed_by.get(commitment, ()))


def take_match(bench: Bench, writes: Transaction, match: Match, entry: Entry) -> None:
    """A person matched an event, or took that back, or the other party answered: its evidence moves."""
    bench.ledger.flush(writes)
    event = _event_at(bench, match.position)
    commitment = bench.catalogue.commitments.get(match.commitment)

    def moves_final() -> bool:
        if event is None or commitment is None:
            return False
        by_hand, by_rule = commitment.by_hand(match.key, event, match.roles), commitment.route(event)
        out, into = (by_rule, by_hand) if match.asked == "match" else (by_hand, by_rule)
        now = bench.time_of(commitment.contract)
        return touches_final(writes, commitment, bench.excuses, now, out, into)

    was, counts = bench.matches.take(writes, match, entry.topic, entry.position, moves_final)
    if was != counts and event is not None:
        one = Matched(match.commitment, match.position, match.key, tuple(match.roles))
        _put(bench, writes, one, event, entry.position, "by hand" if counts else "by rule")
        bench.ledger.flush(writes)


def put_matched(bench: Bench, writes: Transaction, commitment: Commitment, at: Position) -> None:
    """Puts the events that people matched where they belong, in a commitment whose events were all taken by their selectors."""
    for one in bench.matches.of_commitment(commitment.id):
        event = _event_at(bench, one.event)
        if event is not None:
            _put(bench, writes, one, event, at, "by hand")


def _event_at(bench: Bench, position: int) -> OperationalEvent | None:
    """The event if it is evidence, as far as the lens shows."""
    entry = bench.history.at(position)
    event = event_of(entry.state, position) if entry is not None and entry.topic == EVENT else None
    is_shown = event is not None and bench.lens.shows(event) and bench.corrections.is_evidence(event)
    return event if is_shown else None


def _put(
    bench: Bench,
    writes: Transaction,
    matched: Matched,
    event: OperationalEvent,
    at: Position,
    place: Place,
) -> None:
    """From where the selectors put the event to where a person did, or back; `nowhere` where it is evidence no more."""
    commitment = bench.catalogue.commitments.get(matched.commitment)
    if commitment is None or not commitment.roles:
        return
    by_hand, by_rule = commitment.by_hand(matched.key, event, matched.roles), commitment.route(event)
    out, into = (by_rule, by_hand) if place == "by hand" else (by_hand, by_rule)
    turn = bench.turn(writes, at, commitment.contract)
    if out:
        bench.occurrences.take_out(turn, commitment, out)
    if into and place != "nowhere":
        selectors = sum(bool(one.route(event)) for one in bench.catalogue.selecting(event))
        bench.occurrences.take(turn, commitment, into, selectors)
