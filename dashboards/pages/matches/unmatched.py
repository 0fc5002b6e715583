"""The unmatched queue of `/quarantine`: what an event may belong to, what was asked of it, and that it belongs nowhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response

from dashboards.naming import occurrence_name
from dashboards.pages.figures.standings import title
from dashboards.pages.house.frame import View
from dashboards.pages.house.given import Pages
from dashboards.pages.house.lists import A_PAGE, asks
from dashboards.pages.house.posting import required
from dashboards.pages.house.sending import Typed, decided
from dashboards.pages.house.templates import link
from dashboards.pages.house.together import Rows, together
from dashboards.pages.matches.listing import UNMATCHED, shown_unmatched
from domain.saying import said
from services.errors import NotFound
from services.figures.rows import CommitmentRow
from services.matches.matching import Matching
from services.matches.reading import (
    count_unmatched,
    matchable,
    may_settle,
    read_candidates,
    read_matches,
)
from services.matches.rows import CandidateRow, MatchRow, UnmatchedRow
from services.matches.setting_aside import SettingAside

ASIDE = "set-aside"
"""The word in the address with which the events that belong nowhere are shown."""
Page = Callable[..., Response]


@dataclass(frozen=True)
class Stray:
    """An event of the queue. `offers`: what it may belong to, (value, words), the nearest first, then the commitments of which one
    may name another occurrence. `asked`: matches that wait for an answer. `why` it belongs nowhere: (by, at, text)."""

    row: UnmatchedRow
    offers: tuple[tuple[str, str], ...]
    asked: tuple[MatchRow, ...]
    why: tuple[tuple[str, int, str], ...]
    may_settle: bool

    @property
    def first(self) -> tuple[str, str] | None:
        """The nearest occurrence that it may belong to: the value, and the words."""
        return next(((value, words) for value, words in self.offers if " " in value), None)

    @property
    def chosen(self) -> str:
        """The value with which it is chosen among others: its position, and the nearest occurrence where there is one."""
        value, _ = self.first or ("", "")
        return f"{self.row.position} {value}".strip()


def queue(view: View, aside: bool) -> dict[str, Any]:
    """The values for the page of unmatched events. Nothing is offered that would be refused."""
    shown = shown_unmatched(view, aside=aside)
    rows = shown.rows
    commitments = {row.id: row for row in view.commitments}
    matches = read_matches(view.seen)
    named = {id for row in rows for id in row.commitments}
    may_match = matchable(view.seen, named)
    settled = frozenset(id for id in named if may_settle(view.seen, id))
    candidates = {} if aside else read_candidates(view.seen, [row.position for row in rows])
    called = partial(_called, view, commitments)

    def stray(row: UnmatchedRow) -> Stray:
        asked = tuple(one for one in matches if one.id in row.asked)
        free = frozenset(row.commitments) - {one.commitment for one in asked}
        open_then = [one for one in candidates.get(row.position, ()) if one.commitment in free & may_match]
        offers = [(f"{one.commitment} {one.key}", _offer(view, one, commitments)) for one in open_then]
        another = view.language.text
        offers += [(id, another("sources.match_other", commitment=called(id))) for id in sorted(free & may_match)]
        why = dict.fromkeys((one.by, one.at, one.text) for one in row.asides)
        return Stray(row, tuple(offers), asked, tuple(why), not free.isdisjoint(settled))

    strays = [stray(row) for row in rows]
    return {
        "events": shown,
        "strays": strays,
        "aside": aside,
        "queues": [(name, count_unmatched(view.seen, aside=name == ASIDE)) for name in ("waiting", ASIDE)],
        "matches": matches[:A_PAGE],
        "settled": {row.commitment for row in matches[:A_PAGE] if may_settle(view.seen, row.commitment)} | settled,
        "asked_above": {id for row in rows for id in row.asked},
        "called": called,
        "key_of": lambda id, key: _key(view, commitments.get(id), key, None),
    }


def _called(view: View, commitments: Mapping[str, CommitmentRow], id: str) -> str:
    row = commitments.get(id)
    return title(view, row.deliverable, row.criterion) if row is not None else id


def _key(view: View, row: CommitmentRow | None, key: str, due: int | None) -> str:
    if row is None:
        return key
    return occurrence_name(key, row.criterion.indicator.kind, due, view.moments(row.terms.timezone)).words


def _offer(view: View, one: CandidateRow, commitments: Mapping[str, CommitmentRow]) -> str:
    row = commitments.get(one.commitment)
    due = [view.moments(row.terms.timezone if row else None).moment(one.due)] if one.due is not None else []
    verdict = [view.language.text(f"verdict.{one.verdict}")] if one.verdict else []
    return " · ".join([_key(view, row, one.key, one.due), *due, *verdict, _called(view, commitments, one.commitment)])


def destination(to: str, key: str) -> tuple[str, str]:
    """The commitment and the key of an occurrence: `to` names both with a blank between; a key that was typed wins."""
    commitment, _, chosen = required(to, said("what it belongs to")).partition(" ")
    return commitment, required(key or chosen, said("the occurrence"))


def _settled(view: View, verb: str, event: int, to: str, key: str, text: str) -> object:
    """Does what a verb says with the event at that position."""
    aside = view.pages.store.use(SettingAside)
    if verb == "match":
        commitment, chosen = destination(to, key)
        return view.pages.store.use(Matching).match(view.who, event, commitment, chosen, text=text)
    if verb == "set-aside":
        return aside.put(view.who, event, required(text, said("the reason")))
    return aside.take_back(view.who, event, text)


def _require_verb(verb: str, verbs: Sequence[str]) -> None:
    """Raises NotFound."""
    if verb not in verbs:
        raise NotFound(said("an unmatched event has no verb {verb}", verb=verb))


def _position(text: str) -> int:
    """Raises NotFound for what is no position of an entry."""
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise NotFound(said("there is no event at position {position}", position=text[:40]))
    return int(text)


def add_unmatched(router: APIRouter, pages: Pages, page: Page) -> None:
    """`page`: the whole page, of a view and whether those that belong nowhere are shown."""

    @router.post("/unmatched", dependencies=[asks(UNMATCHED)])
    def settle_together(
        request: Request, verb: Typed = "", row: Rows = (), text: Typed = "", ticket: Typed = ""
    ) -> Response:
        """Does the same to several of them: matches each to the nearest that its page offered, or puts it aside."""
        view = View(pages, request, {"text": text, "verb": verb})
        with view.state():
            then = shown_unmatched(view).here

        def act(chosen: str) -> object:
            event, _, to = chosen.partition(" ")
            return _settled(view, verb, _position(event), to, "", text)

        _require_verb(verb, ("match", "set-aside"))
        return together(
            view,
            ticket,
            row,
            act,
            then=then,
            again=lambda: page(view, aside=False),
            needs=lambda: required(text, said("the reason")) if verb == "set-aside" else None,
            form="events",
        )

    @router.post("/unmatched/{event}/{verb}")
    def settle(
        request: Request,
        event: int,
        verb: str,
        to: Typed = "",
        key: Typed = "",
        text: Typed = "",
        ticket: Typed = "",
    ) -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": str(event), "to": to, "key": key})

        _require_verb(verb, ("match", "set-aside", "take-back"))
        is_aside = verb == "take-back"
        then = link("/quarantine", unmatched=ASIDE if is_aside else None)

        def again() -> Response:
            return page(view, aside=is_aside)

        return decided(view, ticket, lambda: _settled(view, verb, event, to, key, text), then=then, again=again)


def add_matches(router: APIRouter, pages: Pages, page: Page) -> None:
    """What is done to one that somebody matched."""

    @router.post("/matches/{id}/{verb}")
    def answer(request: Request, id: str, verb: str, text: Typed = "", ticket: Typed = "") -> Response:
        view = View(pages, request, {"text": text, "verb": verb, "id": id})
        verbs = {
            "take-back": lambda: pages.store.use(Matching).unmatch(view.who, id, text),
            "accept": lambda: pages.store.use(Matching).accept(view.who, id, text),
            "refuse": lambda: pages.store.use(Matching).refuse(view.who, id, required(text, said("the reason"))),
        }
        if verb not in verbs:
            raise NotFound(said("a match has no verb {verb}", verb=verb))

        def again() -> Response:
            return page(view)

        return decided(view, ticket, verbs[verb], then="/quarantine", again=again)
