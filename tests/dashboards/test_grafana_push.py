"""Dashboards pushed into a Grafana: once, again, fewer, beside what others made, and into one that fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dashboards.grafana.pushing import MADE, Grafana, Wanted, uid_of, wanted
from services.errors import EntenteError, Invalid, NotAllowed, Refused, Unavailable
from tests.dashboards.grafana_stub import TOKEN, GrafanaStub

SERVICES = {"sales": "Sales", "marketing": "Marketing"}


@pytest.fixture
def stub() -> Iterator[GrafanaStub]:
    with GrafanaStub() as running:
        yield running


def push(stub: GrafanaStub, plan: Wanted | None = None, token: str = TOKEN) -> list[list[str]]:
    done = Grafana(stub.address, token, timeout=0.5).push(plan or wanted(SERVICES))
    return [done.created, done.changed, done.unchanged, done.removed]


def test_folders_of_services_hold_what_each_owes_and_is_owed(stub: GrafanaStub) -> None:
    created, changed, unchanged, removed = push(stub)
    assert set(stub.folders) == {"entente", "entente-sales", "entente-marketing"}
    assert stub.folders["entente-sales"]["title"] == "Entente: Sales"
    assert len(stub.boards) == 6
    assert len(created) == 9
    assert changed == unchanged == removed == []
    owed = stub.boards["entente-supplier-sales"]
    assert (owed["dashboard"]["title"], owed["meta"]["folderUid"]) == ("Entente: what Sales owes", "entente-sales")
    assert [
        one["current"]["value"] for one in owed["dashboard"]["templating"]["list"] if one["name"] == "supplier"
    ] == ["sales"]
    assert all(MADE in one["dashboard"]["tags"] for one in stub.boards.values())


def test_pushing_again_writes_nothing(stub: GrafanaStub) -> None:
    push(stub)
    stub.calls.clear()
    created, changed, unchanged, removed = push(stub)
    assert stub.writes == []
    assert (created, changed, removed, len(unchanged)) == ([], [], [], 9)


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
        push(stub)


def test_a_push_that_was_cut_short_is_finished_by_the_next(stub: GrafanaStub) -> None:
    stub.fails[("POST", "/dashboards/db")] = 500
    with pytest.raises(Unavailable):
        push(stub)
    stub.fails.clear()
    push(stub)
    assert len(stub.boards) == 6


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
