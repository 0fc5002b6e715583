"""Who has roles in several services acts for one of them each time, and what came of it is that one's alone (trust §3)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR, Grade, Principal, Right, principal, signed_in
from services.arrivals.reading import read_quarantine
from services.auditing.history_rows import HistoryReader
from services.by import by_of
from services.checkpoints.signing import create_key
from services.errors import Invalid
from services.history.entries import EVENT, QUARANTINED, event_stream, header_of, pack, quarantine_stream
from services.history.history import Fact
from services.proving.exporting import export
from services.proving.own import Own
from services.proving.reading import verify_bundle
from services.report_readers import grant_reports
from services.report_views import create_reports
from services.sealing.kek import create_kek
from services.seeing.events import event_at
from services.seeing.seen import Seen
from services.trying.aside import shown_to
from tests.entering import HERE, NOW, Browser, House, entered
from tests.given import contract, criterion, turnaround
from tests.services.proving.bundled import lines_of
from tests.services.sealing.sealed import DESK

CANARY = "canary-of-sales"
SECRET = "s" * 30
SENT = {"Content-Type": "application/cloudevents+json", **HERE}
BATCH = {"Content-Type": "application/cloudevents-batch+json", **HERE}
RULE = criterion(turnaround(opened={"type": "opened"}, closed={"type": "closed"}))


@pytest.fixture
def house(store_url: str, tmp_path: Path) -> Iterator[House]:
    """`sales` serves `fin`; anna is head of sales and reads what is of it, dan is head of what both are part of."""
    create_key(tmp_path / "key", "ville.example/entente")
    with entered(store_url, checkpoint_key=str(tmp_path / "key")) as opened:
        opened.apply(
            {"service": "town"},
            {"service": "sales", "sources": [{"source": "crm"}], "part_of": "town"},
            {"service": "it", "sources": [{"source": "helpdesk"}], "part_of": "town"},
            {"service": "fin"},
        )
        opened.apply(contract(RULE, supplier="sales", client="fin"), sign=True)
        opened.admit(
            {"person": "anna", "services": {"sales": "head", "it": "reader"}},
            {"person": "dan", "services": {"town": "head"}},
            {"person": "ivan", "services": {"it": "head"}},
            {"person": "hugo", "services": {"sales": "head"}},
            {"person": "paul", "auditor": True, "services": {"sales": "head"}},
        )
        yield opened


def told(id: str, source: str = "crm", **more: Any) -> dict[str, Any]:
    told = {"specversion": "1.0", "id": id, "source": source, "type": "unclaimed", "time": "2026-06-29T10:00:00Z"}
    return {**told, "data": {"said": CANARY}, **more}


def push(browser: Browser, *events: Mapping[str, Any]) -> list[dict[str, Any]]:
    answer = browser.http.post("/v1/events", content=json.dumps(events), headers=BATCH)
    browser.house.program.store.judging.catch_up()
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def who_is(house: House, person: str) -> Principal:
    sign_in = house.program.sign_in
    who = sign_in.roles.principal(person, sign_in.today())
    assert who is not None
    return who


def seen_as(house: House, person: str) -> AbstractContextManager[Seen]:
    return house.program.store.seeing.seen(who_is(house, person))


def names(house: House) -> list[str]:
    """What each entry says of who was behind it."""
    with house.program.store.seeing.seen(ADMINISTRATOR) as seen:
        reader = HistoryReader(seen)
        return [reader.row(entry).by for entry in seen.history.read(0, 1_000)]


def decide(browser: Browser, secret: str) -> None:
    """A proposal and what is said of it, an excuse, the file of the service, a key, for sales."""
    deal = {"entente": 1, **contract(RULE, id="deal", supplier="sales", client="fin", title=secret)}
    answers = [
        browser.http.put("/v1/contracts/deal", json=deal, headers=HERE),
        browser.http.post("/v1/contracts/deal/sign", json={}, headers=HERE),
        browser.http.post("/v1/contracts/deal/comment", json={"text": secret}, headers=HERE),
        browser.http.put(
            "/v1/services/sales",
            json={"entente": 1, "service": "sales", "title": secret, "sources": [{"source": "crm"}], "part_of": "town"},
            headers=HERE,
        ),
    ]
    assert [one.status_code for one in answers if one.status_code >= 300] == [], [one.text for one in answers]
    browser.house.program.store.judging.catch_up()


def test_who_acts_is_named_by_the_right_that_is_used() -> None:
    """By the service for which it is held, by the office that gives it, and never by all that somebody sees."""
    anna = signed_in("anna", {"it": Grade.READER, "sales": Grade.HEAD, "fin": Grade.MEMBER})
    assert anna.by(Right.TAKE_PART, "it", "sales") == "sales/anna"
    assert anna.by(Right.BIND, "fin", "sales") == "sales/anna"
    assert anna.by(Right.SETTLE, "it") == "it/anna"  # as who owns an indicator there
    assert anna.by(Right.BIND) == anna.by(Right.BIND, "lab") == "entente/anna"
    ines = signed_in("ines", {"it": Grade.MEMBER, "fin": Grade.HEAD}, ["administrator"])
    assert ines.by(Right.ADMINISTER) == ines.by(Right.DESCRIBE, "it") == "administrator/ines"
    assert ines.by(Right.DESCRIBE, "fin") == "fin/ines"
    paul = signed_in("paul", {"sales": Grade.HEAD}, ["auditor"])
    assert (paul.by(Right.BIND, "sales"), paul.by(Right.AUDIT)) == ("sales/paul", "auditor/paul")
    assert (ADMINISTRATOR.by(Right.BIND, "sales"), principal("sales/luc").by(Right.BIND, "sales")) == (
        "administrator",
        "sales/luc",
    )


@pytest.mark.parametrize("person", ["anna", "dan", "paul"])
def test_what_somebody_decides_for_one_service_is_that_ones_alone(house: House, person: str) -> None:
    start = house.position()
    decide(house.as_(person), CANARY)
    by = [name for name in names(house) if name.endswith(f"/{person}")]
    assert len(by) >= 4
    assert set(by) == {f"sales/{person}"}
    ivan = house.as_("ivan")
    assert CANARY not in ivan.page("/history")
    assert person not in ivan.page("/history")
    with seen_as(house, "ivan") as seen:
        shown = [one.topic for one in Own(seen).of(seen.history.read(0, 1_000)) if one.position > start]
    assert not [one for one in shown if not one.startswith("entente.time")]


@pytest.mark.parametrize("person", ["anna", "dan", "paul"])
def test_what_somebody_sends_is_of_the_service_that_declares_its_source(house: House, person: str) -> None:
    good, _ = push(house.as_(person), told("e"), told("q", time="then"))
    for other in ("ivan", None):
        http = house.as_(other).http if other else house.browser().http
        key = {} if other else house.key("it", "read")
        assert http.get("/v1/quarantine", headers=key).json() == []
        assert http.get(f"/v1/proof?position={good['position']}", headers=key).status_code == 404
        assert http.get(f"/v1/events/{good['position']}/personal", headers=key).status_code == 404
        assert CANARY not in http.get("/v1/history", headers=key).text
    [waiting] = house.as_("hugo").http.get("/v1/quarantine").json()
    assert waiting["by"] == f"sales/{person}"
    with seen_as(house, "ivan") as seen:
        assert event_at(seen, good["position"]) is None
    with seen_as(house, "anna") as seen:
        assert event_at(seen, good["position"]) is not None
    settled = house.as_(person).http.post(
        f"/v1/quarantine/{waiting['id']}/discard", json={"reason": "no"}, headers=HERE
    )
    assert settled.status_code == 200, settled.text
    assert house.as_("hugo").http.get("/v1/quarantine").json() == []


def test_a_batch_for_two_services_is_split_and_what_is_of_neither_is_nobodys(house: House) -> None:
    dan, start = house.as_("dan"), house.position()
    items = push(dan, told("s"), told("i", "helpdesk"), told("n", "of-nobody"), {"id": "no event"})
    assert [one["result"] for one in items] == ["accepted", "accepted", "quarantined", "quarantined"]
    entries = house.program.store.history.read(start, 1_000, [EVENT, QUARANTINED])
    assert [header_of(one.state)["by"] for one in entries] == ["sales/dan", "it/dan", "entente/dan", "entente/dan"]
    assert house.as_("ivan").http.get("/v1/quarantine").json() == []


def test_who_imports_sees_what_was_set_aside_of_it(house: House) -> None:
    """Also of what tells of no source: the operator, and somebody of several services, who names one of them."""
    program, seen = house.program, []
    for named in ("administrator", "administrator/ines", "sales/anna", "town/dan"):
        who = program.sign_in.acting(principal(named))
        [answer] = program.door.submit([decode_structured(b'{"id": "%s"}' % named.encode())], who, "file")
        program.store.judging.catch_up()
        seen += [one.by for one in program.store.read(who, read_quarantine) if one.position == answer.quarantined_at]
    assert seen == ["administrator", "administrator/ines", "sales/anna", "town/dan"]


def test_a_topic_that_nobody_named_is_split_whatever_else_comes_with_it(house: House) -> None:
    door = house.program.door
    sent = [
        *(told("s"), told("i", "helpdesk"), told("bad", time="then"), told("n", "of-nobody")),
        {"id": "no event"},
    ]
    items = [decode_structured(json.dumps(one).encode()) for one in sent]
    for some in (items, items[-1:] + items[:1]):
        door.submit(some, door.speaker("topic:all"), "kafka", "all[0]", list(range(len(some))))
    house.program.store.judging.catch_up()
    history = house.program.store.history
    by = {header_of(one.state)["by"] for one in history.read(0, 1_000, [EVENT])}
    assert by == {"sales/topic:all", "it/topic:all"}
    aside = [header_of(one.state)["by"] for one in history.read(0, 1_000, [QUARANTINED])]
    assert aside == ["sales/topic:all", "entente/topic:all", "entente/topic:all"]


def test_a_topic_of_one_source_owns_nothing_by_that(tmp_path: Path) -> None:
    """Where only one service declares anything, what tells of no source is still not its own."""
    with entered(f"sqlite:///{tmp_path}/entente.db") as house:
        house.apply({"service": "sales", "sources": [{"source": "crm"}]})
        door = house.program.door
        door.submit([decode_structured(b'{"id": "no event"}')], door.speaker("topic:all"), "kafka")
        [entry] = house.program.store.history.read(0, 1_000, [QUARANTINED])
        assert header_of(entry.state)["by"] == "entente/topic:all"


def test_what_was_stored_with_several_names_is_nobodys_by_that(house: House) -> None:
    header = {"received": NOW, "by": "it+sales/anna", "channel": "http"}
    raw = json.dumps(told("old")).encode()
    history = house.program.store.history
    facts = [
        Fact(event_stream("crm", "old"), EVENT, pack(header, raw)),
        Fact(quarantine_stream(b"x", "x", "it+sales"), QUARANTINED, pack({**header, "slug": "x"}, b"x")),
    ]
    event, _ = history.append_facts(facts)
    house.program.store.judging.catch_up()
    assert by_of("it+sales/anna").service == ""
    for person in ("ivan", "hugo", "anna"):
        with seen_as(house, person) as seen:
            assert event_at(seen, event.position) is None
        assert house.as_(person).http.get("/v1/quarantine").json() == []
        assert "it+sales" not in house.as_(person).page("/history")


def test_a_draft_is_tried_on_what_one_sent_in_any_of_ones_services(house: House) -> None:
    [item] = push(house.as_("dan"), told("e"))
    entry = house.program.store.history.at(item["position"])
    assert entry is not None
    for person, is_shown in (("dan", True), ("anna", True), ("ivan", False)):
        with seen_as(house, person) as seen:
            shows = shown_to(seen)
            assert shows is not None
            assert shows(entry) is is_shown, person


def test_a_report_role_of_one_service_sees_what_was_sent_for_it(postgres_url: str) -> None:
    with entered(postgres_url) as house:
        house.apply({"service": "sales", "sources": [{"source": "crm"}]}, {"service": "it"})
        house.admit({"person": "anna", "services": {"sales": "head", "it": "reader"}})
        push(house.as_("anna"), told("q", time="then"))
        database = house.program.store.history.database
        create_reports(database)
        for role, service, waiting in (("r_it", "it", 0), ("r_sales", "sales", 1)):
            assert grant_reports(database, role, [service]) == []
            with psycopg.connect(postgres_url, user=role, autocommit=True) as reads:
                assert reads.execute("SELECT COUNT(*) FROM report_quarantine").fetchone() == (waiting,)


def test_a_party_takes_home_what_it_and_the_administrator_decided(house: House, tmp_path: Path) -> None:
    """The administrator made the stream, the head went on with it: what is left of it could not be folded by itself."""
    decide(house.as_("hugo"), CANARY)
    key = house.program.access_keys.create(ADMINISTRATOR, "sales", "push").terms.key
    hugo = who_is(house, "hugo")
    house.program.access_keys.revoke(hugo, key)
    house.program.store.judging.catch_up()
    house.program.checkpoints.make()
    export(house.program.store.seeing, hugo, tmp_path / "bundle.zip")
    assert verify_bundle(tmp_path / "bundle.zip", [], []).problems == ()
    shown = {(one["stream"], one["version"]) for one in lines_of(tmp_path / "bundle.zip")}
    assert all(version == 1 or (stream, version - 1) in shown for stream, version in shown)


def test_what_is_sealed_opens_for_the_service_of_its_own_source(tmp_path: Path) -> None:
    create_kek(tmp_path / "kek", NOW)
    with entered(f"sqlite:///{tmp_path}/entente.db", kek_file=str(tmp_path / "kek")) as house:
        house.apply(
            {"service": "lab", "sources": [DESK, {"source": "lab/plain"}]},
            {"service": "it", "sources": [{"source": "it/x"}]},
        )
        house.admit({"person": "mia", "services": {"it": "member"}}, {"person": "lea", "services": {"lab": "member"}})
        sent = (told("bad", DESK["source"], time="then"), told("plain", "lab/plain"), told("x", "it/x"))
        items = [decode_structured(json.dumps(one).encode()) for one in sent]
        house.program.door.submit(items, house.program.door.speaker("topic:all"), "kafka", "all[0]", [0, 1, 2])
        house.program.store.judging.catch_up()
        assert house.as_("mia").http.get("/v1/quarantine").json() == []
        [waiting] = house.as_("lea").http.get("/v1/quarantine").json()
        assert (waiting["by"], CANARY in waiting["content"]) == ("lab/topic:all", True)


def mapped(folder: Path, source: str, **more: Any) -> dict[str, str]:
    """The settings of one signed webhook."""
    rows = [{"id": "{id}", "source": source, "type": "t", "time": "{time}"}]
    tree = {"entente": 1, "mapping": "tool", "read": {"format": "json", "each": "items"}, "events": rows, **more}
    for name, text in (("hooks", json.dumps({"signed": "bearer", **tree})), ("secrets", SECRET)):
        (folder / name).mkdir()
        (folder / name / ("tool.json" if name == "hooks" else "tool")).write_text(text, encoding="utf-8")
    return {"webhooks": str(folder / "hooks"), "webhook_secrets": str(folder / "secrets")}


def called(house: House, *sources: str) -> dict[str, int]:
    items = [{"id": one, "src": one, "time": "2026-06-29T10:00:00Z"} for one in sources]
    answer = house.browser().http.post(
        "/v1/webhooks/tool", json={"items": items}, headers={"Authorization": f"Bearer {SECRET}"}
    )
    return Counter(one["result"] for one in answer.json()["items"])


def test_a_webhook_speaks_for_the_sources_of_its_service_alone(tmp_path: Path) -> None:
    with entered(**mapped(tmp_path, "{src}", service="it")) as house:
        house.apply(
            {"service": "sales", "sources": [{"source": "crm"}]}, {"service": "it", "sources": [{"source": "x"}]}
        )
        house.admit({"person": "ivan", "services": {"it": "head"}}, {"person": "hugo", "services": {"sales": "head"}})
        assert called(house, "x", "crm") == {"accepted": 1, "quarantined": 1}
        house.program.store.judging.catch_up()
        assert house.as_("hugo").http.get("/v1/quarantine").json() == []
        [waiting] = house.as_("ivan").http.get("/v1/quarantine").json()
        assert (waiting["by"], waiting["slug"]) == ("it/webhook-tool", "foreign-source")


def test_a_webhook_whose_calls_say_the_source_says_whose_it_is(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="does not say whose they are"), entered(**mapped(tmp_path, "{src}")):
        raise AssertionError


def test_a_webhook_of_one_source_speaks_for_who_declares_it(tmp_path: Path) -> None:
    with entered(**mapped(tmp_path, "crm")) as house:
        house.apply(
            {"service": "sales", "sources": [{"source": "crm"}]}, {"service": "it", "sources": [{"source": "x"}]}
        )
        assert called(house, "a") == {"accepted": 1}
        [entry] = house.program.store.history.read(0, 1_000, [EVENT])
        assert header_of(entry.state)["by"] == "sales/webhook-tool"
