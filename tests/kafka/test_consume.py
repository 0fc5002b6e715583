"""`entente consume` against a real broker: what is taken, what is set aside, and when it stops rather than skip."""

from __future__ import annotations

import base64
import gc
import json
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer  # type: ignore[import-untyped]

from entente.kafka_wiring import Asked, Watch, kafka_holds, kafka_of
from entente.settings import Settings
from entente.timekeeping import LiveTime
from entente.wiring import program
from services.errors import EntenteError
from services.history.entries import EVENT, QUARANTINED, unpack
from services.history.history import Entry, History, Offset, open_history
from tests.certificates import certificate
from tests.end_to_end.agreements import contract, event, lines, report, requests
from tests.end_to_end.running import Entente, wait_until
from tests.kafka.broker import PASSWORD, USER, Broker
from tests.kafka.topics import STRUCTURED, Topic, binary
from tests.patience import PATIENCE
from tests.servers import free_port

UNTIL = "2026-02-10T00:00:00Z"
DAY = {"specversion": "1.0", "source": "crm", "type": "report.delivered", "time": "2026-01-05T08:00:00Z"}


def agree(entente: Entente) -> None:
    entente.write("contract.yaml", contract("to-marketing", "marketing"))
    entente.ok("apply", "contract.yaml", "--sign", "supplier,client")


def drain(entente: Entente, *options: str) -> tuple[int, int, int]:
    """Accepted, duplicates, quarantined."""
    counts = entente.json("consume", "--until-drained", *options)
    return counts["accepted"], counts["duplicates"], counts["quarantined"]


def entries(store: str, topic: str = EVENT) -> list[Entry]:
    history = open_history(store)
    try:
        return history.read(0, 100_000, [topic])
    finally:
        history.close()


def aside(store: str) -> list[dict[str, Any]]:
    """What was noted about each quarantined item, and its bytes."""
    return [{**header, "bytes": raw} for header, raw in (unpack(one.state) for one in entries(store, QUARANTINED))]


def shown(entente: Entente) -> Any:
    figures = entente.json("figures")
    occurrences = entente.json("occurrences", "to-marketing/requests/answered")
    for one in (*figures, *occurrences):
        one.pop("position", None)
        one.pop("evidence", None)
    return figures, occurrences


def test_events_from_a_topic_give_the_figures_of_a_file(entente_on_either: Entente, topic: Topic) -> None:
    entente = entente_on_either
    events = [*requests("marketing", 300), report("marketing", "2026-01-05", "2026-01-05T08:00:00Z")]
    agree(entente)
    topic.send_keyed((json.loads(one).get("subject", "").encode(), one) for one in events)
    assert drain(entente) == (len(events), 0, 0)
    assert drain(entente) == (0, 0, 0)
    entente.ok("advance", UNTIL)
    (entente.folder / "aside").mkdir()
    beside = Entente(f"sqlite:///{entente.folder / 'aside' / 'entente.db'}", entente.folder / "aside")
    agree(beside)
    (beside.folder / "e.jsonl").write_bytes(lines(events))
    beside.ok("import", "e.jsonl", "--advance", UNTIL)
    assert shown(entente) == shown(beside)
    assert "no difference" in entente.ok("replay")


def test_both_modes_with_and_without_headers(entente: Entente, topic: Topic) -> None:
    body = {"for": "marketing", "missing": 0, "day": "2026-01-05"}
    topic.send(json.dumps({**DAY, "id": "1", "data": body}).encode())
    topic.send(json.dumps({**DAY, "id": "2", "data": body}).encode(), headers=[])
    topic.send(json.dumps(body).encode(), headers=binary({**DAY, "id": "3", "subject": "é"}))
    topic.send(None, headers=binary({**DAY, "id": "4"})[:-1])
    topic.send(b"<a/>", headers=binary({**DAY, "id": "5"}, "application/xml"))
    topic.send(json.dumps({**DAY, "id": "1", "data": body}, indent=1).encode())
    assert drain(entente) == (5, 1, 0)
    stored = {unpack(one.state)[1] for one in entries(entente.store)}
    assert json.dumps(body).encode() in stored
    [third] = [header for header, _ in (unpack(one.state) for one in entries(entente.store)) if "é" in str(header)]
    assert third["channel"] == "kafka"
    assert third["attributes"] == {**DAY, "id": "3", "subject": "é"}


