"""Files through the door: every line and row is an event, a duplicate, or set aside with its bytes, file and line."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.csv_rows import CsvRows
from ingestion.door import Door
from ingestion.files import ImportCount, import_files
from ingestion.strict_json import LARGEST_EVENT
from services.access import ADMINISTRATOR
from services.contract_files.documents import read_documents
from services.contract_files.mapping_terms import MappingTerms
from services.contract_files.to_terms import mapping_terms
from services.errors import Invalid
from services.history.entries import EVENT, QUARANTINED, unpack
from services.history.history import History

BOSTON = Path("deploy/samples/boston/mapping.yaml")
REAL = Path("../shared/data/boston311_2015/boston311_2015.csv.xz")

MAPPING = """
entente: 1
mapping: tickets
read: {format: csv, delimiter: ";", timezone: Europe/Paris, times: "%d/%m/%Y %H:%M"}
events:
  - type: ticket.opened
    id: "{Id}/opened"
    source: desk/{Site}
    subject: "{Id}"
    time: "{Opened}"
    recordedtime: "{Noted}"
    data:
      due: {time: "{Due}"}
      cost: {number: "{Cost}"}
      label: {text: "{Id}-{Kind}"}
      who: {name: "{Kind}", badge: {text: "{Cost}"}}
      level: 1.50
      test: false
  - type: ticket.closed
    if: {Closed: {exists: true}, Kind: {ne: draft}}
    id: "{Id}/closed"
    source: desk/{Site}
    subject: "{Id}"
    time: "{Closed}"
