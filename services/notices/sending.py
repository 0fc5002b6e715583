"""Sends the letters that are due, each once (at most once, decision 56), and tells the history what became of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from domain.saying import said
from domain.times import Instant
from services.directory.names import Directory
from services.errors import EntenteError, Invalid
from services.history.history import History
from services.notices import hooking
from services.notices.addresses import host_of
from services.notices.carrying import Begin, Carrier, Never, NobodyKnows, NotNow, NotOurs, Packet, Written
from services.notices.composing import fingerprint, packet
from services.notices.facts import note_settled, unsent
from services.notices.outbox import UNSURE, Channel, LetterRow, Outbox, State
from services.notices.preferences import PreferenceBook
from services.notices.telling import NoticeRow

log = structlog.get_logger()

Writing = Callable[[LetterRow, Sequence[NoticeRow]], Written | None]
"""Writes a letter for its person, in their language, with what they may see of it; None where that is nothing."""


@dataclass(frozen=True)
class Sender:
    """The address that mail comes from, and the name before it; `pages`: where its links lead."""

    address: str
    name: str
    pages: str = ""


@dataclass
class Sent:
    """How many letters were settled, by channel and result (`sent`, `failed`, `later`, `nothing`), since the program began."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def count(self, channel: str, result: str) -> None:
        self.counts[channel, result] = self.counts.get((channel, result), 0) + 1


class Sending:
    def __init__(
        self,
        history: History,
        outbox: Outbox,
        carriers: Mapping[Channel, Carrier],
        sender: Sender,
        write: Writing,
    ):
        self._history = history
        self._outbox = outbox
        self._directory = Directory(history)
        self._book = PreferenceBook(history.database)
        self._carriers = carriers
        self._sender = sender
        self._write = write
        self.sent = Sent()

    def round(self, now: Instant) -> int:
        """Sends what is due; how many letters went. What a program that was stopped has sent is told first."""
        self.note()
        taken = self._outbox.take(now)
        went = 0
        for channel, carrier in self._carriers.items():
            mine = [(letter, holder) for letter, holder in taken if letter.channel == channel]
            if mine:
                with carrier.session() as hand:
                    went += sum(self._send(letter, holder, now, hand) for letter, holder in mine)
        for letter, holder in taken:
            if letter.channel not in self._carriers:
                self._outbox.again_later(letter, holder, now, said("nothing carries it"))
        if taken:
            self.note()
        return went

    def note(self) -> None:
        note_settled(self._history, self._outbox, host_of(self._sender.address))

    def _send(self, letter: LetterRow, holder: str, now: Instant, hand: Callable[[Packet, Begin], None]) -> bool:
        notices = unsent(self._history, self._outbox.notices_of(letter.id), letter.channel)
        try:
            written = self._write(letter, notices) if notices else None
        except EntenteError:
            raise
        except Exception as error:  # one that cannot be written keeps back no other
            log.error("a fault of the program", letter=letter.id, error=repr(error), exc_info=True)
            self._outbox.again_later(letter, holder, now, said("a fault of the program; its log says more"))
            return False
        if written is None:
            self._settle(letter, holder, "nothing", now)
            return False
        try:
            going = self._packet(letter, written)
            hand(going, lambda: self._outbox.begin_handing(letter, holder))
        except NotOurs:
            return False
        except NotNow as error:
            self._outbox.again_later(letter, holder, now, str(error))
            self.sent.count(letter.channel, "later")
            return False
        except NobodyKnows as error:
            self._settle(letter, holder, "failed", now, f"{UNSURE}: {error}")
            return False
        except (Never, EntenteError) as error:
            self._settle(letter, holder, "failed", now, str(error))
            return False
        self._settle(letter, holder, "sent", now, print_=fingerprint(written))
        return True

    def _packet(self, letter: LetterRow, written: Written) -> Packet:
        if letter.channel == "hook":
            wanted = self._book.of(letter.person)
            if not wanted.hook:
                raise Invalid(said("no address is known of {person}", person=letter.person))
            return hooking.packet(
                letter,
                written,
                source=self._sender.pages,
                to=wanted.hook,
                secret=wanted.hook_secret,
                form=wanted.hook_form,
            )
        to = self._directory.named(letter.person).email
        if not to:
            raise Invalid(
                said("no address is known of {person}", person=letter.person),
                mend=said("an address among the people of a service, or in the access file"),
            )
        return packet(letter, written, sender=self._sender.address, name=self._sender.name, to=to)

    def _settle(
        self, letter: LetterRow, holder: str, state: State, now: Instant, why: str = "", print_: str = ""
    ) -> None:
        self._outbox.settle(letter, holder, state, now, why, print_)
        self.sent.count(letter.channel, state)