POISON: list[tuple[str, bytes | None, Any]] = [
    ("malformed-json", b"{", STRUCTURED),
    ("malformed-json", b"\xff\xfe", []),
    ("time-without-offset", json.dumps({**DAY, "id": "x", "time": "2026-01-05T08:00:00"}).encode(), STRUCTURED),
    ("invalid-cloudevent", b"{}", [("content-type", b"application/json")]),
    ("unsupported-media-type", b"[]", [("content-type", b"application/cloudevents-batch+json")]),
    ("unsupported-media-type", b"{}", [("content-type", b"application/cloudevents+json; charset=utf-16")]),
    ("invalid-cloudevent", b"1", [("ce_id", b"\xff"), ("ce_source", b"s")]),
    ("duplicate-key", b"1", [*binary({**DAY, "id": "y"}), ("ce_id", b"z")]),
    ("too-large", b'"' + b"a" * (1 << 20) + b'"', STRUCTURED),
    ("too-large", b"a", [*binary({**DAY, "id": "w"}), ("other", b"a" * (1 << 20))]),
]


def test_what_is_no_event_is_set_aside_with_where_it_stood(entente_on_either: Entente, topic: Topic) -> None:
    entente = entente_on_either
    letters = f"{topic.name}-letters"
    topic.make(letters, **{"max.message.bytes": str(4 << 20)})
    entente.env["ENTENTE_KAFKA_DEAD_LETTER"] = letters
    good = json.dumps({**DAY, "id": "good"}).encode()
    other = json.dumps({**DAY, "id": "good", "data": {"other": True}}).encode()
    offsets = [topic.send(value, headers=headers, partition=1)[0] for _, value, headers in POISON]
    topic.send(good, partition=1)
    [reused] = topic.send(other, partition=1, key=None)
    assert drain(entente) == (1, 0, len(POISON) + 1)
    found = {one["offset"]: one for one in aside(entente.store)}
    for (slug, value, headers), offset in zip(POISON, offsets, strict=True):
        one = found[offset]
        assert (one["slug"], one["bytes"]) == (slug, value or b"")
        assert (one["topic"], one["partition"], base64.b64decode(one["key"])) == (topic.name, 1, b"k")
        assert [(name, base64.b64decode(content)) for name, content in one["headers"]] == [*headers]
        assert one["origin"] == f"{topic.name}[1]:{offset}"
    assert (found[reused]["slug"], found[reused]["bytes"], found[reused]["key"]) == ("id-reused", other, None)
    sent = {dict(letter.headers)["entente-offset"]: letter for letter in topic.everything(letters)}
    assert {int(offset) for offset in sent} == {*offsets, reused}
    for (slug, value, headers), offset in zip(POISON, offsets, strict=True):
        letter = sent[str(offset).encode()]
        assert (letter.value, letter.headers[: len(headers)]) == (value, [*headers])
        assert dict(letter.headers)["entente-problem"] == slug.encode()


def test_what_is_mended_goes_through_the_door_again(entente: Entente, topic: Topic) -> None:
    topic.send(json.dumps({**DAY, "id": "1"}).encode(), headers=[("content-type", b"application/json")])
    assert drain(entente) == (0, 0, 1)
    [item] = entente.json("quarantine", "list")
    entente.ok("quarantine", "retry", item["id"])
    assert len(entries(entente.store)) == 1


def test_another_group_reads_nothing_twice_since_the_store_is_the_truth(entente: Entente, topic: Topic) -> None:
    topic.send(*requests("marketing", 5))
    assert drain(entente) == (10, 0, 0)
    assert sum(topic.committed().values()) == 10
    entente.env["ENTENTE_KAFKA_GROUP"] = f"{topic.name}-other"
    assert drain(entente) == (0, 0, 0)


@pytest.mark.real_broker
def test_transactions_count_when_they_are_committed(entente: Entente, topic: Topic) -> None:
    producer: Any = KafkaProducer(bootstrap_servers=topic.servers, transactional_id=topic.name)
    producer.init_transactions()
    for id, ends in (
        ("1", producer.abort_transaction),
        ("2", producer.commit_transaction),
        ("3", producer.abort_transaction),
    ):
        producer.begin_transaction()
        producer.send(topic.name, json.dumps({**DAY, "id": id}).encode(), b"k", [*STRUCTURED]).get(timeout=PATIENCE)
        ends()
    producer.close()
    assert drain(entente) == (1, 0, 0)