"""
HEADER = "Id;Site;Opened;Noted;Due;Cost;Kind;Closed"


def mapping(text: str = MAPPING) -> MappingTerms:
    return mapping_terms(read_documents(text, "mapping.yaml")[0])


def events(history: History) -> list[dict[str, Any]]:
    return [json.loads(unpack(entry.state)[1]) for entry in history.read(0, 1000, [EVENT])]


def set_aside(history: History) -> list[tuple[str, str, bytes]]:
    entries = [unpack(entry.state) for entry in history.read(0, 1000, [QUARANTINED])]
    return [(header["origin"].rpartition("/")[2], header["slug"], raw) for header, raw in entries]


def write(path: Path, *rows: str, end: str = "\n") -> Path:
    path.write_bytes("".join(row + end for row in [HEADER, *rows]).encode())
    return path


def run(door: Door, *paths: Path, using: MappingTerms | None = None) -> ImportCount:
    return import_files(door, paths, using or mapping(), ADMINISTRATOR)


def test_a_row_gives_the_events_that_the_mapping_says(door: Door, history: History, tmp_path: Path) -> None:
    path = write(
        tmp_path / "t.csv",
        "7;north;10/03/2026 09:00;10/03/2026 09:05;12/07/2026 17:00;012.50;printer;11/03/2026 10:00",
        "8;north;10/03/2026 09:00;;;;;",
        "9;north;10/03/2026 09:00;;;;draft;11/03/2026 10:00",
    )
    assert run(door, path) == ImportCount(accepted=4)
    first, closed, bare, draft = [unpack(entry.state)[1] for entry in history.read(0, 9)]
    assert first == (
        b'{"specversion":"1.0","id":"7/opened","source":"desk/north","type":"ticket.opened","subject":"7",'
        b'"time":"2026-03-10T09:00:00+01:00","recordedtime":"2026-03-10T09:05:00+01:00",'
        b'"data":{"cost":12.50,"due":"2026-07-12T17:00:00+02:00","label":"7-printer","level":1.50,"test":false,'
        b'"who":{"badge":"012.50","name":"printer"}}}'
    )
    assert json.loads(closed) == {
        "specversion": "1.0",
        "id": "7/closed",
        "source": "desk/north",
        "type": "ticket.closed",
        "subject": "7",
        "time": "2026-03-11T10:00:00+01:00",
    }
    assert json.loads(bare)["data"] == {"level": 1.5, "test": False}
    assert json.loads(draft)["id"] == "9/opened"


def test_what_a_row_lacks_is_said_with_its_file_and_line_and_the_import_goes_on(
    door: Door, history: History, tmp_path: Path
) -> None:
    rows = [
        "1;north;10/03/2026 09:00;;;;;",
        ";north;10/03/2026 09:00;;;;;",
        "3;north;;;;;;",
        "4;north;10/03/2026;;;;;",
        "5;north;10/03/2026 09:00;;soon;;;",
        "6;north;10/03/2026 09:00;;;12,50;;",
        '7;"no\nrth";10/03/2026 09:00;;;;;',
        "8;north",
        "9;north;10/03/2026 09:00;;;;;;;",
        'a;"no"rth;10/03/2026 09:00;;;;;',
        "",
        "z;north;10/03/2026 09:00;;;;;",
    ]
    assert run(door, write(tmp_path / "t.csv", *rows)) == ImportCount(accepted=2, quarantined=9)
    found = set_aside(history)
    assert [(origin, slug) for origin, slug, _ in found] == [
        ("t.csv:3", "unmapped-row"),
        ("t.csv:4", "unmapped-row"),
        ("t.csv:5", "unmapped-row"),
        ("t.csv:6", "unmapped-row"),
        ("t.csv:7", "unmapped-row"),
        ("t.csv:8", "invalid-cloudevent"),
        ("t.csv:10", "malformed-row"),
        ("t.csv:11", "malformed-row"),
        ("t.csv:12", "malformed-row"),
    ]
    assert [raw.decode() for _, _, raw in found] == rows[1:10]
    assert [event["subject"] for event in events(history)] == ["1", "z"]
    problems = [str(unpack(entry.state)[0]["problem"]) for entry in history.read(0, 99, [QUARANTINED])]
    assert "`Id` is empty" in problems[0]
    assert "“10/03/2026” is not a time of the form %d/%m/%Y %H:%M" in problems[2]
    assert "`Due`: “soon”" in problems[3]
    assert (
        problems[4]
        == '`Cost`: “12,50” is not a number such as 12 or 0.5: the mapping says of a comma read: {decimal: ","}'
    )


def test_importing_again_stores_nothing_twice(door: Door, history: History, tmp_path: Path) -> None:
    rows = [f"{number};north;10/03/2026 09:00;;;0.{number};k;11/03/2026 10:00" for number in range(50)]
    path = write(tmp_path / "t.csv", *rows, "broken")
    assert run(door, path) == ImportCount(accepted=100, quarantined=1)
    before = history.last_position()
    assert run(door, path, write(tmp_path / "u.csv", *rows, end="\r\n")) == ImportCount(duplicates=200, quarantined=1)
    assert history.last_position() == before


def test_a_byte_order_mark_line_ends_and_quoted_line_breaks_are_fine(
    door: Door, history: History, tmp_path: Path
) -> None:
    for number, (front, end) in enumerate([(b"\xef\xbb\xbf", "\r\n"), (b"", "\r"), (b"", "\n")]):
        path = write(tmp_path / "t.csv", f'{number};north;10/03/2026 09:00;;;;"a;{end}b";', end=end)
        path.write_bytes(front + path.read_bytes())
        assert run(door, path) == ImportCount(accepted=1)
        assert events(history)[-1]["data"]["label"] == f"{number}-a;{end}b"


def test_a_row_in_another_encoding_is_set_aside_with_its_bytes(door: Door, history: History, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    row = "1;north;10/03/2026 09:00;;;;été;".encode("latin-1")
    path.write_bytes(HEADER.encode() + b"\n" + row + b"\n" + row.replace(b"1", b"2", 1).replace(b"\xe9", b"e"))
    assert run(door, path) == ImportCount(accepted=1, quarantined=1)
    assert set_aside(history) == [("t.csv:2", "unmapped-row", row)]
    latin = mapping(MAPPING.replace("format: csv,", "format: csv, encoding: latin-1,"))
    assert run(door, path, using=latin) == ImportCount(accepted=1, duplicates=1)
    assert events(history)[-1]["data"]["who"]["name"] == "été"


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (HEADER.replace(";Due", ";Duo"), "names `Due`, and the header has no such column"),
        (HEADER + ";Due", "has `Due` twice"),
        ("", "no such column"),
    ],
)
def test_a_header_that_does_not_fit_stops_the_import_before_it_begins(
    door: Door, history: History, tmp_path: Path, header: str, message: str
) -> None:
    good = write(tmp_path / "good.csv", "1;north;10/03/2026 09:00;;;;;")
    bad = tmp_path / "bad.csv"
    bad.write_text(header + "\n1;2;3")
    with pytest.raises(Invalid, match=message) as caught:
        run(door, good, bad)
    assert caught.value.place == f"{bad}:1"
    assert history.last_position() == 0


@pytest.mark.parametrize(
    ("header", "mend"),
    [
        (HEADER.replace("Due", "due"), "did you mean `due` for `Due`? its columns are Id, Site, Opened, Noted, due"),
        (HEADER.replace("Kind", "Kinds"), "did you mean `Kinds` for `Kind`? its columns are"),
        (HEADER.replace(";", ","), 'its first row is one column, Id,Site,Opened,Noted,Due,Cost,Kind,Closed: read: {delimiter: ","}'),
        ("a;b", "its columns are a, b"),
        ('"no"header', "its first row names the columns: it is empty"),
    ],
)  # fmt: skip
def test_what_may_be_wrong_with_a_header_is_said(door: Door, tmp_path: Path, header: str, mend: str) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text(header + "\n1;2;3")
    with pytest.raises(Invalid) as caught:
        run(door, bad)
    assert (caught.value.mend or "").startswith(mend)


@pytest.mark.parametrize(
    ("says", "written", "right"),
    [("utf-8", "cp1252", "cp1252"), ("cp1252", "utf-8", "utf-8"), ("utf-8", "utf-16", None)],
)
def test_a_header_in_another_encoding_than_the_mapping_says_is_told(
    door: Door, tmp_path: Path, says: str, written: str, right: str | None
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("Id;Site;Opened;Noted;Due;Coût;Kind;Closed\n".encode(written))
    using = MAPPING.replace("{Cost}", "{Coût}").replace("format: csv,", f"format: csv, encoding: {says},")
    with pytest.raises(Invalid) as caught:
        run(door, path, using=mapping(using))
    mend = caught.value.mend or ""
    assert f"read: {{encoding: {right or 'utf-16'}}}" in mend
    assert mend.encode()


def test_numbers_with_a_decimal_comma_are_read_where_the_mapping_says_so(
    door: Door, history: History, tmp_path: Path
) -> None:
    rows = [
        f"{id};north;10/03/2026 09:00;;;{cost};;" for id, cost in enumerate(["12,50", "-3", "1.234,5", "1.5", ",5"])
    ]
    comma = mapping(MAPPING.replace("format: csv,", 'format: csv, decimal: ",",'))
    assert run(door, write(tmp_path / "t.csv", *rows), using=comma) == ImportCount(accepted=3, quarantined=2)
    assert [one["data"]["cost"] for one in events(history)] == [12.5, -3, 0.5]


def test_files_that_cannot_be_imported_are_named(door: Door, history: History, tmp_path: Path) -> None:
    good = write(tmp_path / "good.csv", "1;north;10/03/2026 09:00;;;;;")
    for name in ("absent.csv", "absent.jsonl.gz", "events.txt", "events", ".jsonl"):
        with pytest.raises(Invalid) as caught:
            run(door, good, tmp_path / name)
        assert caught.value.place == str(tmp_path / name)
    with pytest.raises(Invalid, match="needs a mapping"):
        import_files(door, [good], None, ADMINISTRATOR)
    odd = tmp_path / "odd.csv"
    odd.write_bytes(b"\xff\xfe\x00\xd8a\x00")
    with pytest.raises(Invalid, match=r"the encoding that the mapping says \(correct `read.encoding`"):
        run(door, odd, using=mapping(MAPPING.replace("format: csv,", "format: csv, encoding: utf-16,")))
    assert history.last_position() == 0


def line(id: object, **more: object) -> bytes:
    event = {"specversion": "1.0", "id": str(id), "source": "s", "type": "t", "time": "2026-03-10T09:00:00Z"}
    return json.dumps(event | more).encode()


def test_a_jsonl_file_is_one_event_a_line(door: Door, history: History, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    lines = [b"\xef\xbb\xbf" + line(1), b"", b"  ", line(2) + b"\r", b"{", b"\xff", line(3, time="x"), line(2), line(4)]
    path.write_bytes(b"\n".join(lines))
    assert import_files(door, [path], None, ADMINISTRATOR) == ImportCount(accepted=3, duplicates=1, quarantined=3)
    assert set_aside(history) == [
        ("e.jsonl:5", "malformed-json", b"{"),
        ("e.jsonl:6", "malformed-json", b"\xff"),
        ("e.jsonl:7", "invalid-cloudevent", line(3, time="x")),
    ]
    assert [unpack(entry.state)[1] for entry in history.read(0, 9, [EVENT])] == [line(1), line(2), line(4)]


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".xz", lzma.compress)])
def test_packed_files_are_unpacked_as_they_are_read(
    door: Door, history: History, tmp_path: Path, suffix: str, pack: Any
) -> None:
    content = b"\n".join(line(number, data="x" * 200) for number in range(20_000))
    path = tmp_path / f"e.jsonl{suffix}"
    path.write_bytes(pack(content))
    assert import_files(door, [path], None, ADMINISTRATOR) == ImportCount(accepted=20_000)
    path.write_bytes(pack(content.replace(b"xx", b"yy"))[:-1000])
    with pytest.raises(Invalid, match="damaged"):
        import_files(door, [path], None, ADMINISTRATOR)
    path.write_bytes(b"no archive")
    with pytest.raises(Invalid, match="damaged"):
        import_files(door, [path], None, ADMINISTRATOR)


def test_a_line_without_end_fills_no_memory(door: Door, history: History, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(line(1) + b"\n")
        for _ in range(60):
            file.write(b"x" * LARGEST_EVENT)
        file.write(b"\n" + line(2))
    tracemalloc.start()
    count = import_files(door, [path], None, ADMINISTRATOR)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == ImportCount(accepted=2, quarantined=1)
    assert peak < 25 * LARGEST_EVENT
    [(origin, slug, raw)] = set_aside(history)
    assert (origin, slug) == ("e.jsonl.gz:2", "too-large")
    assert set(raw) == {ord("x")}


def test_progress_is_told_after_every_batch(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(b"\n".join(map(line, range(12_000))))
    told: list[ImportCount] = []
    import_files(door, [path], None, ADMINISTRATOR, told.append)
    assert [count.accepted for count in told] == [5_000, 10_000, 12_000]


def test_what_stops_the_caller_is_not_blamed_on_the_file(door: Door, tmp_path: Path) -> None:
    path = tmp_path / "e.jsonl"
    path.write_bytes(line(1))

    def stop(count: ImportCount) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        import_files(door, [path], None, ADMINISTRATOR, stop)


CELLS = st.text(alphabet=st.sampled_from('a",;\n\r é\x00'), max_size=4)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=2).filter(any), max_size=6))
def test_rows_come_back_as_they_were_written(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerows([["h", "i"], *rows])
    with CsvRows(io.BytesIO(text.getvalue().encode()), ",", "utf-8") as read:
        assert read.header == ["h", "i"]
        assert [row.cells for row in read] == rows


@given(st.binary(max_size=200))
def test_no_byte_of_a_csv_is_lost_whatever_it_holds(noise: bytes) -> None:
    with CsvRows(io.BytesIO(b"h;i\n" + noise), ";", "utf-8") as rows:
        kept = b"".join(rows.bytes_of(row) for row in rows)
    assert kept.translate(None, b"\r\n") == noise.translate(None, b"\r\n")


def test_a_year_of_a_citys_requests_is_imported_whole(door: Door, history: History) -> None:
    assert REAL.exists(), "the city's records are absent: ../shared/data beside the project's folder"
    terms = mapping(BOSTON.read_text())
    assert import_files(door, [REAL], terms, ADMINISTRATOR) == ImportCount(accepted=222_417)
    first = json.loads(unpack(history.read(1, 1)[0].state)[1])
    assert first["time"] == "2015-01-02T09:08:42-05:00"
    assert history.read(0, 1, [QUARANTINED]) == []


def test_an_event_made_of_a_row_is_checked_like_any_other(door: Door, history: History, tmp_path: Path) -> None:
    rows = [
        "1;north;10/03/2026 09:00;;;;a\0b;",
        f"{'x' * 600};north;10/03/2026 09:00;;;;;",
        f"3;north;10/03/2026 09:00;;;;{'y' * 100_000};",
    ]
    path = write(tmp_path / "t.csv", *rows)
    label = 'label: {text: "' + "{Kind}" * 6 + '"}'
    large = mapping(MAPPING.replace('label: {text: "{Id}-{Kind}"}', label.replace("{Kind}", "{Kind}{Kind}")))
    assert run(door, path, using=large) == ImportCount(quarantined=3)
    assert [(slug, raw.decode()) for _, slug, raw in set_aside(history)] == [
        ("nul-character", rows[0]),
        ("invalid-cloudevent", rows[1]),
        ("too-large", rows[2]),
    ]
