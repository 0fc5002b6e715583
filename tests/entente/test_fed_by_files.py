"""Tools whose events come in a file now and then: the time of the contracts that they feed waits for the next one (decision 38).

The tool `tool` of `lab` gives a file each Monday; `c` owes a report each Monday at 10:00, `other` takes nothing from that tool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from domain.events import OperationalEvent
from domain.times import Instant, show
from entente.doctor_time import time_findings
from entente.findings import Finding
from entente.serving import web
from entente.settings import Settings
from entente.timekeeping import LiveTime
from entente.wiring import Program, program
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR, Principal
from services.auditing.history_rows import history_after
from services.breaches.reading import read_breaches
from services.contracts.contracting import Contracting
from services.directory.feeding import pass_for_fed
from services.directory.feeds import Awaited
from services.directory.reading import read_awaited, read_sources
from services.directory.source_rows import SourceRow
from services.errors import DocumentInvalid
from services.figures.reading import read_occurrences
from services.history.entries import OUTAGE, RULES, SPARED, TIME, WAITS, header_of, pack, time_stream
from services.history.history import Fact
from services.judging.judge import Judge
from services.judging.lens import Lens
from services.proving.contents import shown
from services.proving.own import Own
from services.seeing.past import judged_anew, replay
from tests.given import Tree, at, contract, criterion, document, event, punctuality, structured
from tests.services.judged import dumped, scratch

START = at("2026-03-04 12:00")
LAB: Tree = {
    "entente": 1,
    "service": "lab",
    "sources": [{"source": "tool", "by": "files", "expected_every": "1 week"}],
}
MINE: Tree = contract(criterion(punctuality(), each_miss="breach"), valid={"from": "2026-03-04"})
OTHER: Tree = contract(
    criterion(punctuality(delivered={"type": "report", "source": "live"}), each_miss="breach"),
    id="other",
    valid={"from": "2026-03-04"},
)


@dataclass
class Fed:
    program: Program
    clock: list[Instant]
    time: LiveTime

    def pass_to(self, moment: str) -> None:
        """Step by step, as a program does that runs all along."""
        to = at(moment)
        while self.clock[0] < to:
            self.clock[0] = min(to, self.clock[0] + 6 * 86_400_000_000)
            self.step()

    def step(self) -> None:
        self.time.step()
        self.program.store.judging.catch_up()

    def begin_again(self) -> None:
        """The program was ended and started."""
        self.time = live(self.program, self.clock)

    def file(self, *events: OperationalEvent) -> None:
        self.program.door.submit([decode_structured(structured(one)) for one in events], ADMINISTRATOR, "file")
        self.program.store.judging.catch_up()

    def verdicts(self, name: str = "c") -> dict[str, str]:
        rows = self.program.store.read(ADMINISTRATOR, read_occurrences, f"{name}/d/on-time")
        return {one.key: one.verdict for one in rows if one.verdict != "pending"}

    def breaches(self, name: str = "c") -> list[str | None]:
        return [
            one.key
            for one in self.program.store.read(ADMINISTRATOR, read_breaches, contract=name, state="open")
            if one.key
        ]

    def own(self) -> str | None:
        reached = self.program.store.seeing.known().of("c").watermark
        return show(reached) if reached is not None else None

    def awaited(self) -> list[Awaited]:
        return self.program.store.read(ADMINISTRATOR, read_awaited)

    def source(self) -> SourceRow:
        [found] = [one for one in self.program.store.read(ADMINISTRATOR, read_sources) if one.source == "tool"]
        return found


def live(opened: Program, clock: list[Instant]) -> LiveTime:
    return LiveTime(opened, lambda: clock[0], settle=0, outage=0)


@pytest.fixture
def running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fed]:
    monkeypatch.setattr("entente.timekeeping.PARTLY_EVERY", 0.0)
    clock = [START]
    settings = Settings(store=f"sqlite:///{tmp_path / 'entente.db'}", settle=0)
    with program(settings, clock=lambda: clock[0]) as opened:
        for tree in (LAB, MINE, OTHER):
            opened.store.use(Contracting).apply(
                ADMINISTRATOR, document(tree), sign=("supplier", "client") if "contract" in tree else ()
            )
        opened.store.judging.catch_up()
        found = Fed(opened, clock, live(opened, clock))
        found.step()
        yield found
        assert replay(opened.store.history, opened.store.history.database).is_same


def report(day: str, time: str) -> OperationalEvent:
    return event("report", time, None, date=f"2026-{day}")


def other(time: str) -> OperationalEvent:
    return event("report", time, None, date="2026-01-05")  # belongs nowhere, and says that the tool was heard of


def test_what_a_file_is_to_say_is_not_missing_before_it_came(running: Fed) -> None:
    running.pass_to("03-10 12:00")
    assert (running.verdicts(), running.breaches()) == ({}, [])
    assert (running.verdicts("other"), running.breaches("other")) == ({"2026-03-09": "missing"}, ["2026-03-09"])
    [awaited] = running.awaited()
    assert (awaited.contract, awaited.feed.source) == ("c", "tool")
    assert (awaited.feed.expected_by, awaited.feed.until) == (at("03-11 12:00"), at("03-18 12:00"))
    running.file(report("03-09", "03-09 09:30"))
    running.step()
    assert (running.verdicts(), running.own()) == ({"2026-03-09": "met"}, "2026-03-09T08:30:00Z")


def test_what_is_not_in_the_file_is_missing_up_to_its_last_event(running: Fed) -> None:
    running.pass_to("03-16 09:00")
    running.file(other("03-13 17:00"))
    running.step()
    assert (running.verdicts(), running.breaches()) == ({"2026-03-09": "missing"}, ["2026-03-09"])
    running.pass_to("03-20 09:00")
    assert running.verdicts() == {"2026-03-09": "missing"}  # that of the 16th waits for the next file


def test_an_event_of_times_to_come_says_nothing_of_what_was_heard(running: Fed) -> None:
    running.pass_to("03-09 12:00")
    running.file(other("03-05 09:00"), other("08-01 09:00"))
    running.step()
    assert running.own() == "2026-03-05T08:00:00Z"


def test_who_brings_a_file_may_say_how_far_it_reaches(running: Fed) -> None:
    running.pass_to("03-10 12:00")
    before = running.program.store.history.last_position()
    running.file(other("03-06 17:00"))
    assert pass_for_fed(running.program.store, ADMINISTRATOR, at("03-10 00:00"), before) == ["c"]
    running.program.store.judging.catch_up()
    assert (running.verdicts(), running.own()) == ({"2026-03-09": "missing"}, "2026-03-09T23:00:00Z")


def test_a_file_that_does_not_come_is_said_and_time_goes_on_when_the_next_one_is_due_too(running: Fed) -> None:
    running.pass_to("03-11 11:00")
    assert not running.source().is_silent
    running.pass_to("03-12 12:00")
    assert running.source().is_silent
    assert running.source().expected_by == at("03-11 12:00")
    assert running.verdicts() == {}
    running.pass_to("03-18 11:59")
    assert running.verdicts() == {}
    running.pass_to("03-18 12:10")
    assert running.verdicts() == {"2026-03-09": "missing", "2026-03-16": "missing"}
    assert running.awaited() == []
    running.file(report("03-09", "03-09 09:30"))  # better late than never
    assert (running.verdicts()["2026-03-09"], running.breaches()) == ("met", ["2026-03-16"])
    running.pass_to("03-24 12:00")
    assert len(running.awaited()) == 1
    assert "2026-03-23" not in running.verdicts()


def test_an_outage_of_ours_excuses_nothing_that_a_file_tells_later(running: Fed) -> None:
    running.pass_to("03-08 12:00")
    running.clock[0] = at("03-12 12:00")
    running.begin_again()
    running.step()
    running.file(other("03-11 09:00"))
    running.step()
    assert (running.verdicts(), running.verdicts("other")) == ({"2026-03-09": "missing"}, {"2026-03-09": "unknown"})
    [spared] = running.program.store.history.read(0, 100, [SPARED])
    assert header_of(spared.state)["contract"] == "c"


def test_who_was_away_for_weeks_brings_the_files_before_anything_is_missing(running: Fed) -> None:
    running.pass_to("03-05 12:00")
    running.clock[0] = at("03-11 12:00")
    running.begin_again()
    running.step()
    running.pass_to("03-25 11:00")  # twice a week beyond the return, not beyond the last file
    assert running.verdicts() == {}
    running.pass_to("03-25 12:10")
    assert set(running.verdicts().values()) == {"missing"}


def test_an_administrator_says_it_of_all(running: Fed) -> None:
    running.pass_to("03-09 12:00")
    running.clock[0] = at("03-10 00:00")
    running.program.store.timekeeping.advance(ADMINISTRATOR, at("03-10 00:00"))
    running.program.store.judging.catch_up()
    assert running.verdicts() == {"2026-03-09": "missing"}


def test_its_time_is_that_of_the_contract_for_those_who_decide(running: Fed) -> None:
    running.pass_to("03-10 12:00")
    assert running.program.store.timekeeping.waiting() == {"c"}
    amended = contract(
        criterion(punctuality(tolerance="1 h"), each_miss="breach"), effective="2026-03-05", valid=MINE["valid"]
    )
    running.program.store.use(Contracting).apply(ADMINISTRATOR, document(amended), sign=("supplier", "client"))


def test_as_of_a_moment_it_waited(running: Fed) -> None:
    running.pass_to("03-10 12:00")
    with judged_anew(running.program.store.history, Lens(as_of=at("03-09 18:00"))) as judge:
        sql = "SELECT verdict FROM view_occurrence WHERE commitment = ? AND key = '2026-03-09'"
        with judge.database.connect() as reads:
            assert reads.query(sql, ["c/d/on-time"]) == [("pending",)]
            assert reads.query(sql, ["other/d/on-time"]) == [("missing",)]


def test_a_contract_that_names_another_tool_does_not_wait(running: Fed) -> None:
    running.pass_to("03-10 12:00")
    history = running.program.store.history
    assert [header_of(one.state)["contract"] for one in history.read(0, 1_000, [WAITS])] == ["c"]
    assert header_of(history.read(0, 1_000, [TIME])[-1].state)["some_wait"]
    assert running.program.store.timekeeping.waiting() == {"c"}


def test_stores_of_before_name_those_that_wait_in_the_entry_of_time_itself(running: Fed) -> None:
    history = running.program.store.history
    for day, waiting in (("03-09", ["c"]), ("03-10", ["c"]), ("03-11", [])):
        header = {"time": at(f"{day} 12:00"), "received": at(f"{day} 12:00"), "by": "entente", "waiting": waiting}
        history.append_facts([Fact(time_stream(at(f"{day} 12:00")), TIME, pack(header, b""))])
        assert running.program.store.timekeeping.waiting() == set(waiting)
        with judged_anew(history, Lens()) as judge:
            assert judge.bench.own_times.waiting() == set(waiting)


def test_a_party_reads_nowhere_that_a_contract_of_others_waits_or_was_spared(running: Fed) -> None:
    """Its bundle has every entry of time without a name, so that it comes to the same figures."""
    running.pass_to("03-08 12:00")
    running.clock[0] = at("03-12 12:00")
    running.begin_again()
    running.step()
    running.pass_to("03-14 12:00")
    history, seeing = running.program.store.history, running.program.store.seeing
    entries = history.read(0, 1_000, [TIME, WAITS, OUTAGE, SPARED])
    assert {one.topic for one in entries} == {TIME, WAITS, OUTAGE, SPARED}
    of_all = [one for one in entries if one.topic in (TIME, OUTAGE)]
    with seeing.seen(Principal("member", frozenset({"stranger"}))) as seen:
        assert Own(seen).of(entries) == of_all
        assert all(b'"c"' not in one.state for one in of_all)
        assert {row.topic for row in history_after(seen, 0, 1_000, "time")} <= {TIME, OUTAGE, RULES}
    with seeing.seen(ADMINISTRATOR) as seen:
        assert {WAITS, SPARED} <= {row.topic for row in history_after(seen, 0, 1_000, "time")}
        assert Own(seen, ["c"]).of(entries) == entries


@pytest.mark.parametrize("name", ["c", "other"])
def test_a_contract_comes_to_the_same_by_its_own_entries_alone(running: Fed, name: str) -> None:
    running.pass_to("03-08 12:00")
    running.clock[0] = at("03-12 12:00")
    running.begin_again()
    running.step()
    running.file(report("03-09", "03-09 09:30"), other("03-11 09:00"))
    running.pass_to("03-30 12:00")
    history = running.program.store.history
    with running.program.store.seeing.seen(ADMINISTRATOR) as seen, shown() as aside:
        aside.add(Own(seen, [name]).of(history.read(0, 1_000)))
        with judged_anew(aside.history, Lens()) as judge:
            lines = [one for one in dumped(judge.database) if f"commitment='{name}/" in one]
        assert lines == [one for one in dumped(history.database) if f"commitment='{name}/" in one]
        assert any(one.startswith("view_period") for one in lines)


@pytest.mark.parametrize("limit", [1, 3])
def test_a_judge_that_begins_anew_comes_to_the_same(running: Fed, limit: int) -> None:
    running.pass_to("03-10 12:00")
    running.file(report("03-09", "03-09 09:30"), other("03-09 17:00"))
    running.step()
    running.pass_to("03-30 12:00")
    with scratch() as database:
        Judge(running.program.store.history, database).catch_up(limit)
        assert dumped(database) == dumped(running.program.store.history.database)


def test_it_is_said_wherever_one_looks(running: Fed) -> None:
    running.pass_to("03-10 12:00")
    client = TestClient(web(running.program), base_url="http://127.0.0.1")
    awaited = {
        "contract": "c",
        "source": "tool",
        "expected_by": "2026-03-11T11:00:00Z",
        "until": "2026-03-18T11:00:00Z",
    }
    assert client.get("/readyz").json()["files_awaited"] == [awaited]
    assert 'entente_file_expected_timestamp_seconds{source="tool"}' in client.get("/metrics").text
    for path in ("/contracts/c", "/commitments/c/d/on-time", "/quarantine"):
        assert "attend le prochain fichier de tool, prévu avant le mer." in french(client, path).replace(
            "Attend", "attend"
        )
    assert "prochain fichier" not in french(client, "/contracts/other")
    assert "c/d" not in str([one.says for one in findings(running)])
    running.pass_to("03-12 12:00")
    assert "qui était prévu avant le mer." in french(client, "/contracts/c")
    assert [one.says for one in findings(running)] == ["c waits for the file of tool, expected by 2026-03-11T11:00:00Z"]


def test_doctor_names_who_is_fed_by_files_though_nothing_says_so(running: Fed) -> None:
    running.program.store.use(Contracting).apply(ADMINISTRATOR, document({**LAB, "sources": [{"source": "tool"}]}))
    running.file(report("03-09", "03-04 10:00"))
    [found] = findings(running)
    assert (found.says[:38], found.mend[:52]) == (
        "the events of c came in files alone, a",
        "in the service file of its source: `by: files` and `",
    )


def test_files_of_which_nobody_knows_when_are_refused(running: Fed) -> None:
    with pytest.raises(
        DocumentInvalid, match=r"sources\[0\].by: time cannot wait for files .* \(expected_every: 1 week"
    ):
        running.program.store.use(Contracting).apply(
            ADMINISTRATOR, document({**LAB, "sources": [{"source": "tool", "by": "files"}]})
        )


def french(client: TestClient, path: str) -> str:
    return client.get(path, headers={"accept-language": "fr"}).text.replace("\N{NO-BREAK SPACE}", " ")


def findings(running: Fed) -> list[Finding]:
    settings = running.program.settings
    store = running.program.store
    found = list(time_findings(store.history, store.seeing, settings, running.clock[0]))
    return [one for one in found if one.check == "files"]
