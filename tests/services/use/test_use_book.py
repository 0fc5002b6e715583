"""The book of use: whatever comes in whatever order and batches, the rows are those of counting from nothing (SHARED §2)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.events import OperationalEvent
from domain.offers.metering import Metering
from services.access import ADMINISTRATOR
from services.arrivals.reading import read_unselected
from services.arrivals.unselected import Kind, counts
from services.contract_files import offer_terms
from services.history.entries import Position
from services.judging.judge import Judge
from services.judging.shares import Share
from services.offers.reading import read_offer
from services.seeing.past import replay, seeing_at
from services.use.consumption import read_consumption
from services.use.counting import OfferUse
from services.use.rows import UseRow
from tests.given import at, conformity, contract, criterion, document, structured
from tests.oracle import use as oracle
from tests.services.judged import Life, dumped, living, scratch
from tests.services.sharded import judged_in_shards
from tests.services.use.offered import CLIENTS, HOURS, SOURCE, offer, publish, worked

BOOK = ("view_use ", "view_use_late ", "view_use_ahead ")


@pytest.fixture
def life() -> Iterator[Life]:
    with living() as life:
        yield life


def rows(life: Life, **asked: Any) -> list[UseRow]:
    return life.store.read(ADMINISTRATOR, read_consumption, "it-support", **asked)


def _unselected(life: Life) -> dict[Kind, int]:
    with life.store.history.database.connect() as reads:
        return counts(reads)


def of_the_book(lines: Sequence[str]) -> list[str]:
    return [line for line in lines if line.startswith(BOOK)]


# Any order, any batches

DAYS = st.integers(0, 150).map(lambda days: date(2026, 1, 5) + timedelta(days=days))
WORK = st.tuples(
    st.just("work"),
    DAYS,
    st.sampled_from([*CLIENTS, "nobody"]),
    st.sampled_from([1, 2, 0.25, -1.5, "much"]),
    st.sampled_from(["desk", "on-site", None]),
)
CHANGE = st.tuples(st.sampled_from(["void", "move"]), st.integers(0, 7), st.sampled_from([*CLIENTS]))
TIME = st.tuples(st.just("time"), DAYS)
VERSION = st.tuples(st.just("version"), st.sampled_from(["hr to legal", "as before", "from April", "calls"]))
STEPS = st.lists(WORK | WORK | CHANGE | TIME | VERSION, max_size=24)


def wording(name: str) -> Any:
    meter = (
        HOURS
        if name != "hr to legal"
        else {**HOURS, "client": {"path": "data.client", "map": {**CLIENTS, "hr": "legal"}}}
    )
    if name == "from April":
        return offer(
            effective="2026-04-01", meters=[{**HOURS, "client": {"path": "data.client", "map": {"hr": "legal"}}}]
        )
    calls = {"id": "calls", "title": "C", "each": {"type": "called"}, "client": {"path": "data.client"}}
    return offer(meters=[meter, calls] if name == "calls" else [meter])


@dataclass
class Lived:
    """What was published and sent, and how far time has come."""

    versions: list[Any] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    time: date | None = None


def live(life: Life, steps: Sequence[Any], *, judges: bool) -> Lived:
    made: list[OperationalEvent] = []
    lived = Lived([wording("as before")])
    publish(life, wording("as before"))
    for number, step in enumerate(steps):
        match step:
            case "work", day, client, hours, feature:
                made.append(worked(f"{day} 09:30", client, hours, id=f"w{number}", feature=feature))
                lived.sent.append(structured(made[-1]))
                life.append(lived.sent[-1:])
            case ("void" | "move") as kind, which, client if which < len(made):
                gone = made[which]
                it = worked(gone.time, client, 3, id=f"c{number}")
                lived.sent.append(structured(replace(it, **{"voids" if kind == "void" else "replaces": gone.id})))
                life.append(lived.sent[-1:])
            case "time", day:
                lived.time = max(day, lived.time or day)
                life.append_time(f"{lived.time} 12:00")
            case "version", name:
                lived.versions += [wording(name)] if wording(name) != lived.versions[-1] else []
                publish(life, wording(name))
            case _:
                pass
        if judges:
            life.judge()
    life.judge()
    return lived


def tallies(life: Life) -> dict[tuple[str, str, str], dict[str, Decimal]]:
    """By meter, client and month: what each cut sums to."""
    with life.store.history.database.connect() as reads:
        stored = reads.query("SELECT meter, client, month, cut, total FROM view_use WHERE offer = 'it-support'")
    found: dict[tuple[str, str, str], dict[str, Decimal]] = {}
    for meter, client, month, cut, total in stored:
        cuts = found.setdefault((meter, client, month), {})
        cuts[cut] = cuts.get(cut, Decimal(0)) + Decimal(total)
    return found


@settings(max_examples=30, deadline=None)
@given(STEPS, st.integers(1, 7))
def test_in_any_batches_the_rows_are_the_same(steps: Sequence[Any], limit: int) -> None:
    with living() as life:
        live(life, steps, judges=True)
        assert life.dump() == life.judged_again() == life.judged_again(limit)


@settings(max_examples=30, deadline=None)
@given(STEPS)
def test_units_are_those_of_a_second_count_and_no_cut_changes_them(steps: Sequence[Any]) -> None:
    with living() as life:
        lived = live(life, steps, judges=False)
        until = datetime.combine(lived.time, time(12), ZoneInfo("Europe/Paris")) if lived.time is not None else None
        found = tallies(life)
        again = oracle.units(lived.versions, oracle.read(lived.sent), until)
        assert {place: cuts[""] for place, cuts in found.items()} == again
        assert all(len(set(cuts.values())) == 1 for cuts in found.values())


@settings(max_examples=15, deadline=None)
@given(STEPS, st.integers(0, 30))
def test_what_stood_at_an_earlier_entry_is_told_exactly(steps: Sequence[Any], more: int) -> None:
    """Of months that were final then."""
    with living() as life:
        live(life, [*steps[:12], ("time", date(2026, 6, 30))], judges=False)
        position, stood = life.position(), _units(life, None)
        live_on = [one for one in steps[12:] if one[0] != "version"]
        for number, step in enumerate(live_on):
            if step[0] == "work":
                _, day, client, hours, feature = step
                if day < date(2026, 6, 1):
                    life.append([structured(worked(f"{day} 10:00", client, hours, id=f"m{number}", feature=feature))])
        life.judge()
        assert _units(life, Position(position)) == stood


def _units(life: Life, at: Position | None) -> dict[str, Fraction]:
    with life.store.seeing.seen(ADMINISTRATOR) as seen:
        use = OfferUse(seen, read_offer(seen, "it-support"))
        months = [date(2026, month, 1) for month in range(1, 6)]
        found = {client: used.units for client, used in use.by_client("hours", months, at).items()}
        days = {
            client: use.between("hours", client, date(2026, 1, 1), date(2026, 6, 1), at)
            for client in [*use.clients, ""]
        }
    assert {client: units for client, units in days.items() if units} == {
        c: units for c, units in found.items() if units
    }
    return {client: units for client, units in found.items() if units}


# Shards, replay, looking back


def some(life: Life) -> None:
    publish(life, offer())
    life.sign(contract(criterion(conformity(each={"type": "item"}), "right")))
    life.happen(worked("2026-01-10 09:00", "hr", 2), worked("2026-03-10 09:00", "legal", 3, id="gone"))
    life.advance("2026-02-20 00:00")
    life.happen(worked("2026-01-20 09:00", "hr", 5))
    life.receive([structured(replace(worked("2026-02-01 09:00", "hr", 0, id="void"), voids="gone"))])
    life.advance("2026-04-20 00:00")


def test_one_of_the_shards_keeps_the_book(life: Life) -> None:
    some(life)
    with scratch() as database:
        Judge(life.store.history, database, share=Share(1, 2)).catch_up()
        assert not of_the_book(dumped(database))


def test_shards_make_the_same_rows_and_one_of_them_keeps_the_book(life: Life) -> None:
    some(life)
    whole = sorted(life.judged_again())
    assert of_the_book(whole)
    assert judged_in_shards(life.store.history, 3) == whole == judged_in_shards(life.store.history, 1, limit=2)


def test_replay_compares_the_book(life: Life) -> None:
    some(life)
    database = life.store.history.database
    assert replay(life.store.history, database).is_same
    with database.transaction() as writes:
        writes.execute("UPDATE view_use SET total = '9' WHERE cut = ''")
    assert any("view_use " in line for line in replay(life.store.history, database).differences)


def test_looking_back_counts_what_was_known_or_had_happened(life: Life) -> None:
    some(life)
    [january] = rows(life, client="human-resources", period="2026-01")
    assert (january.state, january.used and january.used.text, january.final and january.final.text) == (
        "restated",
        "7",
        "2",
    )
    before = january.causes[0] - 1
    with seeing_at(life.store.history, position=before) as then, then.seen(ADMINISTRATOR) as seen:
        [believed] = read_consumption(seen, "it-support", client="human-resources", period="2026-01")
    assert (believed.state, believed.used and believed.used.text) == ("final", "2")
    with seeing_at(life.store.history, as_of=at("2026-01-15 00:00")) as then, then.seen(ADMINISTRATOR) as seen:
        [as_of] = read_consumption(seen, "it-support", client="human-resources", period="2026-01")
    assert (as_of.state, as_of.used and as_of.used.text) == ("open", "2")


def test_the_look_back_of_one_contract_keeps_no_book(life: Life) -> None:
    some(life)
    with seeing_at(life.store.history, position=life.position(), contract="c") as then:
        assert not of_the_book(dumped(then.database))


# Who counts what


def test_an_event_that_a_meter_selects_is_claimed(life: Life) -> None:
    work = worked("2026-01-10 09:00", "hr", 2)
    life.happen(work)
    unselected = ("work.logged", SOURCE)
    assert _unselected(life) == {unselected: 1}
    near = life.store.read(ADMINISTRATOR, read_unselected)
    assert [(row.type, row.events) for row in near] == [("work.logged", 1)]
    publish(life, offer())
    life.happen(worked("2026-01-11 09:00", "hr", 2))
    assert _unselected(life) == {}
    life.sign(contract(criterion(conformity(each={"type": "work.logged"}), "right")))
    assert _unselected(life) == {}
    publish(life, offer(meters=[{**HOURS, "each": {"type": "call"}}]))
    assert _unselected(life) == {}
    life.sign(contract(criterion(conformity(each={"type": "else"}), "right"), effective="2026-01-02"))
    assert life.dump() == life.judged_again()


def test_what_is_not_shown_to_the_supplier_is_not_counted() -> None:
    hidden, open_to_it = (
        replace(worked("2026-01-10 09:00", "hr", 2), shown_to=shown_to)
        for shown_to in (("lab",), ("lab", "digital-syndicate"))
    )
    metering = Metering([offer_terms(document(offer()))])
    assert metering.of(hidden) == []
    assert len(metering.of(open_to_it)) == 1


def test_months_and_hours_are_those_on_the_wall() -> None:
    metering = Metering([offer_terms(document(offer()))])
    [last] = metering.of(worked(at("2026-02-01 00:00") - 1, "hr", 2))
    [first] = metering.of(worked("2026-02-01 00:00", "hr", 2))
    assert (last.day, last.hour, first.day, first.hour) == (date(2026, 1, 31), 23, date(2026, 2, 1), 0)


def test_a_version_that_mends_the_map_for_the_past_restates_final_months(life: Life) -> None:
    publish(life, offer())
    life.happen(worked("2026-01-10 09:00", "hr", 2))
    life.advance("2026-03-01 00:00")
    publish(life, wording("hr to legal"))
    by_client = {row.client: row for row in rows(life, period="2026-01")}
    moved = by_client["legal"]
    assert (moved.state, moved.used and moved.used.text, moved.final and moved.final.text) == ("restated", "2", "0")
    assert moved.causes == (life.position(),)
    publish(life, wording("from April"))  # what counted until then stays
    assert {row.client: row.used and row.used.text for row in rows(life, period="2026-01")}["legal"] == "2"