def test_a_recreated_topic_is_not_taken_for_the_old_one(entente: Entente, topic: Topic) -> None:
    topic.send(*requests("marketing", 5))
    drain(entente)
    topic.delete()
    topic.make()
    topic.send(*requests("sales", 10))
    problem = entente.run("consume", "--until-drained").err
    assert "deleted and created again" in problem
    assert entente.run("consume", "--until-drained").code == 2
    assert len(entries(entente.store)) == 10
    assert drain(entente, "--begin-anew") == (20, 0, 0)
    assert drain(entente) == (0, 0, 0)


def test_a_topic_recreated_under_a_running_worker_stops_it(entente: Entente, topic: Topic) -> None:
    """Before it takes a record of the new one for the next of the old one."""
    topic.send(*requests("marketing", 5), partition=0)
    with entente.started("consume") as running:
        wait_until(lambda: len(entries(entente.store)) == 10, running.shown)
        topic.delete()
        topic.make()
        topic.send(*requests("sales", 20), partition=0)
        ran = running.ended()
    assert (ran.code, "deleted and created again" in ran.err) == (2, True)
    assert len(entries(entente.store)) == 10


@pytest.mark.real_broker
def test_records_that_are_gone_are_not_passed_over(entente: Entente, topic: Topic) -> None:
    topic.send(*requests("marketing", 5), partition=0)
    drain(entente)
    topic.send(*requests("sales", 5), partition=0)
    topic.delete_records(15)
    ran = entente.run("consume", "--until-drained")
    assert ran.code == 2
    assert "records 10 to 14 were deleted before they were read" in ran.err
    assert drain(entente, "--begin-anew") == (5, 0, 0)
    assert drain(entente) == (0, 0, 0)


@pytest.mark.real_broker
def test_what_is_gone_before_the_first_start_is_no_loss(entente: Entente, topic: Topic) -> None:
    topic.send(*requests("marketing", 5), partition=0)
    topic.delete_records(10)
    assert drain(entente) == (0, 0, 0)
    topic.send(*requests("sales", 1), partition=0)
    assert drain(entente) == (2, 0, 0)


@pytest.mark.real_broker
def test_a_log_that_became_shorter_stops_the_worker(entente_on_either: Entente, topic: Topic) -> None:
    entente = entente_on_either
    topic.send(*requests("marketing", 5), partition=0)
    drain(entente)
    history = open_history(entente.store)
    [(name, last)] = [one for one in history.offsets("kafka/").items() if one[1] == 9]
    history.append_facts([], offset=Offset(name, last + 1, last))
    history.close()
    ran = entente.run("consume", "--until-drained")
    assert ran.code == 2
    assert f"{topic.name}[0] ends at 10, but its records up to 10 are stored" in ran.err


def test_nobody_answers(entente: Entente) -> None:
    entente.env["ENTENTE_KAFKA_SERVERS"] = f"127.0.0.1:{free_port()}"
    assert "no broker has answered" in entente.run("consume").problem(3)


def test_no_such_topic(entente: Entente) -> None:
    entente.env["ENTENTE_KAFKA_TOPIC"] = "nowhere"
    assert "there is no topic nowhere" in entente.run("consume").problem(3)


def test_kafka_is_not_set(entente: Entente) -> None:
    entente.env.clear()
    assert "ENTENTE_KAFKA_SERVERS" in entente.run("consume").problem(2)


@pytest.mark.parametrize(("password", "code"), [(PASSWORD, 0), ("a guess", 2)])
def test_signing_in(entente: Entente, topic: Topic, broker: Broker, password: str, code: int) -> None:
    told = {"security": "SASL_PLAINTEXT", "mechanism": "PLAIN", "username": USER, "password": password}
    entente.env = topic.settings(servers=broker.signed_in, **told)
    topic.send(*requests("marketing", 1))
    ran = entente.run("consume", "--until-drained", "--json")
    assert ran.code == code, ran
    assert password not in ran.out + ran.err


def test_an_encrypted_way_to_a_broker_that_is_known_and_knows_who_comes(
    entente: Entente, topic: Topic, broker: Broker, tmp_path: Path
) -> None:
    told = {"servers": broker.sealed, "security": "SSL", "ca": str(broker.authority)}
    shown = {"certificate": str(broker.client), "key": str(broker.client.with_suffix(".key")), "key_password": PASSWORD}
    sent = requests("marketing", 3)
    topic.send(*sent)
    entente.env = topic.settings(**told, **shown)
    ran = entente.run("consume", "--until-drained", "--json")
    assert ran.code == 0, ran
    assert len(entries(entente.store)) == len(sent)
    assert PASSWORD not in ran.out + ran.err
    entente.env = topic.settings(**told)
    assert entente.run("consume", "--until-drained").code == 2  # without a certificate the broker takes nobody
    stranger = certificate(tmp_path / "stranger")
    entente.env = topic.settings(**{**told, "ca": str(stranger)}, **shown)
    refused = entente.run("consume", "--until-drained")
    assert "certificate verify failed" in refused.problem(2)


