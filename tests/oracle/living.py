"""The program lives through the steps; what it shows then, as rows that can be compared."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from domain.action import Action
from domain.plan import EffectTerms
from services.access import ADMINISTRATOR, Principal, principal
from services.breaches.effects import read_effect
from services.breaches.following_up import FollowingUp
from services.contracts.contracting import Contracting
from services.errors import DocumentInvalid, Invalid, NotFound, Refused
from services.excuses.excusing import Excusing
from services.figures.reading import read_figures, read_occurrences
from services.figures.shown import figure_json, occurrence_json
from services.seeing.seen import Seeing
from tests.given import document
from tests.oracle.history import Step
from tests.oracle.times import read_time
from tests.services import judged

Row = dict[str, Any]
PARTIES: dict[str, Principal] = {"supplier": principal("lab/ann"), "client": principal("ward/bob")}
UNJUDGEABLE = ("the rule gives no date", "a target in time needs to know")
"""What no generator looks ahead for: a rule without dates, a count against a time."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class GivesNoDate(Exception):
    """A contract without any date to be judged is refused."""


@dataclass
class Lived:
    """`by_position` has the number of the step that each position of the history belongs to; `reached` the position
    before each step; `refused` the steps that the program did not take.
    """

    life: judged.Life
    by_position: dict[int, int] = field(default_factory=dict)
    reached: list[int] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    excuses: dict[str, tuple[str, str]] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)

    def through(self, steps: Sequence[Step], judges_each_step: bool) -> Lived:
        for number, (verb, what) in enumerate(steps):
            before = self.life.position()
            self.reached.append(before)
            try:
                self._take(verb, what)
            except (DocumentInvalid, Invalid, NotFound, Refused) as error:
                if any(one in str(error) for one in UNJUDGEABLE):
                    raise GivesNoDate from error
                if verb in ("sign", "backfill") and "agreed already" not in str(error):
                    raise
                self.refused.add(number)
            self.by_position |= dict.fromkeys(range(before + 1, self.life.position() + 1), number)
            if judges_each_step:
                self.life.judge()
        self.life.judge()
        return self

    def _take(self, verb: str, what: Any) -> None:
        match verb:
            case "sign":
                if self.life.sign(what).outcome == "unchanged":
                    raise Refused("it is agreed already")
            case "backfill":
                self.life.store.use(Contracting).apply(
                    ADMINISTRATOR, document(what), sign=("supplier", "client"), backfill=True
                )
            case "terminate":
                self.life.store.use(Contracting).terminate(ADMINISTRATOR, "c", date.fromisoformat(what))
            case "publish":
                if self.life.publish(what).outcome == "unchanged":
                    raise Refused("it is published already")
            case "describe":
                self.life.store.use(Contracting).apply(ADMINISTRATOR, document(what))
            case "event":
                self.life.append([sent(what)])
            case "advance":
                self.life.append_time(since_epoch(what))
            case "declare":
                self.life.store.timekeeping.advance(ADMINISTRATOR, since_epoch(what), "c", ahead=True)
            case "act":
                self.life.judge()
                self._act(what)
            case "ask" | "accept" | "refuse" | "dispute" | "settle":
                self.life.judge()
                self._decide(verb, what)

    def _decide(self, verb: str, what: Any) -> None:
        excusing = self.life.store.use(Excusing)
        if verb == "ask":
            span = {name: since_epoch(read_time(what[name])) for name in ("since", "until") if name in what}
            more: dict[str, Any] = {"keys": what.get("keys", ()), "reason": what["reason"], **span}
            asking = PARTIES[what["party"]]
            self.excuses[what["id"]] = (excusing.ask(asking, what["scope"], text="so", **more)[0], what["party"])
            return
        if what not in self.excuses:
            raise NotFound("it was not asked")
        excuse, party = self.excuses[what]
        other = PARTIES["client" if party == "supplier" else "supplier"]
        match verb:
            case "accept":
                excusing.accept(other, excuse)
            case "settle":
                excusing.accept(ADMINISTRATOR, excuse)
            case "refuse":
                excusing.refuse(other, excuse, "no")
            case "dispute":
                excusing.dispute(PARTIES[party], excuse, "yes")

    def _act(self, what: Row) -> None:
        following_up = self.life.store.use(FollowingUp)
        id, _ = following_up.open_action(ADMINISTRATOR, what["commitment"], what["id"])
        history = self.life.store.history
        action = history.get(UUID(id), Action)
        effect: EffectTerms = {"after": what["after"], "before": what["before"], "sure": None}
        action.make_plan({"steps": [], "means": None, "effect": effect}, by="lab", at=0)
        action.close("so", by="lab", at=0, effective_from=what["effective_from"])
        history.save(action)
        self.actions[what["id"]] = id

    # What is shown

    def effects(self, seeing: Seeing) -> dict[str, Row]:
        """The windows of each action, and its shares, by its name."""
        return {name: _effect(seeing, id) for name, id in self.actions.items()}

    def figures(self, seeing: Seeing) -> list[Row]:
        rows = [figure_json(one, "UTC") for one in seeing.read(ADMINISTRATOR, read_figures)]
        return [self._figure(json.loads(json.dumps(row, default=str))) for row in rows]

    def _figure(self, row: Row) -> Row:
        final = row["final"]
        if final is not None:
            del final["position"]
        for segment in row["segments"]:
            segment["from"], segment["until"] = read_time(segment["from"]), read_time(segment["until"])
        causes = [self.by_position.get(position, -position) for position in row["causes"]]
        return {**row, "from": read_time(row["from"]), "until": read_time(row["until"]), "causes": causes}


def _effect(seeing: Seeing, action: str) -> Row:
    row = seeing.read(ADMINISTRATOR, read_effect, action)
    assert row is not None
    windows = {name: (row.now[name]["missed"], row.now[name]["judged"]) for name in ("after", "before")}
    return {**windows, "p_better": row.now["p_better"], "p_worse": row.now["p_worse"]}


def occurrences(seeing: Seeing, commitment: str) -> list[Row]:
    rows = [occurrence_json(one, "UTC") for one in seeing.read(ADMINISTRATOR, read_occurrences, commitment)]
    return [{**row, "due": read_time(row["due"]), "closed": read_time(row["closed"])} for row in rows]


def since_epoch(moment: datetime | None) -> int:
    """In microseconds."""
    assert moment is not None
    return (moment - EPOCH) // timedelta(microseconds=1)


def sent(event: Row) -> bytes:
    return json.dumps({"specversion": "1.0", **event}).encode()
