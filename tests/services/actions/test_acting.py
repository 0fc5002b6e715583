"""What people decide of an action, over a store that lives: the plan, money, evidence, days, closing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any
from unittest.mock import ANY
from uuid import UUID

import pytest

from domain.action import Action
from domain.durations import HOUR
from services.access import ADMINISTRATOR, Grade, principal, signed_in
from services.actions.acting import Acting, is_too_late_to_reopen
from services.actions.citing import read_grounds
from services.actions.shown import whole_json
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_action
from services.contract_files import Document, read_documents
from services.contracts.applied import Applying
from services.contracts.knowing import FilesTogether
from services.errors import DocumentInvalid, EntenteError, Invalid, NotAllowed, NotFound, Refused
from services.notices.news import changed_actions
from tests.given import Tree, contract, criterion, document, event, punctuality
from tests.services.judged import NOW, Life, living

EACH = criterion(punctuality(), target={"max_misses": 99, "per": "month"}, each_miss="breach")
LAB, WARD = principal("lab"), principal("ward")
STEPS: Tree = {
    "steps": [
        {"id": "script", "text": {"en": "A script", "fr": "Un script"}, "weight": 2},
        {"id": "rota", "text": "A rota"},
    ],
    "means": {"hours": 24, "money": [{"year": 2026, "amount": "1800.00", "currency": "EUR"}]},
}


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        life.sign(contract(EACH, actions={"effect": {"after": 8, "sure": "90 %"}}))
        life.advance("01-06 00:00")
        yield life


def only(life: Life) -> str:
    [action] = life.actions(None)
    return action.id


def shown(life: Life, action: str) -> dict[str, Any]:
    life.judge()
    with life.store.seeing.seen(ADMINISTRATOR) as seen:
        row = read_action(seen, action)
        found: dict[str, Any] = dict(whole_json(row, "Europe/Paris", read_grounds(seen, row.grounds)))
    return found


def plan(tree: Tree) -> Document:
    return read_documents(json.dumps(tree), "plan.json")[0]


def test_a_plan_is_done_step_by_step_and_no_percentage_is_typed(life: Life) -> None:
    acting, id = life.store.use(Acting), only(life)
    acting.plan(LAB, id, plan(STEPS), "fr")
    acting.do_step(LAB, id, "script")
    found = shown(life, id)
    assert [(one["id"], one["text"], one["weight"], one["done"] is not None) for one in found["steps"]] == [
        ("script", "Un script", 2, True), ("rota", "A rota", 1, False),
    ]  # fmt: skip
    assert found["done"] == "0.6667"
    assert found["means"] == {"hours": 24, "money": [{"year": 2026, "amount": "1800.00", "currency": "EUR"}]}
    with pytest.raises(Refused) as refused:
        life.store.use(FollowingUp).close(LAB, id, "mended")
    assert refused.value.slug == "reasons-missing"
    life.store.use(FollowingUp).close(LAB, id, "mended", undone={"rota": "no need"}, effective_from=date(2026, 2, 1))
    found = shown(life, id)
    assert (found["state"], found["undone"], found["effective_from"]) == ("closed", {"rota": "no need"}, "2026-02-01")


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": [{"id": "a", "text": "x", "weight": 0}]},
        {"steps": [{"id": "a", "text": "x"}, {"id": "a", "text": "y"}]},
        {"steps": [{"id": "a", "text": "x", "weight": 1.5}]},
        {"steps": [{"id": "a", "text": "x", "done": True}]},
        {"means": {"money": [{"year": 2026, "amount": 1800, "currency": "EUR"}]}},
        {"means": {"money": [{"year": 2026, "amount": 1800.00, "currency": "EUR"}]}},
        {"means": {"money": [{"year": 2026, "amount": "1800.001", "currency": "EUR"}]}},
        {"means": {"money": [{"year": 2026, "amount": "1800.0", "currency": "JPY"}]}},
        {"means": {"money": [{"year": 2026, "amount": "5", "currency": "ZZZ"}]}},
        {"means": {"money": [{"year": 2026, "amount": "-5", "currency": "EUR"}]}},
        {"effect": {"after": 0}},
        {"effect": {"after": 8, "before": 201}},
        {"percent": 80},
    ],
)
def test_a_plan_that_cannot_be_is_refused_with_its_place(life: Life, wrong: Tree) -> None:
    with pytest.raises(DocumentInvalid):
        life.store.use(Acting).plan(LAB, only(life), plan(wrong))


def test_an_effect_is_not_looked_for_less_closely_than_the_contract_says(life: Life) -> None:
    acting, id = life.store.use(Acting), only(life)
    for effect in ({"after": 7}, {"sure": "80 %"}):
        with pytest.raises(Refused) as refused:
            acting.plan(LAB, id, plan({"effect": effect}))
        assert refused.value.slug == "effect-weaker"
        assert refused.value.mend == "at least what the contract says: 8 units, 90 % sure"
    acting.plan(LAB, id, plan({"effect": {"after": 8, "before": 3, "sure": "95 %"}}))
    life.store.use(FollowingUp).close(LAB, id, "mended")
    with pytest.raises(Refused, match="closed"):  # and not chosen afterwards
        acting.plan(LAB, id, plan({"effect": {"after": 9}}))


@pytest.mark.parametrize(
    ("day", "is_taken"), [("2026-01-05", False), ("2026-01-06", True), ("2026-04-06", True), ("2026-04-07", False)]
)
def test_an_action_begins_to_help_within_ninety_days_of_its_closing(life: Life, day: str, is_taken: bool) -> None:
    close = life.store.use(FollowingUp).close
    if is_taken:
        close(LAB, only(life), "mended", effective_from=date.fromisoformat(day))
        assert shown(life, only(life))["effective_from"] == day
    else:
        with pytest.raises(Invalid) as refused:
            close(LAB, only(life), "mended", effective_from=date.fromisoformat(day))
        assert refused.value.slug == "effective-from"


def test_an_action_that_says_no_day_helps_from_the_next_one_on(life: Life) -> None:
    life.store.use(FollowingUp).close(LAB, only(life), "mended")
    assert shown(life, only(life))["effective_from"] == "2026-01-07"


def test_money_of_two_currencies_is_never_added_and_nothing_planned_has_no_ratio(life: Life) -> None:
    acting, id = life.store.use(Acting), only(life)
    acting.plan(LAB, id, plan(STEPS))
    acting.spend(LAB, id, "900.00", "EUR", None, "the script")
    acting.spend(LAB, id, "-100", "EUR", 2026, "a refund")
    acting.spend(LAB, id, "5", "CHF", 2026, "a licence")
    assert shown(life, id)["money"] == [
        {"year": 2026, "currency": "CHF", "planned": "0.00", "spent": "5.00", "ratio": None},
        {"year": 2026, "currency": "EUR", "planned": "1800.00", "spent": "800.00", "ratio": "0.4444"},
    ]
    with pytest.raises(Invalid) as refused:
        acting.spend(LAB, id, "1.005", "EUR", None, "x")
    assert refused.value.slug == "amount-invalid"


def test_a_contract_that_asks_for_evidence_lets_nothing_be_closed_without() -> None:
    with living() as life:
        life.sign(contract(EACH, actions={"evidence": "required"}))
        life.advance("01-06 00:00")
        acting, close, id = life.store.use(Acting), life.store.use(FollowingUp).close, only(life)
        with pytest.raises(Refused) as refused:
            close(LAB, id, "mended")
        assert refused.value.slug == "evidence-missing"
        with pytest.raises(NotFound):
            acting.show_evidence(LAB, id, positions=[99_999])
        for wrong in (
            {},
            {"positions": [1], "title": "both"},
            {"title": "x", "url": "javascript:alert(1)"},
            {"title": "x", "sha": "1"},
        ):
            with pytest.raises(EntenteError):
                acting.show_evidence(LAB, id, **wrong)
        acting.show_evidence(LAB, id, title="Minutes", url="https://intra.example/minutes", sha="a" * 64)
        acting.show_evidence(LAB, id, positions=[life.position()])
        life.judge()
        close(LAB, id, "mended")
        assert [one["document"] and one["document"]["title"] for one in shown(life, id)["evidence"]] == [
            "Minutes",
            None,
        ]


def test_the_owner_gives_another_day_and_every_change_stays_listed(life: Life) -> None:
    acting, id = life.store.use(Acting), only(life)
    acting.reschedule(LAB, id, date(2026, 3, 1), "the tool comes late")
    acting.reassign(LAB, id, "ann is away", person="bob")
    acting.reassign(LAB, id, "it is theirs", owner="ward")
    found = shown(life, id)
    assert (found["due"], found["owner"], found["person"]) == ("2026-03-01", "ward", None)
    assert [one["text"] for one in found["changes"]] == ["the tool comes late", "ann is away", "it is theirs"]
    with pytest.raises(NotAllowed):
        acting.reschedule(LAB, id, date(2026, 4, 1), "no more theirs")
    with pytest.raises(Invalid) as refused:
        acting.reschedule(WARD, id, date(2026, 1, 1), "it has passed")
    assert refused.value.slug == "due-past"
    with pytest.raises(Invalid):
        acting.reassign(WARD, id, "to others", owner="others")


def test_the_other_party_reopens_what_is_not_done_after_all_for_thirty_days(life: Life) -> None:
    acting, close, id = life.store.use(Acting), life.store.use(FollowingUp).close, only(life)
    with pytest.raises(Refused):
        acting.reopen(WARD, id, "it is open")
    close(LAB, id, "mended")
    life.judge()
    with pytest.raises(NotAllowed):
        acting.reopen(LAB, id, "not by who closed it")
    acting.reopen(WARD, id, "it came late again", due=date(2026, 5, 4))
    life.judge()
    found = shown(life, id)
    assert (found["state"], found["due"]) == ("open", "2026-05-04")
    assert [(one["text"], one["due"]) for one in found["changes"]] == [("it came late again", ANY)]
    close(LAB, id, "mended now")
    assert life.store.history.get(UUID(id), Action).closings[1]["at"] == NOW
    assert not is_too_late_to_reopen(NOW, NOW + 30 * 24 * HOUR)
    assert is_too_late_to_reopen(NOW, NOW + 30 * 24 * HOUR + 1)


def test_the_other_party_hears_of_another_day_and_who_owns_it_of_a_reopening(life: Life) -> None:
    acting, id = life.store.use(Acting), only(life)
    lab, eve = signed_in("kim", {"lab": Grade.HEAD}), signed_in("eve", {"ward": Grade.HEAD})

    def heard() -> list[tuple[str, bool, bool]]:
        life.judge()
        with life.store.seeing.seen(ADMINISTRATOR) as seen:
            found = list(changed_actions(seen, 0, frozenset({"kim", "eve"})))
        return [(one.transition.partition(":")[0], one.is_for(lab), one.is_for(eve)) for one in found]

    assert heard() == []
    acting.reschedule(principal("lab/kim"), id, date(2026, 5, 4), "the tool comes late")
    assert heard() == [("moved", False, True)]
    life.store.use(FollowingUp).close(LAB, id, "mended")
    assert heard() == []
    life.judge()
    acting.reopen(principal("ward/eve"), id, "it came late again")
    assert heard() == [("reopened", True, False)]


def test_who_does_not_own_it_decides_nothing_but_what_it_rests_on(life: Life) -> None:
    acting, id = life.store.use(Acting), only(life)
    decisions: list[Callable[[], object]] = [
        lambda: acting.plan(WARD, id, plan(STEPS)),
        lambda: acting.do_step(WARD, id, "script"),
        lambda: acting.spend(WARD, id, "1", "EUR", None, "x"),
        lambda: acting.show_evidence(WARD, id, title="x"),
        lambda: acting.reschedule(WARD, id, date(2026, 3, 1), "x"),
        lambda: acting.reassign(WARD, id, "x"),
        lambda: life.store.use(FollowingUp).close(WARD, id, "x"),
    ]
    for decide in decisions:
        with pytest.raises(NotAllowed):
            decide()
    [breach] = life.breaches()
    acting.ground(WARD, id, [f"breach:{breach.id}"])
    with pytest.raises(NotFound):
        acting.do_step(principal("nobody"), id, "script")


def test_what_is_cited_says_whether_it_is_as_it_was(life: Life) -> None:
    acting, id = life.store.use(Acting), only(life)
    [breach] = life.breaches()
    refs = [f"breach:{breach.id}", "occurrence:c/d/on-time!2026-01-05", "figure:c/d/on-time@2026-01", f"action:{id}"]
    acting.ground(LAB, id, refs)
    assert [one["state"] for one in shown(life, id)["grounds"]] == ["unchanged"] * 4
    life.happen(event("report", "2026-01-05 09:00", None, date="2026-01-05"))
    grounds = shown(life, id)["grounds"]
    assert [one["state"] for one in grounds] == ["gone", "moved", "moved", "gone"]
    assert (grounds[1]["then"], grounds[1]["now"]) == (["missing"], ["met"])
    with pytest.raises(Refused, match="not needed"):
        acting.ground(LAB, id, refs[:1])


def test_a_figure_that_was_final_and_changed_is_restated_and_who_does_not_see_it_reads_nothing(life: Life) -> None:
    """Of a thing of a contract of others they read that something is cited: neither its name nor what it says."""
    acting, id = life.store.use(Acting), only(life)
    life.sign(contract(EACH, id="other"))
    life.advance("03-01 00:00")
    refs = ["figure:c/d/on-time@2026-01", "figure:other/d/on-time@2026-01"]
    acting.ground(LAB, id, refs)
    life.happen(event("report", "2026-01-05 09:00", "late", date="2026-01-12"))
    [action] = [one for one in life.actions(None) if one.id == id]
    with life.store.seeing.seen(LAB) as seen:
        mine, other = read_grounds(seen, action.grounds)
    assert mine.then is not None
    assert mine.now is not None
    assert (mine.state, mine.then[0], mine.now[0]) == ("restated", "final", "restated")
    assert other.state == "restated"
    life.sign(contract(EACH, id="third", client="morgue"))
    unseen: Any = [{**action.grounds[1], "ref": "figure:third/d/on-time@2026-01"}]
    with life.store.seeing.seen(WARD) as seen:
        [cited] = read_grounds(seen, unseen)
    assert (cited.is_shown, cited.state, cited.then, cited.now) == (False, None, None, None)
    [told] = whole_json(action, "Europe/Paris", [cited])["grounds"]
    assert "third" not in json.dumps(told)


def test_only_what_both_parties_see_is_cited(life: Life) -> None:
    acting, id = life.store.use(Acting), only(life)
    life.sign(contract(EACH, id="other", client="morgue"))
    for wrong, kind in (
        ("occurrence:other/d/on-time!2026-01-05", Refused),
        ("breach:0ec0", Invalid),
        ("figure:x/d/k@2026", NotFound),
    ):
        with pytest.raises(kind) as refused:
            acting.ground(ADMINISTRATOR, id, [wrong])
        if isinstance(refused.value, Refused):
            assert refused.value.slug == "foreign-subject"


FILE: Tree = {
    "entente": 1,
    "action": "check-before",
    "of": "c/d/on-time",
    "title": {"en": "Check the evening before", "fr": "Vérifier la veille"},
    "owner": "lab",
    "person": "ann",
    "due": "2026-03-01",
    "because": ["occurrence:c/d/on-time!2026-01-05", {"document": {"title": "Minutes", "page": "4"}}],
    **STEPS,
}


def test_an_action_file_opens_it_once_and_then_is_its_plan(life: Life) -> None:
    acting = life.store.use(Acting)
    tried = acting.apply_file(LAB, document(FILE), Applying(FilesTogether(), dry_run=True))
    assert (tried.outcome, tried.position) == ("described", 0)
    made = acting.apply_file(LAB, document(FILE), Applying(FilesTogether(), language="fr"))
    found = shown(life, made.id)
    assert (found["text"], found["owner"], found["person"], found["due"]) == (
        "Vérifier la veille",
        "lab",
        "ann",
        "2026-03-01",
    )
    assert [one["reference"] or one["document"]["title"] for one in found["grounds"]] == [FILE["because"][0], "Minutes"]
    assert acting.apply_file(LAB, document(FILE), Applying(FilesTogether(), language="fr")).outcome == "unchanged"
    fewer = {**FILE, "steps": [{"id": "rota", "text": "A rota"}]}
    assert acting.apply_file(LAB, document(fewer), Applying(FilesTogether())).id == made.id
    assert [one["id"] for one in shown(life, made.id)["steps"]] == ["rota"]
    with pytest.raises(Refused):
        acting.apply_file(LAB, document({**FILE, "owner": "ward"}), Applying(FilesTogether()))
    with pytest.raises(NotAllowed):
        acting.apply_file(WARD, document(fewer | {"due": "2026-04-01", "steps": []}), Applying(FilesTogether()))
    with pytest.raises(NotFound):
        acting.apply_file(LAB, document({**FILE, "of": "c/d/none"}), Applying(FilesTogether()))
