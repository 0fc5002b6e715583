"""`/v1/reminders`: what one service reminded another of, and the answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from services.access import Principal
from services.api.answers import JsonAnswer, Name, answer, commanded, done, problems, written
from services.api.ports import Api
from services.api.shapes import Done, Said
from services.api.showing import zone_of
from services.reminders.reading import read_reminder, read_reminders
from services.reminders.reminding import Reminding
from services.reminders.shapes import Reminder
from services.reminders.shapes import Reminding as Sent
from services.reminders.shown import reminder_json


def add_reminders(router: APIRouter, api: Api) -> None:
    reminding, asked = api.store.use(Reminding), api.who
    described: dict[str, Any] = {"tags": ["reminders"], **commanded(Done)}

    @router.get("/reminders", tags=["reminders"], response_model=list[Reminder], responses=problems(404))
    def list_reminders(contract: Name | None = None, who: Principal = asked) -> JsonAnswer:
        """What one service reminded another of, the newest first."""
        seen = api.seen(who)
        if contract is not None:
            seen.require_contract(contract)
        rows = read_reminders(seen, contract=contract)
        return JsonAnswer([reminder_json(row, zone_of(seen.catalogue, row.commitment)) for row in rows])

    @router.get("/reminders/{id}", tags=["reminders"], response_model=Reminder, responses=problems(404))
    def show_reminder(id: str, who: Principal = asked) -> JsonAnswer:
        seen = api.seen(who)
        row = read_reminder(seen, id)
        return JsonAnswer(reminder_json(row, zone_of(seen.catalogue, row.commitment)))

    @router.post("/reminders", status_code=201, **described)
    def remind(said: Sent, who: Principal = asked) -> JsonAnswer:
        """The service that is owed something asks where it is, once a day."""
        id, position = reminding.remind(who, said.commitment, said.key, said.text)
        return answer(written(api, id, position), status=201, location=f"/v1/reminders/{id}")

    @router.post("/reminders/{id}/answer", **described)
    def answer_reminder(id: str, said: Said, who: Principal = asked) -> JsonAnswer:
        """The service that owes it says where it is."""
        return done(api, id, reminding.answer(who, id, said.text))
