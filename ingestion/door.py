"""The one door into the history: events from HTTP, files and Kafka are taken, recognised or set aside here.

    accepted      stored, at a position
    duplicate     the same `source` and `id` with the same content is stored already: its position
    quarantined   not an event, an `id` that stands for something else (`id-reused`), or a `source` of somebody else's
                  (`not-allowed`): its bytes are kept, and why

Everything of one submission is stored in one transaction. Sending a submission again is safe at any time.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count, islice
from typing import Final, Literal, NamedTuple

import msgspec

from domain.events import OWN
from domain.saying import heard, quoted, said, without_values
from domain.times import Clock, Instant
from ingestion.cloudevents import Bad, Decoded
from ingestion.content import is_same_content
from ingestion.sealing import Sealing, content_of
from ingestion.whose import Whose, not_theirs
from services.access import Principal
from services.by import by_of
from services.checkpoints.receipts import Receipt, Receipts
from services.directory.declaring import Declared
from services.history.entries import EVENT, QUARANTINED, header_of, pack, quarantine_stream
from services.history.history import Appended, Fact, History, Offset
from services.holding import Held
from services.sealing.data_keys import DataKeys

Result = Literal["accepted", "duplicate", "quarantined"]
Counted = Result | Literal["tombstone"]
"""The ways in which what came in is counted: as it was answered, or as passed over."""
Channel = Literal["http", "file", "kafka", "demo", "retry"]

ID_REUSED: Final = "id-reused"
_CHECKED: Final = frozenset({"http", "retry"})
"""Channels on which a member uses only its own sources, and those that nobody declares; files and Kafka are the operator's."""
_PLACES: Final = ("topic", "partition", "offset")
"""What may be noted in clear of where something stood that is sealed."""
PATIENCE: Final = 10.0
"""Seconds that a body may take to come before time waits for it no longer: what it brings is late news then, if it comes."""


class Answer(msgspec.Struct, frozen=True, gc=False):
    """The answer about one item. `position` is where its event stands; None when it was set aside, and then `slug` and
    `problem` say why and `quarantined_at` is where its bytes are kept. `receipt`: of what stands there, over
    HTTP alone."""

    result: Result
    id: str | None
    source: str | None
    position: int | None = None
    slug: str | None = None
    problem: str | None = None
    quarantined_at: int | None = None
    receipt: Receipt | None = None


class Submission(NamedTuple):
    """Items that one principal pushes together. `origin` says where they come from (a file, an address, a partition),
    `lines` the line (offset) of each in it, `place` whatever else is to be noted about the item of that index; all are
    noted with what is set aside. `sender`: whose item it is if it is set aside again, where `who` is not the one who sent it."""

    items: Sequence[Decoded | Bad]
    who: Principal
    channel: Channel
    origin: str = ""
    lines: Sequence[int] | None = None
    place: Callable[[int], dict[str, object]] | None = None
    sender: str = ""


class Entering:
    """Something on its way in: first its body comes (`is_coming`), then it waits to be stored. `since` is when that began."""

    __slots__ = ("_seconds", "is_coming", "since")

    def __init__(self, seconds: Callable[[], float], *, is_coming: bool):
        self._seconds = seconds
        self.is_coming = is_coming
        self.since = seconds()

    def has_come(self) -> None:
        """Notes that all of the body is here: from now on it waits to be stored."""
        self.is_coming, self.since = False, self._seconds()


