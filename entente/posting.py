"""Sends notices: beside `serve`, where time passes by itself; or into a folder, whatever moves time (MORNING §2)."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import structlog

from dashboards.letters.letter import Writer
from dashboards.letters.reader import House
from dashboards.metrics import Notices
from domain.times import Instant, local_date, zone
from entente.mail_ways import address_of_pages, carriers_of
from entente.supervising import Beat
from entente.wiring import Program
from services.access import Principal
from services.directory.names import Directory
from services.notices.carrying import Carrier
from services.notices.outbox import Channel, Outbox
from services.notices.preferences import PreferenceBook, Preferences
from services.notices.quiet import Hours, calendar_of
from services.notices.reading import read_waiting
from services.notices.sending import Sender, Sending
from services.notices.stopping import Stopping
from services.notices.telling import Telling
from services.patience import Patience, waiting
from services.roles.following import Roles
from services.seeing.known import Known

log = structlog.get_logger()
EVERY: Final = 2.0
"""Seconds from one look to the next."""
IN_A_FOLDER: Final = "entente@localhost"
"""Where mail in a folder comes from, where nobody says so."""


class Posting:
    """One round looks at what happened, gathers what is ready, sends what is due. `moved`: time is whatever the store has reached."""

    def __init__(self, program: Program, carriers: Mapping[Channel, Carrier] | None = None):
        settings, store = program.settings, program.store
        self._program = program
        self._carriers = carriers_of(settings) if carriers is None else carriers
        self._zone = zone(settings.zone)
        self._database = store.history.database
        self._roles = Roles(store.history)
        self._telling = Telling(store.seeing, self._roles)
        self._directory = Directory(store.history)
        self.outbox = Outbox(self._database, is_repeatable=all(one.is_repeatable for one in self._carriers.values()))
        self._book = PreferenceBook(self._database)
        house = House(
            store, program.quarantine, settings.organisation, settings.zone, self.now, address_of_pages(settings)
        )
        sender = Sender(settings.mail_from or IN_A_FOLDER, settings.organisation, house.address)
        stopping = Stopping(self._database)
        writer = Writer(house, self._who, self._book, stopping, self._roles, sender.address, settings.mail_language)
        self._sending = Sending(store.history, self.outbox, self._carriers, sender, writer.write)
        self._looked: tuple[Known, date] | None = None
        self._tidied: date | None = None
        self._greeted: set[tuple[str, date]] = set()
        """Whose morning mail of which day is made: the outbox knows it too, for more than this program."""
        self.sent = self._sending.sent

    @property
    def is_on(self) -> bool:
        return bool(self._carriers)

    def now(self) -> Instant | None:
        """The clock; where mail goes into a folder, as far as time has passed. None before any has."""
        if self._program.settings.mail_to:
            return self._program.store.seeing.known().watermark
        return self._program.store.clock()

    def measured(self) -> Notices:
        return Notices(read_waiting(self._database).letters, self.sent.counts)

    def run(self, stopping: threading.Event, beat: Beat) -> None:
        with waiting(Patience(is_stopping=stopping.is_set)):
            while not stopping.wait(EVERY):
                self.round()
                beat()

    def round(self) -> int:
        """How many letters went."""
        now = self.now()
        if now is None or not self.is_on:
            return 0
        day = local_date(now, self._zone)
        wanted = self._book.all()
        self._look(now, day, wanted)
        hours = _HoursOf(self, self._telling.people(day), wanted)
        self.outbox.gather(now, hours.is_quiet, self._channels)
        for person, morning in hours.mornings(now):
            if (person, morning) not in self._greeted and "mail" in self._channels(person):
                self.outbox.morning(person, morning.isoformat(), now)
                self._greeted.add((person, morning))
        if self._tidied != day:
            self._greeted = {(person, one) for person, one in self._greeted if one == day}
            self.outbox.tidy(now)
            self._tidied = day
        return self._sending.round(now)

    def greet(self) -> None:
        """The morning mail of the day that time has reached, for everybody, whatever the hour: for a demonstration that begins."""
        now = self.now()
        if now is None or not self.is_on:
            return
        day = local_date(now, self._zone)
        for person in self._telling.people(day):
            if "mail" in self._channels(person):
                self.outbox.morning(person, day.isoformat(), now)
        self._sending.round(now)

    def send(self) -> int:
        """Sends what is due, and looks for nothing new."""
        now = self.now()
        return self._sending.round(self._program.store.clock() if now is None else now)

    def _look(self, now: Instant, day: date, wanted: Mapping[str, Preferences]) -> None:
        known = self._program.store.seeing.known()
        if (known, day) == self._looked:
            return
        self._telling.look(now, day, wanted, is_live=not self._program.settings.mail_to)
        self._looked = known, day

    def _channels(self, person: str) -> Sequence[Channel]:
        """By mail where an address is known, by webhook where somebody has given one."""
        found: list[Channel] = []
        if "mail" in self._carriers and self._directory.named(person).email:
            found.append("mail")
        if "hook" in self._carriers and self._book.of(person).hook:
            found.append("hook")
        return found

    def _who(self, person: str) -> Principal | None:
        now = self.now()
        today = local_date(self._program.store.clock() if now is None else now, self._zone)
        return self._roles.principal(person, today)

    def hours(self, who: Principal, wanted: Preferences) -> Hours:
        contracts = self._program.store.seeing.catalogue().contracts.values()
        calendar = calendar_of(contracts, who.services, wanted.calendar)
        return Hours(wanted, calendar, calendar.zone if calendar is not None else self._zone)


class _HoursOf:
    """When each person may be told, found once a round."""

    def __init__(self, posting: Posting, people: Mapping[str, Principal], wanted: Mapping[str, Preferences]):
        self._posting = posting
        self._people = people
        self._wanted = wanted
        self._now = posting.now() or 0
        self._found: dict[str, Hours] = {}

    def _of(self, person: str) -> Hours:
        if person not in self._found:
            wanted = self._wanted.get(person, Preferences())
            self._found[person] = self._posting.hours(self._people[person], wanted)
        return self._found[person]

    def is_quiet(self, person: str) -> bool:
        """Who is let in no more is told nothing: what waits for them is dropped when it is written."""
        return person in self._people and self._of(person).is_quiet(self._now)

    def mornings(self, now: Instant) -> list[tuple[str, date]]:
        """Whose morning it is, and of which day."""
        found = []
        for person in self._people:
            if self._wanted.get(person, Preferences()).way("morning") == "mail":
                day = self._of(person).morning(now)
                if day is not None:
                    found.append((person, day))
        return found
