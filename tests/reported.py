"""A store with something for every report: kept and lost, closed and restated, amended, excused, met about, set aside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from domain.times import Instant
from ingestion.cloudevents import decode_structured
from ingestion.door import Door
from services.access import ADMINISTRATOR
from services.actions.acting import Acting
from services.breaches.following_up import FollowingUp
from services.causes.attributing import Attributing
from services.excuses.excusing import Excusing
from services.opening import open_store
from services.reviews.reading import read_reviews
from services.reviews.reviewing import Reviewing
from tests.given import (
    at,
    availability,
    conformity,
    contract,
    criterion,
    deadline,
    document,
    due,
    event,
    measure,
    punctuality,
    turnaround,
)
from tests.services.causes.attributed import ANN, CAUSES
from tests.services.judged import Life
from tests.services.use.offered import offer, publish, worked

REVIEW = {"every": "FREQ=MONTHLY;BYDAY=1TU", "at": "14:00", "duration": "1 h"}
ON_TIME = "c/d/on-time"
MONDAYS = ("01-05", "01-12", "01-19", "01-26", "02-02", "02-09", "02-16", "02-23", "03-02", "03-09")
LATE = {"01-19": "01-19 11:00", "02-09": "02-10 09:00"}
SILENT = {"02-16"}


class Watch:
    """The clock of the store: what was decided is decided then."""

    now: Instant = at("01-02 12:00")

    def __call__(self) -> Instant:
        return self.now


@contextmanager
def reported(url: str) -> Iterator[Life]:
    """From January to the middle of March: January was restated by a report that was told of later, from March on more is asked for."""
    watch = Watch()
    store = open_store(url, clock=watch)
    try:
        life = Life(store, Door(store.history, watch))
        _agree(life)
        _happen(life, watch)
        _decide(life, watch)
        _use(life)
        yield life
    finally:
        store.close()


def _use(life: Life) -> None:
    """Something that a client used of an offer."""
    publish(life, offer(supplier="lab", levels=[]))
    life.happen(worked("03-10 09:00", "legal", 2))


def _agree(life: Life) -> None:
    criteria = (
        criterion(punctuality(tolerance="30 min"), each_miss="breach"),
        criterion(
            turnaround(), "answered", targets=[{"at_least": "80 %", "per": "month"}, {"max_misses": 1, "per": "week"}]
        ),
        criterion(conformity(), "complete", target={"at_least": "90 %", "per": "28 days"}),
        criterion(measure(unit="min"), "quick", target={"at_most": "10 min", "per": "month"}),
        criterion(availability(), "up", target={"at_least": "99 %", "per": "month"}),
    )
    back = {"id": "plan", "title": {"en": "The plan", "fr": "Le plan"}, "owed_by": "client",
            "criteria": [criterion(punctuality(delivered={"type": "plan"}, early="3 days"))]}  # fmt: skip
    first = contract(*criteria, late_data="3 days", review=REVIEW)
    first["deliverables"].append(back)
    sources = [{"source": "tool", "expected_every": "1 day"}, {"source": "never", "expected_every": "1 week"}]
    life.publish({"entente": 1, "service": "lab", "title": "The lab", "sources": sources})
    life.publish(CAUSES)
    life.sign(first)
    criteria[0]["target"] = {"at_least": "95 %", "per": "month"}
    life.sign({**first, "effective": "2026-03-01"})
    life.sign(contract(criterion(deadline()), id="e", supplier="ward", client="lab"))


def _happen(life: Life, watch: Watch) -> None:
    life.happen(event("up", "01-01", "line"))
    for day in MONDAYS:
        watch.now = at(f"{day} 13:00")
        life.happen(
            event("opened", f"{day} 08:00", day), event("closed", f"{day} {'11' if day != '01-12' else '14'}:00", day),
            event("item", f"{day} 09:00", errors=int(day == "02-02")), event("call", f"{day} 09:30", minutes=12 if day < "02" else 7),
            event("plan", f"{day} 09:00" if day != "03-02" else f"{day} 10:30"),
        )  # fmt: skip
        if day not in SILENT and day != "01-26":
            life.happen(event("report", LATE.get(day, f"{day} 09:55"), date=f"2026-{day}"))
        life.advance(f"{day} 13:00")
    watch.now = at("03-12 10:00")
    life.happen(event("down", "02-03 10:00", "line"), event("up", "02-03 22:00", "line"))
    life.happen(event("report", "01-26 09:50", date="2026-01-26"), event("closed", "03-10 09:00", "nobody"))
    life.happen(event("opened", "03-10 09:00", "x", **due("03-11 09:00")), event("unasked", "03-10 09:00"))
    life.door.submit(
        [decode_structured(b"{"), decode_structured(b'{"specversion": "1.0", "id": "1"}')], ADMINISTRATOR, "http"
    )
    life.store.outages.was_down(ADMINISTRATOR, at("03-11 01:00"), at("03-11 02:00"))
    life.advance("03-12 10:00")


def _decide(life: Life, watch: Watch) -> None:
    store = life.store
    watch.now = at("03-12 11:00")
    [missing] = [one for one in life.breaches() if one.cause == "missing"]
    store.use(FollowingUp).acknowledge(ADMINISTRATOR, missing.id)
    store.use(FollowingUp).explain_breach(ADMINISTRATOR, missing.id, "Nobody was there.")
    store.use(Attributing).attribute(ANN, missing.id, "van-down")
    action = next(one for one in life.actions() if one.commitment == ON_TIME)
    store.use(FollowingUp).progress(ADMINISTRATOR, action.id, "A second person knows how.")
    _plan(life, action.id)
    store.use(Excusing).ask(
        ADMINISTRATOR, ON_TIME, reason="client-fault", text="The ward was closed.", keys=["2026-02-16"], since=None,
        until=None, party="supplier",
    )  # fmt: skip
    held = next(one for one in store.read(ADMINISTRATOR, read_reviews) if one.state == "held")
    store.use(Reviewing).minutes(ADMINISTRATOR, held.id, "Read together.")
    store.use(Reviewing).decide(ADMINISTRATOR, held.id, "From March on 95 %.")
    for party in ("supplier", "client"):
        store.use(Reviewing).sign_review(ADMINISTRATOR, held.id, party)
    life.judge()
    life.advance("03-12 11:00")


def _plan(life: Life, action: str) -> None:
    """Two steps, one done; another action is closed, so that it is looked whether it helped."""
    steps = [{"id": "rota", "text": "A rota", "weight": 2, "due": "2026-04-01"}, {"id": "list", "text": "A list"}]
    acting, other = life.store.use(Acting), next(one for one in life.actions() if one.id != action)
    acting.plan(ADMINISTRATOR, action, document({"steps": steps}))
    acting.do_step(ADMINISTRATOR, action, "rota")
    life.store.use(FollowingUp).close(ADMINISTRATOR, other.id, "Done.")
