"""What an arbiter of no party sees of an action that was escalated to them: contract, title, owner, due, steps, and nothing else
(MEETING §6)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from dashboards.pages import Choice, Choices
from domain.terms import Text
from entente.serving import web
from entente.settings import Settings
from entente.wiring import Program, program
from services.access import ADMINISTRATOR, principal, signed_in
from services.actions.acting import Acting
from services.actions.escalated import read_escalated, read_escalated_action
from services.actions.shown import escalated_json
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_action, read_actions
from services.contracts.contracting import Contracting
from services.errors import NotFound
from tests.given import at, contract, criterion, document, punctuality
from tests.services.judged import NOW

LAB, ARBITER = principal("lab/ada"), signed_in("aziz", {}, ["arbiter"])
RUNGS = [{"after": "2 days", "to": "owner"}, {"after": "5 days", "to": ["supplier", "arbiter"]}]
SECRET = "Only the parties speak of it."


@pytest.fixture
def opened() -> Iterator[tuple[Program, str]]:
    """An action with a plan, due on 22 May; it is 25 May, and the first step is reached."""
    with program(Settings(store="sqlite://:memory:"), clock=lambda: NOW) as made:
        tree = contract(
            criterion(punctuality(), targets=[{"max_misses": 99, "per": "month"}]), actions={"escalation": RUNGS}
        )
        made.store.use(Contracting).apply(ADMINISTRATOR, document(tree), sign=("supplier", "client"))
        made.store.judging.catch_up()
        pass_to(made, "2026-05-04 00:00")
        following_up = made.store.use(FollowingUp)
        id, _ = following_up.open_action(LAB, "c/d/on-time", "Mend the gate", due=date(2026, 5, 22))
        acting = made.store.use(Acting)
        steps = [{"id": "buy", "text": "Buy a hinge", "due": "2026-05-10"}, {"id": "fit", "text": "Fit it"}]
        made.store.judging.catch_up()
        acting.plan(LAB, id, document({"steps": steps, "means": {"hours": 4321}}))
        acting.do_step(LAB, id, "buy")
        following_up.comment(LAB, id, SECRET)
        pass_to(made, "2026-05-25 00:00")
        yield made, id


def pass_to(made: Program, time: str) -> None:
    made.store.timekeeping.advance(ADMINISTRATOR, at(time), ahead=True)
    made.store.judging.catch_up()


def test_it_is_seen_from_the_step_on_that_tells_the_arbiter_until_it_is_closed(opened: tuple[Program, str]) -> None:
    made, id = opened
    assert made.store.read(ARBITER, read_escalated) == []
    pass_to(made, "2026-05-28 00:00")
    [row] = made.store.read(ARBITER, read_escalated)
    assert (row.id, row.contract, row.text, row.owner, row.due) == (id, "c", "Mend the gate", "lab", date(2026, 5, 22))
    assert [(one.text, one.due, one.is_done) for one in row.steps] == [
        ("Buy a hinge", "2026-05-10", True),
        ("Fit it", None, False),
    ]
    with pytest.raises(NotFound):
        made.store.read(ARBITER, read_action, id)
    assert made.store.read(ARBITER, read_actions) == []
    for nobody in (principal("lab"), principal("elsewhere/eve"), signed_in("paul", {}, ["auditor"])):
        with pytest.raises(NotFound):
            made.store.read(nobody, read_escalated_action, id)
    made.store.use(FollowingUp).close(LAB, id, "Mended.", undone={"fit": "No need."})
    made.store.judging.catch_up()
    assert made.store.read(ARBITER, read_escalated) == []


def test_its_page_and_address_tell_an_arbiter_nothing_else(opened: tuple[Program, str]) -> None:
    made, id = opened
    pass_to(made, "2026-05-28 00:00")
    people = {"aziz": ARBITER, "eve": principal("elsewhere/eve"), "ada": LAB}
    known = [Choice(name, Text((("", name),)), who) for name, who in people.items()]
    http = TestClient(web(made, choices=Choices(lambda: known)), base_url="http://127.0.0.1")

    def get(path: str, who: str, language: str = "en") -> Response:
        return http.get(path, headers={"Accept": "text/html", "Cookie": f"as={who}; language={language}"})

    page = get(f"/actions/{id}", "aziz").text
    assert [one for one in ("A contract", "Mend the gate", "Buy a hinge", "Fit it", "22") if one not in page] == []
    assert [
        one for one in (SECRET, "on-time", "A deliverable", "ada", "4321", "4,321") if one in page.partition("<main")[2]
    ] == []
    assert "n’avance pas" in get(f"/actions/{id}", "aziz", "fr").text
    assert SECRET in get(f"/actions/{id}", "ada").text
    assert get(f"/actions/{id}", "eve").status_code == 404
    [row] = made.store.read(ARBITER, read_escalated)
    assert sorted(escalated_json(row)) == [
        "cause", "contract", "contract_title", "due", "id", "owner", "steps", "title",
    ]  # fmt: skip
    assert http.get("/v1/escalated", headers={"Entente-As": "lab/ada"}).json() == []
    assert f"/actions/{id}" in get("/actions", "aziz").text
    assert "Escalated to the arbiter" not in get("/actions", "ada").text
