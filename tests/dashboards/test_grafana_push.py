"""Dashboards pushed into a Grafana: once, again, fewer, beside what others made, and into one that fails."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from dashboards.grafana.boards import Around
from dashboards.grafana.pushing import MADE, Grafana, Wanted, folder_of, uid_of, wanted
from services.contract_files import contract_terms
from services.errors import DocumentInvalid, EntenteError, Invalid, NotAllowed, Refused, Unavailable
from tests.dashboards.grafana_stub import TOKEN, GrafanaStub
from tests.given import contract, criterion, document, punctuality

SERVICES = {"sales": "Sales", "marketing": "Marketing"}


@pytest.fixture
def stub() -> Iterator[GrafanaStub]:
    with GrafanaStub() as running:
        yield running


def push(stub: GrafanaStub, plan: Wanted | None = None, token: str = TOKEN, patience: float = 30) -> list[list[str]]:
    done = Grafana(stub.address, token, timeout=patience).push(plan or wanted(SERVICES))
    return [done.created, done.changed, done.unchanged, done.removed]


def test_folders_of_services_hold_what_each_owes_and_is_owed(stub: GrafanaStub) -> None:
    created, changed, unchanged, removed = push(stub)
    assert set(stub.folders) == {"entente", "entente-sales", "entente-marketing"}
    assert stub.folders["entente-sales"]["title"] == "Entente: Sales"
    assert len(stub.boards) == 11
    assert len(created) == 14
    assert changed == unchanged == removed == []
    owed = stub.boards["entente-supplier-sales"]
    assert (owed["dashboard"]["title"], owed["meta"]["folderUid"]) == ("Entente: what Sales owes", "entente-sales")
    assert [(one["name"], one["current"]["value"]) for one in owed["dashboard"]["templating"]["list"]] == [
        ("service", "sales")
    ]
    assert all(MADE in one["dashboard"]["tags"] for one in stub.boards.values())


def test_pushing_again_writes_nothing(stub: GrafanaStub) -> None:
    push(stub)
    stub.calls.clear()
    created, changed, unchanged, removed = push(stub)
    assert stub.writes == []
    assert (created, changed, removed, len(unchanged)) == ([], [], [], 14)


def test_what_was_edited_by_hand_is_put_right_and_what_moved_comes_back(stub: GrafanaStub) -> None:
    push(stub)
    stub.boards["entente-portfolio"]["dashboard"]["title"] = "mine"
    stub.boards["entente-contract"]["meta"]["folderUid"] = "entente-sales"
    stub.folders["entente-sales"]["title"] = "x"
    assert push(stub)[1] == ["entente-sales", "entente-portfolio", "entente-contract"]
    assert push(stub)[1] == []


def test_what_is_not_wanted_any_more_goes_with_its_folder(stub: GrafanaStub) -> None:
    push(stub)
    removed = push(stub, wanted({"sales": "Sales"}))[3]
    assert removed == ["entente-client-marketing", "entente-supplier-marketing", "entente-marketing"]
    assert set(stub.folders) == {"entente", "entente-sales"}


def test_what_others_made_stays_and_keeps_its_folder(stub: GrafanaStub) -> None:
    push(stub)
    theirs = {"dashboard": {"uid": "theirs", "title": "Theirs", "tags": ["x"], "version": 3, "id": 99}, "meta": {}}
    stub.boards["theirs"] = {**theirs, "meta": {"folderUid": "entente-marketing"}}
    stub.boards["entente-like"] = {**theirs, "meta": {"folderUid": ""}}
    assert push(stub, wanted({"sales": "Sales"}))[3] == ["entente-client-marketing", "entente-supplier-marketing"]
    assert {"theirs", "entente-like"} <= set(stub.boards)
    assert "entente-marketing" in stub.folders


def test_a_dashboard_of_somebody_else_under_our_uid_is_refused(stub: GrafanaStub) -> None:
    content = {"uid": "entente-portfolio", "title": "Theirs", "tags": [], "version": 3, "id": 9}
    stub.boards["entente-portfolio"] = {"dashboard": content, "meta": {"folderUid": ""}}
    with pytest.raises(Refused, match="made by somebody else"):
        push(stub)
    assert stub.boards["entente-portfolio"]["dashboard"]["title"] == "Theirs"


@pytest.mark.parametrize(
    ("call", "failure", "error", "says"),
    [
        (("GET", "/search"), 401, NotAllowed, "does not take this token"),
        (("POST", "/folders"), 403, NotAllowed, "may not touch folder entente"),
        (("POST", "/folders"), 409, Refused, "changed meanwhile"),
        (("POST", "/dashboards/db"), 412, Refused, "changed meanwhile"),
        (("POST", "/dashboards/db"), 400, Invalid, "refuses dashboard entente-portfolio"),
        (("POST", "/dashboards/db"), 500, Unavailable, "fails with 500"),
        (("GET", "/search"), 503, Unavailable, "fails with 503"),
        (("GET", "/search"), "slow", Unavailable, "does not answer in time"),
        (("GET", "/search"), "cut", Unavailable, "no Grafana answers"),
    ],
)
def test_each_way_to_fail_has_its_words(
    stub: GrafanaStub, call: tuple[str, str], failure: int | str, error: type[EntenteError], says: str
) -> None:
    stub.fails[call] = failure
    with pytest.raises(error, match=says):
        push(stub, patience=0.5 if failure == "slow" else 30)


def test_a_push_that_was_cut_short_is_finished_by_the_next(stub: GrafanaStub) -> None:
    stub.fails[("POST", "/dashboards/db")] = 500
    with pytest.raises(Unavailable):
        push(stub)
    stub.fails.clear()
    push(stub)
    assert len(stub.boards) == 11


def test_a_wrong_token_or_address_is_said(stub: GrafanaStub) -> None:
    with pytest.raises(NotAllowed):
        push(stub, token="none")
    with pytest.raises(Invalid, match="no address of a Grafana"):
        Grafana("grafana", TOKEN)
    with pytest.raises(Unavailable):
        Grafana("http://127.0.0.1:9", TOKEN, timeout=0.5).push(wanted({}))


def test_uids_fit_and_differ() -> None:
    long, other = "a" * 63, "a" * 62 + "b"
    assert len(uid_of("entente-supplier", long)) == 40
    assert uid_of("entente-supplier", long) != uid_of("entente-supplier", other)


HOSTILE = (
    'a "quoted" \\ title',
    "it's ${contract} and $__all and [[service]]",
    "<script>alert(1)</script>",
    "x' OR '1'='1; DROP TABLE view_period --",
    '"} or vector(1) or {a="',
    "é’\u202e🙂" * 100,
)


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_is_a_title_and_nothing_else(stub: GrafanaStub, title: str) -> None:
    created, *_ = push(stub, wanted({"sales": title}))
    owed = stub.boards["entente-supplier-sales"]["dashboard"]
    assert owed["title"] == f"Entente: what {title} owes"
    assert stub.folders["entente-sales"]["title"] == f"Entente: {title}"
    plain = wanted({"sales": "Sales"}).boards
    for board in plain:
        ours = stub.boards[board.uid]["dashboard"]
        assert {name: value for name, value in ours.items() if name not in ("title", "id", "version")} == {
            name: value for name, value in board.content.items() if name not in ("title", "id", "version")
        }
    assert len(created) == 11
    assert push(stub, wanted({"sales": title}))[0:2] == [[], []]


@pytest.mark.parametrize("id", [*HOSTILE, "../../api/admin", "a/b", "s" * 63, "contract", "supplier-sales", "client-x"])
def test_uids_are_what_grafana_takes_and_no_two_are_the_same(stub: GrafanaStub, id: str) -> None:
    plan = wanted({id: "Odd", "sales": "Sales", "x": "X"})
    uids = [*plan.folders, *(board.uid for board in plan.boards)]
    assert len(set(uids)) == len(uids) == 17
    assert all(re.fullmatch(r"[a-z0-9-]{1,40}", uid) and uid.startswith("entente") for uid in uids)
    assert push(stub, plan)[0] == uids
    gone = sorted([uid_of("entente-supplier", id), uid_of("entente-client", id)])
    assert push(stub, wanted({"sales": "Sales", "x": "X"}))[3] == [*gone, folder_of(id)]


def test_ids_that_could_be_more_than_names_are_refused_where_contracts_come_in() -> None:
    for id in HOSTILE:
        for place in ("contract", "supplier"):
            with pytest.raises(DocumentInvalid):
                contract_terms(document(contract(criterion(punctuality())) | {place: id}))


def test_with_reports_closed_periods_are_pushed_and_without_them_texts(stub: GrafanaStub) -> None:
    push(stub, wanted(SERVICES))
    assert "entente-postgresql" not in str(stub.boards)
    changed = push(stub, wanted(SERVICES, Around("https://entente.example", has_reports=True)))[1]
    assert len(changed) == 11
    assert all("entente-postgresql" in str(one) for one in stub.boards.values())
