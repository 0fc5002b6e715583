"""`/v1/actions/{id}`: one action, and what those who own it decide of it."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter

from services.access import Principal
from services.actions.acting import Acting
from services.actions.citing import read_grounds
from services.actions.escalated import read_escalated
from services.actions.laddering import read_ladder
from services.actions.shapes import (
    ActionWhole,
    Closing,
    Escalated,
    Grounding,
    Planning,
    Reassigning,
    Reopening,
    Rescheduling,
    Shown,
    Spent,
    StepSaid,
)
from services.actions.shown import escalated_json, whole_json
from services.api.answers import JsonAnswer, commanded, done, problems
from services.api.ports import Api
from services.api.shapes import Done
from services.api.showing import zone_of
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_action
from services.contract_files import read_bytes
from services.contracts.api import day
from services.contracts.applied import Applying
from services.contracts.knowing import FilesTogether
from services.contracts.sent_files import A_FILE, DryRun, Speaking, applied_answer, sent_file, the_document
from services.contracts.shapes import Applied


def add_acting(router: APIRouter, api: Api) -> None:
    _add_reads(router, api)
    _add_plans(router, api)
    _add_days(router, api)
    _add_ends(router, api)


def _add_reads(router: APIRouter, api: Api) -> None:
    asked = api.who

    @router.get("/actions/{id}", tags=["actions"], response_model=ActionWhole, responses=problems(404))
    def show_action(id: str, who: Principal = asked) -> JsonAnswer:
        """One action with its plan, what was done and spent of it, and what it rests on."""
        seen = api.seen(who)
        row = read_action(seen, id)
        zone_name, grounds = zone_of(seen.catalogue, row.commitment), read_grounds(seen, row.grounds)
        return JsonAnswer(whole_json(row, zone_name, grounds, read_ladder(seen, row)))

    @router.get("/escalated", tags=["actions"], response_model=list[Escalated], responses=problems())
    def list_escalated(who: Principal = asked) -> JsonAnswer:
        """Open actions that were escalated to the arbiter, as far as an arbiter sees them; none for who is none."""
        return JsonAnswer([escalated_json(row) for row in read_escalated(api.seen(who))])


def _add_plans(router: APIRouter, api: Api) -> None:
    acting, asked = api.store.use(Acting), api.who
    described: dict[str, Any] = {"tags": ["actions"], **commanded(Done)}

    @router.put("/actions/{name}", tags=["actions"], **(commanded(Applied, 415) | {"openapi_extra": A_FILE}))
    def apply_action(
        name: str, body: bytes = sent_file, dry_run: DryRun = False, language: Speaking = "en", who: Principal = asked
    ) -> JsonAnswer:
        """Open the action that a file of this name says, or give it this plan: the body is an action file."""
        document = the_document(body, "action", name)
        return applied_answer(api, acting.apply_file(who, document, Applying(FilesTogether(), (), dry_run, language)))

    @router.post("/actions/{id}/plan", **(described | commanded(Done, 422)))
    def plan_action(id: str, said: Planning, who: Principal = asked) -> JsonAnswer:
        """Say its steps, means and how its effect is looked for, as a plan file does: what is left out is none."""
        [document] = read_bytes(json.dumps(said.model_dump(exclude_none=True)).encode(), "plan.json")
        return done(api, id, acting.plan(who, id, document))

    @router.post("/actions/{id}/steps/{step}", **described)
    def do_step(id: str, step: str, said: StepSaid | None = None, who: Principal = asked) -> JsonAnswer:
        """Say that a step is done, or (`undo`, with a reason) that it is not after all."""
        if said is not None and said.undo:
            return done(api, id, acting.undo_step(who, id, step, said.reason))
        return done(api, id, acting.do_step(who, id, step))

    @router.post("/actions/{id}/spend", **described)
    def spend(id: str, said: Spent, who: Principal = asked) -> JsonAnswer:
        """Note money that was spent, without tax."""
        return done(api, id, acting.spend(who, id, said.amount, said.currency, said.year, said.text))

    @router.post("/actions/{id}/evidence", **described)
    def show_evidence(id: str, said: Shown, who: Principal = asked) -> JsonAnswer:
        """Show entries of the history, or a document, as evidence."""
        position = acting.show_evidence(
            who, id, positions=said.positions, title=said.title, sha=said.sha256, url=said.url
        )
        return done(api, id, position)


def _add_days(router: APIRouter, api: Api) -> None:
    acting, asked = api.store.use(Acting), api.who
    described: dict[str, Any] = {"tags": ["actions"], **commanded(Done)}

    @router.post("/actions/{id}/reschedule", **described)
    def reschedule(id: str, said: Rescheduling, who: Principal = asked) -> JsonAnswer:
        """Give it another day; of what a signed decision made only a later one does."""
        return done(api, id, acting.reschedule(who, id, day(said.due), said.reason))

    @router.post("/actions/{id}/reassign", **described)
    def reassign(id: str, said: Reassigning, who: Principal = asked) -> JsonAnswer:
        """Give it to another person, or to the other party."""
        return done(api, id, acting.reassign(who, id, said.reason, owner=said.owner, person=said.person))

    @router.post("/actions/{id}/grounds", **described)
    def ground(id: str, said: Grounding, who: Principal = asked) -> JsonAnswer:
        """Say what it rests on (either party)."""
        return done(api, id, acting.ground(who, id, said.references))


def _add_ends(router: APIRouter, api: Api) -> None:
    acting, asked = api.store.use(Acting), api.who
    described: dict[str, Any] = {"tags": ["actions"], **commanded(Done)}

    @router.post("/actions/{id}/reopen", **described)
    def reopen(id: str, said: Reopening, who: Principal = asked) -> JsonAnswer:
        """The other party says that it is not done after all, within 30 days of its closing."""
        due = day(said.due) if said.due is not None else None
        return done(api, id, acting.reopen(who, id, said.reason, due=due))

    @router.post("/actions/{id}/close", **described)
    def close_action(id: str, said: Closing, who: Principal = asked) -> JsonAnswer:
        """Close it, and say what came of it; `undone` says why of each step that is not done."""
        begins = day(said.effective_from) if said.effective_from is not None else None
        following_up = api.store.use(FollowingUp)
        return done(api, id, following_up.close(who, id, said.text, effective_from=begins, undone=dict(said.undone)))
