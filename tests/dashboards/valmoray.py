"""A year of the Ville de Valmoray in a real store, up to a November morning: told of and decided through the program itself.

Built once a run, into a file; who decides something in a test takes a copy. What has no id that one could guess has a name, and
stands in addresses by that: `page_of("/breaches/{late}")`.
"""

from __future__ import annotations

import atexit
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import mkdtemp

from domain.times import Instant, local_date
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR, principal
from services.arrivals.reading import read_quarantine
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_actions, read_breaches
from services.contracts.contracting import Contracting
from services.excuses.excusing import Excusing
from services.excuses.reading import read_excuses
from services.figures.reading import read_occurrences
from services.matches.matching import Matching
from services.matches.setting_aside import SettingAside
from services.reviews.reviewing import Reviewing
from tests.dashboards.told import (
    NEVER_CLOSED,
    SNOW,
    TICKETS,
    Told,
    meal,
    on_wall,
    told,
    year,
)
from tests.dashboards.town import (
    AGREED,
    FAULTS,
    HEADCOUNT,
    HOSTILE_ON_TIME,
    LATE,
    MEALS_ON_TIME,
    NOW,
    OPINIONS,
    ORGANISATION,
    REVIEW,
    TODAY,
    Clock,
    Town,
    meals,
)
from tests.given import PARIS, at


def build(url: str) -> dict[str, str]:
    """Fills an empty store; returns the names."""
    clock = Clock()
    with program(Settings(store=url, organisation=ORGANISATION), clock=clock) as opened:
        town = Town(opened, clock, {"ticket": f"INC-{10_000 + TICKETS - 1}"})
        town.agree(AGREED, "supplier", "client")
        events = year()
        _live(town, events, "2025-11-01 00:00", "2026-08-24 00:00")
        town.agree(meals(2), "supplier", "client")
        _live(town, events, "2026-08-24 00:00", "2026-11-05 09:00")
        _explain(town)
        _live(town, events, "2026-11-05 09:00", "2026-11-10 16:00")
        _meet(town)
        _live(town, events, "2026-11-10 16:00", "2026-11-16 16:00")
        town.agree(meals(3), "supplier")
        _ask(town)
        _live(town, events, "2026-11-16 16:00", "2026-11-17 00:00")
        _this_morning(town, events)
        return town.names


def _live(town: Town, events: Sequence[Told], since: str, until: str) -> None:
    """What arrives in [since, until), and that time passes, week by week."""
    arriving = sorted((one for one in events if at(since) <= one.arrives < at(until)), key=lambda one: one.arrives)
    for end, week in groupby(arriving, key=lambda one: min(_week_end(one.arrives), at(until))):
        town.clock.now = end
        town.hear(*(one.content for one in week))
        town.advance(end)


def _week_end(moment: Instant) -> Instant:
    day = local_date(moment, PARIS)
    return on_wall(day + timedelta(7 - day.weekday()), "00:00")


def _explain(town: Town) -> None:
    """In November: what was lost in October and in September."""
    following_up, store, hakim = (
        town.program.store.use(FollowingUp),
        town.program.store,
        principal("legal/hakim.benali"),
    )
    [lost] = [one for one in store.read(ADMINISTRATOR, read_breaches, commitment=OPINIONS) if one.period == "2026-10"]
    following_up.acknowledge(hakim, lost.id)
    following_up.explain_breach(hakim, lost.id, "Two lawyers were absent from 12 to 23 October; nobody stood in.")
    following_up.progress(hakim, str(lost.action), "The list goes to the directors on Thursday.")
    [done] = [one for one in store.read(ADMINISTRATOR, read_actions, commitment=HEADCOUNT) if one.period == "2026-09"]
    following_up.close(principal("education/nadia.ferrand"), done.id, "Done in all schools.")
    marc, text = principal("kitchen/marc.olivier"), "Move Monday's loading to Friday evening"
    overdue, _ = following_up.open_action(marc, MEALS_ON_TIME, text, due=date(2026, 11, 13))
    town.names.update({"lost": lost.id, "open": str(lost.action), "closed": done.id, "overdue": overdue})
    town.judge()


def _meet(town: Town) -> None:
    reviewing, hakim = town.program.store.use(Reviewing), principal("legal/hakim.benali")
    reviewing.minutes(hakim, REVIEW, "Both sides went through the three late opinions.")
    reviewing.decide(principal("planning/claire.roussel"), REVIEW, "The opinion PC 26 00199 is excused.")
    reviewing.sign_review(hakim, REVIEW)
    town.judge()