class Door:
    """The way into one history, safe for several threads. `seconds` is a clock that only grows: it tells for how long something
    has been on its way in. `keys`: what seals personal values; None where there is no file of keys."""

    def __init__(
        self,
        history: History,
        clock: Clock,
        seconds: Callable[[], float] = time.monotonic,
        keys: DataKeys | None = None,
    ):
        self._history = history
        self._clock = clock
        self._declared = Declared(history)
        self._whose = Whose(self._declared)
        self._receipts = Receipts(history)
        self._sealing = Sealing(history, self._declared, keys)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._inside: dict[int, Entering] = {}
        self._answered: Counter[tuple[str, Counted]] = Counter()

    def submit(
        self,
        items: Sequence[Decoded | Bad],
        who: Principal,
        channel: Channel,
        origin: str = "",
        lines: Sequence[int] | None = None,
        *,
        place: Callable[[int], dict[str, object]] | None = None,
        offset: Offset | None = None,
    ) -> list[Answer]:
        """Stores the items; gives one answer per item, in the same order. `offset` is stored in the same transaction
        (History.append_facts says what it refuses)."""
        return self.submit_all([Submission(items, who, channel, origin, lines, place)], offset=offset)[0]

    def submit_all(self, submissions: Sequence[Submission], *, offset: Offset | None = None) -> list[list[Answer]]:
        """Stores all submissions in one transaction; gives the answers to each, in the same order."""
        with self.entering():
            now = self._clock()
            submissions = [self._checked(one) for one in submissions]
            shown_to = self._declared.shown_to()
            notes = [_Note(now, submission, self._sealing, self._whose, shown_to) for submission in submissions]
            places = [(note, index) for note in notes for index in range(len(note.items))]
            facts = [fact for note in notes for fact in note.facts()]

            def reused(at: int, there: Appended) -> Fact | None:
                """Gives the fact that sets aside what has the id of something else; None for what says the same."""
                note, index = places[at]
                item = note.items[index]
                if type(item) is not Decoded or self._says_the_same(item, there, facts[at].state):
                    return None
                return note.fact(_reused(item, there, note.who), index)

            appended = iter(self._history.append_facts(facts, offset=offset, instead=reused))
            each = [islice(appended, len(submission.items)) for submission in submissions]
            stored = iter(facts)
            answers = [
                self._answers(one, list(found), list(islice(stored, len(one.items))))
                for one, found in zip(submissions, each, strict=True)
            ]
        self._count(submissions, answers)
        return answers

    @property
    def is_drained(self) -> bool:
        """True when nothing is on its way in that time waits for (MEANING §2)."""
        return self.holds() is None

    def holds(self) -> Held | None:
        """Tells what has been on its way in for longest: time may pass no further than to when that began. A body that does not
        come holds nothing any more after PATIENCE seconds; what waits to be stored holds until it is."""
        now = self._seconds()
        with self._lock:
            inside = [one for one in self._inside.values() if not one.is_coming or now - one.since < PATIENCE]
        if not inside:
            return None
        oldest = min(inside, key=lambda one: one.since)
        what = said("a body has not come whole yet") if oldest.is_coming else said("what has come is not stored yet")
        if inside[1:]:
            what = said("{what} ({count} more behind it)", what=what, count=len(inside) - 1)
        return Held("body" if oldest.is_coming else "queue", what, now - oldest.since)

    def pass_over(self, channel: Channel, tombstones: int) -> None:
        """Counts messages that came in and say nothing: they are not stored."""
        if tombstones:
            with self._lock:
                self._answered[channel, "tombstone"] += tombstones

    def answered(self) -> dict[tuple[str, Counted], int]:
        """Counts the items that were answered since this door was opened, by channel and result."""
        with self._lock:
            return dict(self._answered)

    @contextmanager
    def entering(self, *, is_coming: bool = False) -> Iterator[Entering]:
        """Holds time for as long as the block takes, since something is on its way in; a reader holds it from the first byte on
        (`is_coming`)."""
        entering = Entering(self._seconds, is_coming=is_coming)
        with self._lock:
            self._inside[id(entering)] = entering
        try:
            yield entering
        finally:
            with self._lock:
                del self._inside[id(entering)]

    def _answers(self, one: Submission, found: Sequence[Appended], facts: Sequence[Fact]) -> list[Answer]:
        """One to each item; over HTTP with the receipt of a new event, or of one that was there, as it stands there."""
        who, receipt = one.who, self._receipts.of_event
        if one.channel != "http":
            return [_answer(item, there, who) for item, there in zip(one.items, found, strict=True)]
        return [
            Answer("accepted", item.id, item.source, there.position, None, None, None,
                   receipt(there.position, fact.key, fact.state))
            if there.is_new and type(item) is Decoded
            else _answer(item, there, who, receipt, fact.key)
            for item, there, fact in zip(one.items, found, facts, strict=True)
        ]  # fmt: skip

    def _checked(self, submission: Submission) -> Submission:
        """Sets aside what a member sends under the source of another service: so that nobody speaks for others, nor takes out what
        they said."""
        who = submission.who
        is_trusted = who.granted is None and (who.sees_everything or submission.channel not in _CHECKED)
        sources = {item.source for item in submission.items if type(item) is Decoded}
        others = {
            one for one in sources if one.startswith(OWN) or (not is_trusted and self._whose.is_foreign(who, one))
        }
        if not others:
            return submission
        return submission._replace(
            items=[
                not_theirs(item, who) if type(item) is Decoded and item.source in others else item
                for item in submission.items
            ]
        )

    def is_foreign(self, who: Principal, source: str) -> bool:
        """Says whether a source is not for `who` to speak for."""
        return self._whose.is_foreign(who, source)

    def speaker(self, name: str, sources: Collection[str] | None = None) -> Principal:
        """Whoever sends by a way in of its own (`Whose.speaker`)."""
        return self._whose.speaker(name, sources)

    def _says_the_same(self, item: Decoded, there: Appended, state: bytes) -> bool:
        return there.existing is not None and is_same_content(item, there.existing, self._history.opener, state)

    def _count(self, submissions: Sequence[Submission], answers: list[list[Answer]]) -> None:
        with self._lock:
            for submission, each in zip(submissions, answers, strict=True):
                for result, times in Counter([answer.result for answer in each]).items():
                    self._answered[submission.channel, result] += times