def test_time_waits_for_what_a_partition_still_has(entente_on_either: Entente, topic: Topic) -> None:
    entente = entente_on_either
    settings = Settings(store=entente.store, kafka_servers=topic.servers, kafka_topic=topic.name)
    now = 1_773_144_000_000_000
    with program(settings) as opened:
        history = opened.store.history
        holds = kafka_holds(settings, history)
        assert isinstance(holds, Asked)
        time = LiveTime(opened, lambda: now, settle=0, outage=0, holds=holds, accepts_clock=True)
        topic.send(event("1", "report.delivered", "2026-01-05T08:00:00Z"))
        assert not time.step()
        assert opened.store.timekeeping.watermark() is None
        drain(entente)
        assert time.step()
        assert opened.store.timekeeping.watermark() == now
        holds.close()
        unasked = Settings(store=entente.store)
        assert "ENTENTE_KAFKA_SERVERS is not set" in str(kafka_holds(unasked, history)())
        assert kafka_holds(Settings(store=entente.store, kafka_topic=""), history)() is None


@pytest.mark.real_broker
def test_what_is_still_to_be_read_is_shown_by_partition(entente: Entente, topic: Topic) -> None:
    topic.send(*requests("marketing", 5), partition=1)
    with entente.serving() as server:
        wait_until(lambda: 'entente_kafka_lag_messages{partition="1"} 10.0' in server.get("/metrics").text)
        drain(entente)
        wait_until(lambda: 'entente_kafka_lag_messages{partition="1"} 0.0' in server.get("/metrics").text)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_time_waits_while_the_broker_is_away(sqlite_url: str) -> None:
    settings = Settings(store=sqlite_url, kafka_servers=f"127.0.0.1:{free_port()}")
    history: History = open_history(sqlite_url)
    try:
        assert "no broker has answered" in str(kafka_holds(settings, history)())
    finally:
        history.close()
        gc.collect()  # the client leaves a socket open for each try


def test_a_store_that_never_read_from_kafka_waits_for_none(sqlite_url: str) -> None:
    history: History = open_history(sqlite_url)
    try:
        assert kafka_holds(Settings(store=sqlite_url), history)() is None
    finally:
        history.close()


def test_errors_say_where() -> None:
    with pytest.raises(EntenteError, match="ENTENTE_KAFKA_TOPIC"):
        kafka_of(Settings(kafka_servers="x:1", kafka_topic=""))


@pytest.mark.real_broker
def test_a_topic_that_nobody_reads_is_said_and_counted_by_partition(entente: Entente, topic: Topic) -> None:
    now = [0.0]
    settings = Settings(store=entente.store, **told(topic.settings()))
    with program(settings) as opened:
        watch = Watch(settings, opened.store.history, lambda: now[0])
        watch.look()
        assert (watch.lags(), watch.stored(), watch.trouble()) == ({0: 0, 1: 0}, {}, None)
        now[0] = 1000.0
        watch.look()
        topic.send(json.dumps({**DAY, "id": "1"}).encode(), b"{", partition=1)
        now[0] = 1029.9
        watch.look()
        assert (watch.lags(), watch.trouble()) == ({0: 0, 1: 2}, None)
        now[0] = 1030.0
        assert "messages that wait: 2, and none was stored for 30 s" in (watch.trouble() or "")
        drain(entente)
        watch.look()
        assert (watch.lags(), watch.stored(), watch.rejected(), watch.trouble()) == ({0: 0, 1: 0}, {1: 1}, {1: 1}, None)
        watch.close()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_broker_that_does_not_answer_is_said(sqlite_url: str) -> None:
    now = [0.0]
    servers = f"127.0.0.1:{free_port()}"
    settings = Settings(store=sqlite_url, kafka_servers=servers)
    with program(settings) as opened:
        watch = Watch(settings, opened.store.history, lambda: now[0])
        now[0] = 30.0
        watch.look()
        assert servers in (watch.trouble() or "")
        assert watch.lags() == {}
    gc.collect()  # the client leaves a socket open for each try


def told(env: dict[str, str]) -> dict[str, Any]:
    return {name.removeprefix("ENTENTE_").lower(): value for name, value in env.items()}
