"""The HTTP API over a store with a month of life: what is read, decided and declared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from domain.saying import said
from domain.times import instant
from services.access import ADMINISTRATOR, AUDITOR
from services.contracts.reading import read_contracts
from services.explaining.shapes import WhyFigureInWords, WhyOccurrenceInWords
from services.history.entries import EVENT, unpack
from services.seeing.looking_back import AT_ONCE, Looks, a_place
from tests.services.api_case import Case, contract, opened, report, slug
from tests.services.costs.charged import offered_to
from tests.services.published import published

ON_TIME = "to-marketing/report/on-time"


@pytest.fixture
def case() -> Iterator[Case]:
    with opened("sqlite://:memory:") as case:
        yield case.lived()


def test_from_a_proposal_to_a_signed_review_on_any_store(store_url: str) -> None:
    with opened(store_url) as case:
        case.lived()
        figures = case.get("/v1/figures", "marketing", period="2026-01")
        assert [(one["commitment"], one["state"], one["status"], one["value"]) for one in figures] == [
            (ON_TIME, "final", "breached", "0.5000")
        ]
        [missing] = case.get("/v1/occurrences", "marketing", commitment=ON_TIME, period="2026-01", verdict="missing")
        assert (missing["key"], missing["due"]) == ("2026-01-19", "2026-01-19T10:00:00+01:00")
        breach = next(one for one in case.get("/v1/breaches", "sales") if one["key"] == missing["key"])
        assert case.post(f"/v1/breaches/{breach['id']}/acknowledge", "sales/anna").json()["is_judged"]
        assert case.post(f"/v1/breaches/{breach['id']}/explain", "sales/anna", text="the tool stood").status_code == 200
        shown = case.get(f"/v1/breaches/{breach['id']}", "sales")
        assert shown["acknowledged"] == {"by": "sales/anna", "at": "2026-02-20T13:00:00+01:00"}
        assert [one["text"] for one in shown["explanations"]] == ["the tool stood"]
        action = case.get(f"/v1/actions/{shown['action']}", "sales")
        assert (action["owner"], action["person"], action["state"]) == ("sales", "anna.martin", "open")
        for verb in ("progress", "close"):
            assert case.post(f"/v1/actions/{action['id']}/{verb}", "sales/anna", text=verb).status_code == 200
        assert case.get(f"/v1/actions/{action['id']}", "sales")["closed"]["text"] == "close"
        review = "/v1/reviews/to-marketing@2026-02-03"
        for verb in ("minutes", "decisions"):
            assert case.post(f"{review}/{verb}", "marketing/luc", text=verb).status_code == 200
        assert case.post(f"{review}/sign", "marketing/luc").status_code == 200
        assert slug(case.post(f"{review}/minutes", "marketing/luc", text="more"), 409) == "refused"
        assert case.post(f"{review}/sign", party="supplier").status_code == 200
        assert [one["service"] for one in case.get(review)["signatures"]] == ["marketing", "sales"]
        assert case.get(review)["state"] == "signed"
        assert case.http.get("/readyz").json()["behind"] == 0


def test_late_news_shows_in_figures_as_soon_as_a_command_returns(case: Case) -> None:
    assert case.get("/v1/figures", commitment=ON_TIME, period="2026-02")[0]["counts"]["missing"] == 2
    case.push("sales", report("marketing", "2026-02-02", "2026-02-02T08:00:00Z"))
    answer = case.post("/v1/advance", to="2026-02-11T00:00:00Z").json()
    assert answer | {"watermark": "2026-02-11T00:00:00Z", "has_moved": True, "is_judged": True} == answer
    [figure] = case.get("/v1/figures", commitment=ON_TIME, period="2026-02")
    assert (figure["counts"]["missing"], figure["counts"]["met"]) == (1, 1)
    assert figure["position"] == answer["position"]
    again = case.post("/v1/advance", to="2026-02-01T00:00:00Z").json()
    assert (again["watermark"], again["has_moved"]) == ("2026-02-11T00:00:00Z", False)


def test_a_client_sees_its_own_contracts_and_nothing_of_another_client_of_the_same_supplier(case: Case) -> None:
    asking = {"reason": "other", "text": "x", "keys": ["2026-01-12"]}
    excuses = [
        case.post("/v1/excuses", "sales", commitment=f"to-{client}/report/on-time", **asking).json()["id"]
        for client in ("marketing", "finance")
    ]
    strays = {
        client: next(one["position"] for one in case.get("/v1/unmatched", client))
        for client in ("marketing", "finance")
    }
    to_date = {"commitment": "to-finance/report/on-time", "key": "2026-02-09"}
    missing = next(
        one["key"]
        for one in case.get(f"/v1/occurrences?commitment={to_date['commitment']}")
        if one["verdict"] == "missing"
    )
    costs = {client: offered_to(case.store, "sales", client, client) for client in ("marketing", "finance")}
    theirs = {
        "offer": "offer-of-finance",
        "charter": "charter-of-finance",
        "cost": costs["finance"],
        "reminder": case.post("/v1/reminders", "finance", commitment=to_date["commitment"], key=missing).json()["id"],
        "match": case.post("/v1/match", "sales", position=strays["finance"], **to_date).json()["id"],
        "contract": "to-finance",
        "excuse": excuses[1],
        "commitment": "to-finance/report/on-time",
        "breach": case.get("/v1/breaches", contract="to-finance")[0]["id"],
        "action": case.get("/v1/actions", contract="to-finance")[0]["id"],
        "review": "to-finance@2026-02-03",
        "quarantine": next(one["id"] for one in case.get("/v1/quarantine") if one["by"] == "finance"),
    }
    mine = [path for path, verbs in case.app.openapi()["paths"].items() if "get" in verbs and "/v1/" in path]
    others = {"/v1/stream", "/v1/proof", "/v1/consistency"}  # no lists; whose proofs one gets: tests/services/proving
    lists = [path for path in mine if "{" not in path and path not in others]
    assert {"/v1/figures", "/v1/unmatched", "/v1/history"} < set(lists)
    for path in lists:
        taken = {one["name"] for one in case.app.openapi()["paths"][path]["get"].get("parameters", ())}
        asked = {"commitment": ON_TIME, "key": "2026-01-05"}
        params = {name: value for name, value in asked.items() if name in taken}
        params |= {"contract": "to-marketing"} if path == "/v1/repeats" else {}  # it asks for one
        params |= {"offer": "offer-of-marketing"} if path == "/v1/consumption" else {}
        answer = case.http.get(path, params=params, headers={"entente-as": "marketing"})
        is_for_others = path in ("/v1/history", "/v1/access-log", "/v1/kept")
        assert answer.status_code == (403 if is_for_others else 200), path
        for name, secret in theirs.items():
            assert secret not in answer.text, (path, name)
        assert '"finance"' not in answer.text, path
    secrets = {
        "/v1/contracts/{id}": "contract",
        "/v1/offers/{id}": "offer",
        "/v1/charters/{id}": "charter",
        "/v1/breaches/{id}": "breach",
        "/v1/actions/{id}": "action",
        "/v1/actions/{id}/effect": "action",
        "/v1/excuses/{id}": "excuse",
        "/v1/match/{id}": "match",
        "/v1/reminders/{id}": "reminder",
        "/v1/reviews/{id}": "review",
        "/v1/reviews/{id}/pack": "review",
        "/v1/reviews/{id}/signing": "review",
        "/v1/reviews/{id}/agenda": "review",
        "/v1/quarantine/{id}": "quarantine",
        "/v1/offers/{id}/charges": "offer",
        "/v1/offers/{id}/clients": "offer",
        "/v1/offers/{id}/forecast": "offer",
        "/v1/offers/{id}/costs": "offer",
        "/v1/charters/{id}/cost": "charter",
    }
    sealed = "/v1/events/{position}/personal"  # nothing is sealed here: tests/services/protection
    of_the_supplier = "/v1/costs/{id}"
    for client in ("marketing", "finance"):
        assert case.http.get(f"/v1/costs/{costs['finance']}", headers={"entente-as": client}).status_code == 404
    assert {*secrets, sealed, of_the_supplier, "/v1/unmatched/{position}"} == {path for path in mine if "{" in path}
    for client, status in (("finance", 200), ("marketing", 404)):
        found = case.http.get(f"/v1/unmatched/{strays['finance']}", headers={"entente-as": client})
        assert found.status_code == status, client
    for path, name in secrets.items():
        for who, status in (("finance", 200), ("marketing", 404)):
            answer = case.http.get(path.format(id=theirs[name]), headers={"entente-as": who})
            assert answer.status_code == status, (path, who)
    for path, query in (
        ("/v1/figures", {"contract": "to-finance"}),
        ("/v1/figures", {"commitment": theirs["commitment"]}),
        ("/v1/figures", {"contract": "to-finance", "as_of": "2026-01-20T00:00:00Z"}),
        ("/v1/figures", {"commitment": theirs["commitment"], "believed_at": "20"}),
        ("/v1/occurrences", {"commitment": theirs["commitment"]}),
        ("/v1/explain", {"commitment": theirs["commitment"], "key": "2026-01-05"}),
        ("/v1/reviews", {"contract": "to-finance"}),
    ):
        assert slug(case.http.get(path, params=query, headers={"entente-as": "marketing"}), 404) == "not-found", path
    for path in ("/v1/breaches", "/v1/actions", "/v1/excuses"):
        assert case.get(path, "marketing", contract="to-finance") == []
        assert case.get(path, "marketing", commitment=theirs["commitment"]) == []
    for path in ("/v1/figures", "/v1/breaches", "/v1/actions", "/v1/excuses", "/v1/unmatched"):
        assert case.get(path, "marketing") != []


def test_what_is_not_yours_to_do_is_refused_and_changes_nothing(case: Case) -> None:
    excuse = case.post(
        "/v1/excuses", "sales", commitment=ON_TIME, reason="other", text="x", keys=["2026-01-12"]
    ).json()["id"]
    before = case.store.history.last_position()
    breach, action = case.get("/v1/breaches", "sales")[0]["id"], case.get("/v1/actions", "sales")[0]["id"]
    own = f"/v1/breaches/{case.get('/v1/breaches', 'marketing')[0]['id']}"
    item = case.get("/v1/quarantine")[0]["id"]
    assert slug(case.post(f"{own}/acknowledge", "marketing"), 403) == "not-allowed"
    for who, status in (("auditor", 403), ("stranger", 404)):
        for path, body in (
            (f"/v1/breaches/{breach}/acknowledge", {}),
            (f"/v1/breaches/{breach}/explain", {"text": "x"}),
            (f"/v1/actions/{action}/progress", {"text": "x"}),
            (f"/v1/actions/{action}/close", {"text": "x"}),
            ("/v1/actions", {"commitment": ON_TIME, "text": "x"}),
            ("/v1/excuses", {"commitment": ON_TIME, "text": "x", "reason": "other", "keys": ["2026-01-05"]}),
            (f"/v1/excuses/{excuse}/accept", {}),
            (f"/v1/excuses/{excuse}/refuse", {"text": "x"}),
            (f"/v1/excuses/{excuse}/dispute", {"text": "x"}),
            ("/v1/reviews/to-marketing@2026-02-03/minutes", {"text": "x"}),
            ("/v1/reviews/to-marketing@2026-02-03/decisions", {"text": "x"}),
            ("/v1/reviews/to-marketing@2026-02-03/sign", {}),
            ("/v1/contracts/to-marketing/terminate", {"until": "2026-12-31"}),
            ("/v1/contracts/to-marketing/withdraw", {}),
        ):
            answer = case.post(path, who, **body)
            assert answer.status_code == status, (path, who, answer.text)
        assert case.post(f"/v1/quarantine/{item}/discard", who, reason="x").status_code == status
    assert slug(case.post("/v1/advance", "auditor", to="2026-03-01T00:00:00Z"), 403) == "not-allowed"
    assert case.store.history.last_position() == before


def test_time_is_not_moved_by_a_party_nor_beyond_the_clock(case: Case) -> None:
    before = case.store.history.last_position()
    for who, body, status, told in (
        ("sales", {"to": "2026-02-11T00:00:00Z"}, 403, "not-allowed"),
        ("sales", {"to": "2026-02-11T00:00:00Z", "contract": "to-marketing"}, 403, "not-allowed"),
        ("nobody", {"to": "2099-01-01T00:00:00Z"}, 403, "not-allowed"),
        ("nobody", {"to": "2026-02-11T00:00:00Z", "contract": "to-marketing"}, 404, "not-found"),
        (None, {"to": "2026-02-20T12:02:01Z"}, 422, "time-in-future"),
        (None, {"to": "9999-12-31T00:00:00Z"}, 422, "time-in-future"),
        (None, {"to": "9999-12-31T00:00:00Z", "contract": "to-marketing"}, 422, "time-in-future"),
        (None, {"to": "2026-02-20T12:02:01Z", "ahead": True}, 422, "invalid"),
    ):
        assert slug(case.post("/v1/advance", who, **body), status) == told
    assert case.store.history.last_position() == before


def test_a_figure_is_cut_on_demand(case: Case) -> None:
    asked = {"commitment": ON_TIME, "period": "2026-01", "slice": "weekday"}
    [monday] = case.get("/v1/figures", "marketing", **asked)
    assert (monday["slice"], monday["adjusted"]) == ({"by": "weekday", "value": "monday"}, {"good": 2, "total": 4})
    assert {one["commitment"].partition("/")[0] for one in case.get("/v1/figures", "marketing", slice="hour")} == {
        "to-marketing"
    }
    assert case.get("/v1/figures", "marketing", slice="hour", as_of="2026-01-10T00:00:00Z")


def test_a_figure_and_an_occurrence_explain_themselves(case: Case) -> None:
    figures = case.get("/v1/explain", "marketing", commitment=ON_TIME, period="2026-01")
    [figure] = published(list[WhyFigureInWords], figures)
    assert (figure["status"], figure["segments"][0]["reached"]) == ("breached", "1/2")
    [current] = case.get("/v1/explain", "marketing", commitment=ON_TIME)
    assert current["period"] == "2026-02"
    answer = case.get("/v1/explain", "marketing", commitment=ON_TIME, key="2026-01-12")
    one = published(WhyOccurrenceInWords, answer)
    assert one["verdict"] == "late"
    then = case.get("/v1/explain", "marketing", commitment=ON_TIME, key="2026-01-12", as_of="2026-01-12T10:00:00Z")
    assert then["verdict"] == "missing"
    assert slug(case.http.get("/v1/explain", params={"commitment": ON_TIME, "period": "1999-01"}), 404)


def test_as_of_a_moment_and_as_it_was_believed(case: Case) -> None:
    [then] = case.get("/v1/figures", "marketing", commitment=ON_TIME, as_of="2026-01-13T00:00:00Z")
    assert (then["counts"]["met"], then["counts"]["late"], then["counts"]["pending"]) == (1, 1, 2)
    assert (then["state"], then["watermark"]) == ("open", "2026-01-13T00:00:00Z")
    believed = case.get("/v1/occurrences", commitment=ON_TIME, believed_at="8", verdict="met")
    assert [one["key"] for one in believed] == ["2026-01-05"]
    assert slug(case.http.get("/v1/figures?as_of=2026-01-13T00:00:00"), 400) == "time-without-offset"
    assert slug(case.http.get("/v1/figures?as_of=yesterday"), 400) == "invalid"
    assert slug(case.http.get("/v1/figures?believed_at=" + "9" * 30), 400) == "invalid"


def test_only_a_few_look_back_at_the_same_time() -> None:
    with opened("sqlite://:memory:") as case:
        case.lived()
        with ExitStack() as others:
            for _ in range(AT_ONCE):
                others.enter_context(a_place(case.store.seeing, Looks, said("others look")))
            answer = case.http.get("/v1/figures?as_of=2026-01-13T00:00:00Z")
            assert (slug(answer, 503), answer.headers["retry-after"]) == ("unavailable", "1")
            assert case.get("/v1/figures")
        for _ in range(AT_ONCE + 1):  # each gives its place back
            assert case.get("/v1/figures", as_of="2026-01-13T00:00:00Z")


def test_long_lists_lead_to_their_next_part(case: Case) -> None:
    whole = case.get("/v1/occurrences", commitment=ON_TIME)
    read, at = [], f"/v1/occurrences?commitment={ON_TIME}&limit=3"
    while at:
        answer = case.http.get(at)
        read += answer.json()
        at = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
        assert at == "" or (urlsplit(at).netloc == "" and 'rel="next"' in answer.headers["link"])
    assert read == whole
    positions, at = [], "/v1/history?limit=7"
    while at:
        answer = case.http.get(at)
        positions += [one["position"] for one in answer.json()]
        at = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    assert positions == list(range(1, case.store.history.last_position() + 1))
    assert case.get("/v1/history", after=2**63 - 1) == []
    assert case.get("/v1/quarantine", limit=1) == case.get("/v1/quarantine")[:1]
    assert case.get("/v1/unmatched", limit=1, offset=1) == case.get("/v1/unmatched")[1:]
    assert slug(case.http.get("/v1/history?limit=0"), 422) == "invalid"
    assert slug(case.http.get(f"/v1/history?after={2**63}"), 422) == "invalid"


def test_the_history_says_who_did_what_when_and_the_very_event(case: Case) -> None:
    case.push(
        "sales", b'{"specversion":"1.0","id":"n","source":"s","type":"t","time":"2026-01-01T00:00:00Z","data":1.50}'
    )
    answer = case.http.get("/v1/history?limit=1000", headers={"entente-as": "auditor"})
    assert '"data":1.50' in answer.text
    entries = answer.json()
    stored = {entry.position: entry for entry in case.store.history.read(0, 1000)}
    for shown in entries:
        if shown["topic"] == EVENT:
            assert shown["content"]["id"]
            assert (shown["channel"], shown["received"]) == ("http", "2026-02-20T12:00:00Z")
            assert shown["by"] == unpack(stored[shown["position"]].state)[0]["by"]
    by_topic = {one["topic"]: one for one in entries}
    assert by_topic["entente.time"]["content"] == {"time": "2026-02-10T00:00:00Z"}
    assert by_topic["entente.contract.signed"]["content"] == {"party": "client", "service": "finance"}
    assert by_topic["entente.contract.signed"]["at"] == "2026-01-02T12:00:00Z"
    assert by_topic["entente.quarantined"]["content"]["slug"] == "time-without-offset"
    assert by_topic["entente.quarantined"]["content"]["encoding"] == "utf-8"
    assert slug(case.http.get("/v1/history", headers={"entente-as": "sales"}), 403) == "not-allowed"


def test_quarantined_items_are_seen_whole_retried_and_discarded(case: Case) -> None:
    case.push("sales", b"\xff" * 5_000)
    case.post("/v1/advance", to="2026-02-11T00:00:00Z")
    assert [one["by"] for one in case.get("/v1/quarantine")] == ["marketing", "finance", "sales"]
    [binary] = case.get("/v1/quarantine", "sales")
    assert (binary["size"], binary["encoding"], len(binary["content"])) == (5_000, "base64", 2_668)
    assert len(case.get(f"/v1/quarantine/{binary['id']}", "sales")["content"]) == 6_668
    again = case.post(f"/v1/quarantine/{binary['position']}/retry", "sales").json()
    assert (again["result"], again["problem"]["type"]) == ("quarantined", "urn:entente:problem:malformed-json")
    assert slug(case.post(f"/v1/quarantine/{binary['id']}/discard", "marketing", reason="no"), 404) == "not-found"
    assert case.post(f"/v1/quarantine/{binary['id']}/discard", "sales", reason="a test").status_code == 200
    assert case.get("/v1/quarantine", "sales") == []
    assert case.get(f"/v1/quarantine/{binary['id']}", "sales")["state"] == "discarded"
    assert slug(case.post(f"/v1/quarantine/{binary['id']}/retry", "sales"), 409) == "already-settled"
    assert slug(case.post(f"/v1/quarantine/{binary['id']}/take-back", "marketing"), 404) == "not-found"
    assert case.post(f"/v1/quarantine/{binary['id']}/take-back", "sales").status_code == 200
    assert case.get(f"/v1/quarantine/{binary['id']}", "sales")["state"] == "waiting"
    breach, *_ = case.get("/v1/breaches", "sales", contract="to-marketing")
    address = f"/v1/breaches/{breach['id']}"
    assert case.post(f"{address}/explain", "sales/anna", text="the export failed").status_code == 200
    [noted] = [one for one in case.get(address, "sales")["explanations"] if one["by"] == "sales/anna"]
    taken = {"what": "explanation", "at": noted["at"]}
    assert slug(case.post(f"{address}/take-back", "marketing", **taken), 409) == "refused"
    assert slug(case.post(f"{address}/take-back", "sales/anna", **taken | {"at": "yesterday"}), 400) == "invalid"
    assert case.post(f"{address}/take-back", "sales/anna", **taken).status_code == 200
    assert noted not in case.get(address, "sales")["explanations"]


def test_a_pack_is_json_or_a_page_as_accepted(case: Case) -> None:
    address = "/v1/reviews/to-marketing@2026-02-03/pack"
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert case.get(address, "marketing")["review"]["id"] == "to-marketing@2026-02-03"
    for accept, language, expected in (
        (browser, "fr-FR,fr;q=0.9,en;q=0.5", "<p lang=fr>"),
        (browser, "de", "<p lang=en>"),
        ("text/html;q=0.5, application/json", "fr", "{"),
        ("*/*", "fr", "{"),
        ("text/html;q=0", "", "{"),
        ("text/html;q=x", "", "{"),
    ):
        answer = case.http.get(address, headers={"accept": accept, "accept-language": language})
        assert answer.text.startswith(expected), accept
        assert answer.headers["vary"] == "Accept, Accept-Language"
    page = case.http.get(address + "?language=fr", headers={"accept": "text/html"})
    assert (page.text[:11], page.headers["content-type"]) == ("<p lang=fr>", "text/html; charset=utf-8")


def test_what_the_judge_has_not_come_to_is_answered_as_stored(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.api.ports.JUDGED_WITHIN", 0.0)
    judge = case.store.history.database.judge_lock()
    assert judge.try_acquire()
    answer = case.post("/v1/advance", to="2026-02-11T00:00:00Z")
    assert (answer.status_code, answer.json()["is_judged"]) == (202, False)
    assert case.store.timekeeping.watermark() == instant("2026-02-11T00:00:00Z")
    judge.release()
    assert case.post("/v1/advance", to="2026-02-12T00:00:00Z").json()["is_judged"]


def test_readiness_says_why_not(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert case.http.get("/healthz").json() == {"status": "ok"}
    assert case.http.get("/readyz").json()["ready"]
    case.push("sales", report("marketing", "2026-02-02", "2026-02-02T08:00:00Z"))
    assert case.http.get("/readyz").json()["behind"] == 1
    monkeypatch.setattr("services.serving.health.STANDS_STILL", -1.0)
    assert slug(case.http.get("/readyz"), 503) == "judge-stands-still"
    monkeypatch.setattr("services.serving.health.STANDS_STILL", 30.0)
    monkeypatch.setattr("services.serving.health.BEHIND", 0)
    monkeypatch.setattr("services.serving.health.WAITING", -1)
    assert slug(case.http.get("/readyz"), 503) == "judge-behind"
    assert "entries that are not judged yet: 1" in case.http.get("/readyz").json()["detail"]
    monkeypatch.setattr("services.serving.health.WAITING", 10_000_000_000)
    assert case.http.get("/readyz").status_code == 200  # what comes at once is judged in a moment
    monkeypatch.setattr("services.serving.health.FAR_BEHIND", 0)
    assert slug(case.http.get("/readyz"), 503) == "judge-behind"
    case.store.judging.catch_up()
    monkeypatch.setattr("services.serving.health.STANDS_STILL", 30.0)
    assert case.http.get("/readyz").status_code == 200


def test_an_auditor_reads_everything(case: Case) -> None:
    assert len(case.store.read(AUDITOR, read_contracts)) == 2
    assert len(case.get("/v1/contracts", "auditor")) == 2
    assert case.put_contract(contract("mine", "audit"), "auditor").status_code == 403


def test_an_excuse_goes_from_asking_to_the_arbiter_over_http(case: Case) -> None:
    def sent(path: str, who: str | None, **body: object) -> int:
        return case.post(f"/v1/excuses{path}", who, **body).status_code

    asking = {"commitment": ON_TIME, "reason": "client-fault", "text": "you were closed", "keys": ["2026-01-12"]}
    answer = case.post("/v1/excuses", "sales/anna", **asking)
    assert (answer.status_code, answer.json()["is_judged"]) == (201, True)
    id = answer.json()["id"]
    assert slug(case.post("/v1/excuses", "sales", **asking), 409) == "refused"
    assert slug(case.post(f"/v1/excuses/{id}/accept", "sales"), 403) == "not-allowed"
    assert sent(f"/{id}/refuse", "marketing", text="we were not") == 200
    assert sent(f"/{id}/dispute", "sales", text="you were") == 200
    assert case.get("/v1/excuses", "marketing", state="disputed")[0]["waits_for"] == "administrator"
    assert slug(case.post(f"/v1/excuses/{id}/accept"), 409) == "period-final"  # January is over, without late data
    assert sent(f"/{id}/accept", "marketing/bob", text="well then") == 200
    [figure] = case.get("/v1/figures", commitment=ON_TIME, period="2026-01")
    assert (figure["state"], figure["raw"], figure["adjusted"]) == (
        "restated", {"good": 2, "total": 4}, {"good": 2, "total": 3},
    )  # fmt: skip
    [row] = case.get("/v1/occurrences", commitment=ON_TIME, verdict="excused")
    assert (row["key"], row["underlying"]) == ("2026-01-12", "late")
    explained = case.get("/v1/explain", commitment=ON_TIME, key="2026-01-12")
    assert [one["accepted_by"] for one in explained["excuses"]] == ["marketing/bob"]
    for wrong in ({"reason": "rain"}, {"keys": "2026-01-12"}, {"text": " "}, {"evidence": ["x"]}, {"more": 1}):
        assert slug(case.post("/v1/excuses", "sales", **(asking | wrong)), 422) == "invalid", wrong
    unclears: list[dict[str, object]] = [{"keys": []}, {"from": "2026-01-01T00:00:00Z"}]
    for unclear in unclears:
        assert slug(case.post("/v1/excuses", "sales", **(asking | unclear)), 400) == "extent-unclear", unclear
    undated = asking | {"keys": [], "from": "2026-01-01", "until": "2026-01-02T00:00:00Z"}
    assert slug(case.post("/v1/excuses", "sales", **undated), 400) in ("invalid", "time-without-offset")


def test_an_outage_is_listed_for_all_and_withdrawn_by_the_administrator(case: Case) -> None:
    position = case.store.outages.was_down(
        ADMINISTRATOR, instant("2026-02-09T08:00:00Z"), instant("2026-02-10T00:00:00Z")
    )
    case.store.judging.catch_up()
    assert case.get("/v1/occurrences", commitment=ON_TIME, verdict="unknown")[0]["key"] == "2026-02-09"
    [noted] = case.get("/v1/outages", "marketing")
    assert (noted["id"], noted["from"], noted["withdrawn"]) == (position, "2026-02-09T08:00:00Z", None)
    assert slug(case.post(f"/v1/outages/{position}/withdraw", "sales", text="no"), 403) == "not-allowed"
    assert slug(case.post(f"/v1/outages/{position + 1}/withdraw", text="no"), 404) == "not-found"
    answer = case.post(f"/v1/outages/{position}/withdraw", text="it ran").json()
    assert (
        case.get("/v1/outages")[0]["withdrawn"] | {"text": "it ran", "position": answer["position"]}
        == (case.get("/v1/outages")[0]["withdrawn"])
    )
    assert case.get("/v1/occurrences", commitment=ON_TIME, verdict="unknown") == []
    assert slug(case.post(f"/v1/outages/{position}/withdraw", text="again"), 409) == "withdrawn"
    last = case.get("/v1/history", after=answer["position"] - 1)[0]
    assert (last["topic"], last["content"]["text"]) == ("entente.outage.withdrawn", "it ran")