class _Note:
    """The note that the history keeps with each item of one submission. The header of plain events is the same for all of a source:
    it says whose they are (`by`), and for whose contracts (`shown_to`)."""

    def __init__(
        self,
        received: Instant,
        submission: Submission,
        sealing: Sealing,
        whose: Whose,
        shown_to: Mapping[str, tuple[str, ...]],
    ):
        self.items, self.who, self._channel, self._origin, self._lines, self._place, sender = submission
        self._sender, self._whose = sender, whose
        self._named: dict[str | None, str] = {}
        self._shown_to = shown_to
        self._fronts: dict[str, bytes] = {}
        self._received = received
        self._sealing = sealing
        self._splits = sealing.splits(self.items, received)
        self._keys = sealing.keys_of(self._splits.values(), received)

    def facts(self) -> Iterator[Fact]:
        return map(self.fact, self.items, count())

    def fact(self, item: Decoded | Bad, index: int) -> Fact:
        if type(item) is Bad:
            return self._aside(item, index)
        assert type(item) is Decoded
        if (split := self._splits.get(index)) is not None:
            return Fact(split.stream, EVENT, self._sealing.sealed(self._header_of(item.source), split, self._keys))
        if item.attributes is None:
            return Fact(item.stream, EVENT, self._front(item.source) + item.raw)
        return Fact(item.stream, EVENT, pack(self._header_of(item.source) | _binary(item), item.raw))

    def _header_of(self, source: str) -> dict[str, object]:
        header, shown_to = self._by(source), self._shown_to.get(source)
        return header if shown_to is None else {**header, "shown_to": shown_to}

    def _by(self, source: str | None) -> dict[str, object]:
        if source not in self._named:
            self._named[source] = self._whose.by(self.who, source, self._sender)
        return {"received": self._received, "by": self._named[source], "channel": self._channel}

    def _front(self, source: str) -> bytes:
        front = self._fronts.get(source)
        if front is None:
            front = self._fronts[source] = pack(self._header_of(source), b"")
        return front

    def _aside(self, bad: Bad, index: int) -> Fact:
        origin = f"{self._origin}:{self._lines[index]}" if self._lines is not None else self._origin
        reason = {"origin": origin, "slug": bad.slug, "problem": bad.problem}
        place = self._place(index) if self._place is not None else {}
        content, header = _all_bytes(bad), self._by(bad.source)
        sender = self._sender or by_of(header["by"]).name
        if (code := self._sealing.aside_code(content)) is None:
            header |= reason | place | _binary(bad)
            return Fact(quarantine_stream(content, bad.slug, sender), QUARANTINED, pack(header, bad.raw))
        stream = quarantine_stream(code, bad.slug, sender)
        reason["problem"] = without_values(bad.problem) or heard(bad.slug)
        header |= reason | {name: place[name] for name in _PLACES if name in place}
        whole = content_of(bad, {name: value for name, value in place.items() if name not in _PLACES})
        return Fact(stream, QUARANTINED, self._sealing.aside(header, whole, bad, stream.bytes, self._received))


def _binary(item: Decoded | Bad) -> dict[str, object]:
    if item.attributes is None:
        return {}
    return {"attributes": item.attributes, "datacontenttype": item.datacontenttype}


def _all_bytes(bad: Bad) -> bytes:
    """Gives all bytes of the item, headers included: two events in binary mode may well have the same body."""
    if bad.attributes is None:
        return bad.raw
    return pack({"attributes": sorted(bad.attributes.items()), "datacontenttype": bad.datacontenttype}, bad.raw)


def _reused(event: Decoded, there: Appended, who: Principal) -> Bad:
    """Sets aside an event whose id stands for other content. Where that stands is told to those who put it there, and to those who
    may see everything."""
    is_theirs = who.sees_everything or (there.existing is not None and _is_by(who, there.existing))
    place = said(" at position {position}", position=there.position) if is_theirs else ""
    problem = said(
        "`id` {event} of `source` {source} stands for other content{place}: send a new `id`",
        event=quoted(event.id, said("a text")),
        source=event.source,
        place=place,
    )
    return Bad(event.raw, ID_REUSED, problem, event.id, event.source, event.attributes, event.datacontenttype)


def _is_by(who: Principal, stored: bytes) -> bool:
    return by_of(header_of(stored).get("by")).is_of(who)


def _answer(
    item: Decoded | Bad,
    there: Appended,
    who: Principal,
    receipt: Callable[[int, bytes, bytes], Receipt] | None = None,
    key: bytes = b"",
) -> Answer:
    """`key`: of the stream under which it stands."""
    if type(item) is Bad:
        return _answer_aside(item, there.position)
    assert type(item) is Decoded
    if there.instead is not None:
        return _answer_aside(_reused(item, there, who), there.instead)
    if there.is_new or there.existing is None or receipt is None:
        return Answer("accepted" if there.is_new else "duplicate", item.id, item.source, there.position)
    first = receipt(there.position, key, there.existing)
    return Answer("duplicate", item.id, item.source, there.position, receipt=first)


def _answer_aside(bad: Bad, position: int) -> Answer:
    return Answer("quarantined", bad.id, bad.source, None, bad.slug, bad.problem, position)
