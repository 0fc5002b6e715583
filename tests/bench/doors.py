"""What comes from outside, once and twice as long, through each decoder: twice as long costs about twice as much.

Processor time of this process, the least of some turns, so that others on the machine count little. The collector of
cycles rests meanwhile: it passes over everything in steps that grow by a quarter, one of which may lie between the two.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ingestion.cloudevents import decode_batch, decode_binary, decode_structured
from ingestion.door import Door
from ingestion.files import import_files
from ingestion.kafka.messages import decode_message
from ingestion.webhooks import Webhook
from services.access import ADMINISTRATOR
from services.contract_files import (
    calendar_terms,
    contract_terms,
    mapping_terms,
    read_bytes,
    read_documents,
    service_terms,
)
from services.contract_files.icalendar_recurring import NotReadable
from services.contract_files.icalendar_source import closed_days
from services.contract_files.mapping_terms import MappingTerms
from services.errors import DocumentInvalid
from services.history.history import open_history
from tests.bench.entry import Entry
from tests.records import Record

TURNS, MOST_TURNS, MOST_RATIO = 5, 20, 2.3
"""More turns are made only where the least of the first ones say that it costs too much: another process may have had
the caches."""
KIB = 1 << 10
EVENT = b'{"specversion":"1.0","id":"%d","source":"s","type":"t","time":"2026-01-01T00:00:00Z","data":%b}'
HEADERS = {"specversion": "1.0", "id": "1", "source": "s", "type": "t", "time": "2026-01-01T00:00:00Z"}
HOOK = """
entente: 1
mapping: items
read: {format: json, each: items}
events: [{type: t, id: "{id}", source: s, subject: "{id}", time: "2026-01-01T00:00:00Z"}]
"""
ROWS = """
entente: 1
mapping: rows
read: {format: csv, timezone: Europe/Paris, times: "%Y-%m-%d %H:%M"}
events: [{type: t, id: "{id}", source: s, subject: "{id}", time: "{at}", data: {n: {number: "{n}"}}}]
"""


class Shape(NamedTuple):
    """`make(n)` is what somebody may send, some n bytes of it; `size` is the smaller n."""

    name: str
    read: Callable[[bytes], object]
    make: Callable[[int], bytes]
    size: int = 512 * KIB


def measure(folder: Path) -> list[Entry]:
    return [_entry(shape) for shape in shapes(folder)]


def _entry(shape: Shape) -> Entry:
    once, twice = (shape.make(shape.size * times) for times in (1, 2))
    costs: tuple[list[float], list[float]] = ([], [])
    for turn in range(MOST_TURNS):
        if turn >= TURNS and min(costs[1]) <= MOST_RATIO * min(costs[0]):
            break
        for cost, raw in zip(costs, (once, twice), strict=True):
            cost.append(_cost(shape, raw))
    value, reference = min(costs[1]) * 1_000, min(costs[0]) * 1_000
    return Entry(f"{shape.name}, {len(twice) // KIB:,} KiB", value, "ms", reference, "half of it", MOST_RATIO)


def _cost(shape: Shape, raw: bytes) -> float:
    """Seconds of this process's processor time for reading that once."""
    gc.collect()
    gc.disable()
    try:
        began = time.process_time()
        shape.read(raw)
        return time.process_time() - began
    finally:
        gc.enable()


def shapes(folder: Path) -> list[Shape]:
    return [*_of_events(), *_of_calls(), *_of_files(folder), *_of_documents()]