def _ask(town: Town) -> None:
    """What the kitchen asks Education not to count, and what Education says to it, and to the third version."""
    store = town.program.store
    marc, nadia = principal("kitchen/marc.olivier"), principal("education/nadia.ferrand")
    comment = "The buses arrive at 9:10.\nA quarter past is too early."
    store.use(Contracting).comment(nadia, "school-meals", "deliverables.headcount.on-time", comment)
    [late] = [one for one in store.read(ADMINISTRATOR, read_occurrences, MEALS_ON_TIME) if one.key == LATE]
    asks = {
        "asked": (MEALS_ON_TIME, "client-fault", "The school was closed.", [LATE], None, None, late.evidence),
        "refused": (
            "school-meals",
            "other",
            "There was no gas.",
            [],
            at("2026-06-11 00:00"),
            at("2026-06-12 00:00"),
            (),
        ),
        "disputed": (MEALS_ON_TIME, "client-fault", "Nobody opened the gate.", ["2026-11-13"], None, None, ()),
        "accepted": (MEALS_ON_TIME, "force-majeure", "Snow.", list(SNOW), None, None, ()),
    }
    for name, (scope, reason, text, keys, since, until, evidence) in asks.items():
        town.names[name], _ = store.use(Excusing).ask(
            marc, scope, reason=reason, text=text, keys=keys, since=since, until=until, evidence=evidence, party="supplier"
        )  # fmt: skip
        town.judge()
    for name in ("refused", "disputed"):
        store.use(Excusing).refuse(nadia, town.names[name], "We were open.")
    town.judge()
    store.use(Excusing).dispute(marc, town.names["disputed"], "You were not.")
    town.judge()
    [own] = [
        one
        for one in store.read(ADMINISTRATOR, read_excuses)
        if one.asked_by == "entente" and one.keys == ("2026-10-06",)
    ]
    breaches = {one.key: one.id for one in store.read(ADMINISTRATOR, read_breaches, commitment=MEALS_ON_TIME)}
    [gone] = [
        one for one in store.read(ADMINISTRATOR, read_breaches, commitment=HOSTILE_ON_TIME) if one.key == "2026-10-05"
    ]
    [item] = [
        one
        for one in store.read(ADMINISTRATOR, read_breaches, commitment="school-meals/menus/complete")
        if one.period == "2026-Q4"
    ]
    town.names.update(
        {
            "proposed": own.id,
            "item": item.id,
            "late": breaches[LATE],
            "missing": breaches["2026-11-13"],
            "withdrawn": gone.id,
        }
    )


def _this_morning(town: Town, events: Sequence[Told]) -> None:
    store = town.program.store
    town.clock.now = on_wall(TODAY, "06:42")
    town.hear(meal(LATE, "11:50", id="g-8813", arrives=0).content)
    again = told(
        "meal.delivered",
        "gate-scanner/ferry",
        at("2026-11-07 06:30"),
        "<script>alert(3)</script>",
        day=LATE,
        school="ferry",
    )
    town.hear(again.content, told("x", "<script>alert(5)</script>", at("2026-11-10 10:00")).content)
    town.advance(on_wall(TODAY, "07:42"))
    town.clock.now = on_wall(TODAY, "08:42")
    town.names["before"] = str(store.history.last_position())
    store.use(Excusing).accept(principal("education/nadia.ferrand"), town.names["accepted"], "The road was closed.")
    town.judge()
    town.names["then"] = str(store.history.last_position())
    for one in sorted(
        (one for one in events if on_wall(TODAY, "00:00") <= one.arrives <= NOW), key=lambda one: one.arrives
    ):
        town.clock.now = one.arrives
        town.hear(one.content)
    _strays(town)
    town.advance(NOW)


def _strays(town: Town) -> None:
    """What could not be accepted, and what no occurrence wanted."""
    town.clock.now = on_wall(TODAY, "10:35")
    timeless = b'{"specversion": "1.0", "id": "g-9001", "source": "gate-scanner/ferry", "type": "meal.delivered", '
    timeless += b'"time": "2026-11-17T08:00:00"}'
    town.hear(timeless, by=principal("kitchen"))
    town.hear(b"<script>alert(2)</script>\xff" * 60, by=principal("it"), channel="file")
    numbers = {"stray": "INC-99999", "asked_stray": "INC-77777", "aside": "INC-88888", "matched_stray": "INC-1"}
    for number, (name, subject) in enumerate(numbers.items()):
        one = told("ticket.closed", "desk/tickets", on_wall(TODAY, f"10:1{number}"), subject)
        town.hear(one.content)
        town.names[name] = str(town.program.store.history.last_position())
    quarantined = town.program.store.read(ADMINISTRATOR, read_quarantine)
    town.names.update({one.slug: one.id for one in quarantined})
    store, sam = town.program.store, principal("it/sam")
    store.use(SettingAside).put(sam, int(town.names["aside"]), "<i>a drill</i>")
    for name, key in (("matched", town.names["ticket"]), ("to_accept", f"INC-{10_000 + NEVER_CLOSED[0]}")):
        event = int(town.names["matched_stray" if name == "matched" else "asked_stray"])
        town.names[name], _ = store.use(Matching).match(sam, event, FAULTS, key, text="its number <b>changed</b>")
        town.judge()


@cache
def built() -> tuple[Path, dict[str, str]]:
    """The file, and the names in it. It goes with this process."""
    folder = Path(mkdtemp(prefix="valmoray-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "town.db", build(f"sqlite:///{folder / 'town.db'}")


def page_of(path: str) -> str:
    """The address with the ids of this run."""
    return path.format_map(built()[1])


@contextmanager
def living_town() -> Iterator[Town]:
    """A copy of its own, this morning."""
    file, names = built()
    with (
        copied(file) as url,
        program(Settings(store=url, organisation=ORGANISATION), clock=(clock := Clock(NOW))) as opened,
    ):
        yield Town(opened, clock, dict(names))


@contextmanager
def copied(file: Path) -> Iterator[str]:
    folder = Path(mkdtemp(prefix="valmoray-"))
    try:
        yield f"sqlite:///{shutil.copy(file, folder)}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)