def _each(form: bytes, count: int, between: bytes = b"") -> bytes:
    """The form so many times, with its number in it."""
    return between.join(form % one for one in range(count))


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "many values": lambda n: b"[" + b"1.5," * (n // 4) + b"1]",
    "many brackets": lambda n: b"[" + b"[]," * (n // 3) + b"1]",
    "deep brackets": lambda n: b"[" * n,
    "a long key and one given twice": lambda n: b'{"%b":[%b1],"a":1,"a":2}' % (b"k" * (n // 2), b"1," * (n // 4)),
    "keys with written colons": lambda n: b"{%b}" % _each(b'"%d\\u003a":1', n // 17, b","),
    "a text that does not end": lambda n: b'"' + b'\\"' * (n // 2),
    "NaN at the end": lambda n: b"[" + b'"",' * (n // 3) + b"NaN]",
}


def _of_events() -> list[Shape]:
    def in_event(name: str) -> Callable[[int], bytes]:
        return lambda n: EVENT % (1, HOSTILE[name](n))

    def in_batch(name: str) -> Callable[[int], bytes]:
        return lambda n: b"[" + HOSTILE[name](n)

    def binary(raw: bytes) -> object:
        return decode_binary(HEADERS, "application/json", raw)

    return [
        *(Shape(f"an event: {name}", decode_structured, in_event(name), 500 * KIB) for name in HOSTILE),
        Shape("binary mode: many brackets", binary, HOSTILE["many brackets"], 500 * KIB),
        Shape("Kafka: many brackets", lambda raw: decode_message(Record(raw)), in_event("many brackets"), 500 * KIB),
        Shape(
            "a batch of events", decode_batch, lambda n: b"[%b]" % _each(EVENT % (0, b"%d"), n // 85, b","), 512 * KIB
        ),
        *(Shape(f"a batch: {name}", decode_batch, in_batch(name)) for name in HOSTILE),
    ]


def _of_calls() -> list[Shape]:
    hook = Webhook(mapping_terms(read_documents(HOOK, "hook.yaml")[0]))

    def beside(n: int) -> bytes:
        return b'{"items":[{"id":1}],"%b":{%b}}' % (b"k" * (n // 2), _each(b'"%d":1', n // 20, b","))

    return [
        Shape(
            "a webhook: many items",
            hook.items,
            lambda n: b'{"items":[%b]}' % _each(b'{"id":%d}', n // 12, b","),
            5 * KIB,
        ),
        Shape("a webhook: long names beside the list", hook.items, beside, 500 * KIB),
    ]


def _of_files(folder: Path) -> list[Shape]:
    rows = mapping_terms(read_documents(ROWS, "rows.yaml")[0])

    def through(name: str, mapping: MappingTerms | None) -> Callable[[bytes], object]:
        def read(raw: bytes) -> object:
            file = folder / name
            file.write_bytes(raw)
            history = open_history("sqlite://:memory:")
            try:
                return import_files(Door(history, lambda: 1), [file], mapping, ADMINISTRATOR)
            finally:
                history.close()

        return read

    lines, table = through("a.jsonl", None), through("a.csv", rows)
    head = b"id,at,n\n"
    return [
        Shape("a .jsonl of events", lines, lambda n: _each(EVENT % (0, b"%d"), n // 85, b"\n"), 256 * KIB),
        Shape("a .jsonl of one line", lines, lambda n: b"[" * n, 4_096 * KIB),
        Shape("a .csv", table, lambda n: head + _each(b"%d,2026-01-01 10:00,1\n", n // 24), 128 * KIB),
        Shape("a .csv with one quote", table, lambda n: head + b'"' + b"a,\n" * (n // 3), 60 * KIB),
        Shape("a .csv of rows that are none", table, lambda n: head + b'"a"b,\n' * (n // 6), 64 * KIB),
    ]


SERVICE = b"entente: 1\nservice: s\ntitle: S\n"
CONTRACT = (
    b"entente: 1\ncontract: c\ntitle: C\nsupplier: a\nclient: b\ntimezone: Europe/Paris\nvalid: {from: 2026-01-01}\n"
)
CLAUSE = (
    b"  - id: d%d\n    title: D\n    criteria:\n      - {id: c, owner: o, target: {max_misses: 1, per: month}, "
    b"indicator: {kind: conformity, each: {type: t}, good: {data.n: {le: 0}}}}\n"
)
DAYS = b"entente: 1\ncalendar: c\ntimezone: Europe/Paris\nopen: {mon-fri: ['09:00-17:00']}\nclosures:\n"
ICAL = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n%bEND:VCALENDAR\r\n"
CLOSED = b"BEGIN:VEVENT\r\nUID:%d\r\nDTSTART;VALUE=DATE:20260105\r\nSUMMARY:x\r\nEND:VEVENT\r\n"


def _of_documents() -> list[Shape]:
    def contract(raw: bytes) -> object:
        return contract_terms(read_bytes(raw, "c")[0])

    def calendar(raw: bytes) -> object:
        return calendar_terms(read_bytes(raw, "c")[0])

    def service(raw: bytes) -> object:
        return service_terms(read_bytes(raw, "s")[0])

    return [
        Shape("a contract file", contract, lambda n: CONTRACT + b"deliverables:\n" + _each(CLAUSE, n // 160), 15 * KIB),
        Shape("a contract file of many dependencies", contract, _dependent, 34 * KIB),
        Shape(
            "a calendar file", calendar, lambda n: DAYS + _each(b"  - 2026-01-01..2026-01-02 # %d\n", n // 34), 2 * KIB
        ),
        Shape(
            "a service file",
            service,
            lambda n: SERVICE + b"sources:\n" + _each(b"  - {source: s%d}\n", n // 17),
            3 * KIB // 2,
        ),
        Shape("YAML: a flat list", _document, lambda n: SERVICE + b"a: [" + b"a," * (n // 2) + b"a]", 20 * KIB),
        Shape("YAML: deep brackets", _document, lambda n: SERVICE + b"a: " + b"[" * n, 256 * KIB),
        Shape(
            "YAML: a long key twice", _document, lambda n: SERVICE + b"? %b\n: 1\n" % (b"k" * (n // 2)) * 2, 256 * KIB
        ),
        Shape("YAML: many lines", _document, lambda n: SERVICE + b'a: "' + b"a\n " * (n // 3) + b'"', 128 * KIB),
        Shape("iCalendar: many events", _closed, lambda n: ICAL % _each(CLOSED, n // 80), 30 * KIB),
        Shape("iCalendar: one long line", _closed, lambda n: ICAL % (b"X-A:" + b"a" * n + b"\r\n")),
        Shape("iCalendar: a folded line", _closed, lambda n: ICAL % (b"X-A:" + b"a\r\n " * (n // 4) + b"\r\n")),
        Shape(
            "iCalendar: many parameters", _closed, lambda n: ICAL % (b"X-A" + b";X=a" * (n // 4) + b":1\r\n"), 64 * KIB
        ),
        Shape("iCalendar: deep components", _closed, lambda n: ICAL % (b"BEGIN:VEVENT\r\n" * (n // 14)), 64 * KIB),
    ]


def _dependent(n: int) -> bytes:
    """200 deliverables, each of which depends on as many of those behind it as the size allows."""
    many = n // 1_400
    first = CLAUSE[: CLAUSE.index(b"criteria")]
    return (
        CONTRACT
        + b"deliverables:\n"
        + b"".join(
            first % one
            + b"depends_on: [%b]\n    "
            % b", ".join(b"d%d" % other for other in range(one + 1, min(200, one + 1 + many)))
            + CLAUSE[CLAUSE.index(b"criteria") :]
            for one in range(200)
        )
    )


def _document(raw: bytes) -> None:
    with suppress(DocumentInvalid):
        read_bytes(raw, "d")


def _closed(raw: bytes) -> None:
    with suppress(NotReadable):
        closed_days(raw, ZoneInfo("Europe/Paris"), date(2026, 1, 1), date(2026, 12, 31))
