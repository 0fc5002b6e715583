"""What the history says of notices: that one was sent, or failed (MORNING §2). Who, of what, and what the mail was called; no address.

Each is a stream of its own, so that the same is never said twice. The history is also what is asked before a letter goes: a notice
that it says was sent is not sent again, whatever became of the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from domain.times import Instant
from services.access import PLATFORM_NAME
from services.history.entries import NOTICE_FAILED, NOTICE_SENT, notice_stream, pack
from services.history.history import Fact, History
from services.notices.kinds import TEST
from services.notices.outbox import Channel, LetterRow, Outbox
from services.notices.telling import NoticeRow


def note_settled(history: History, outbox: Outbox, host: str) -> int:
    """Tells the history of every letter that was sent or failed and that it does not tell of yet; how many. `host`: of the address that
    mail comes from."""
    noted = 0
    while unnoted := outbox.unnoted():
        facts = [
            _fact(letter, one, message_id(letter.id, host), fingerprint)
            for letter, fingerprint in unnoted
            for one in outbox.notices_of(letter.id)
            if one.kind != TEST
        ]
        history.append_facts(facts)
        outbox.note(letter for letter, _ in unnoted)
        noted += len(unnoted)
    return noted


def _fact(letter: LetterRow, notice: NoticeRow, message: str, fingerprint: str) -> Fact:
    topic = NOTICE_SENT if letter.state == "sent" else NOTICE_FAILED
    header = {
        "received": letter.settled,
        "by": PLATFORM_NAME,
        "person": notice.person,
        "what": notice.subject,
        "transition": notice.transition,
        "channel": letter.channel,
        "fingerprint": fingerprint,
        "message_id": message if letter.channel == "mail" else letter.id,
    }
    return Fact(_stream(notice.id, letter.channel, topic, letter.settled), topic, pack(header, b""))


def _stream(notice: str, channel: Channel, topic: str, settled: Instant) -> UUID:
    """Sent once; failed as often as it was tried again."""
    return notice_stream(notice, channel, 0 if topic == NOTICE_SENT else settled)


def message_id(letter: str, host: str) -> str:
    """The same for the same letter, whoever sends it and how often: a receiver knows by it what it has."""
    return f"<{letter}@{host}>"


def sent_before(history: History, notices: Iterable[NoticeRow], channel: Channel) -> set[str]:
    """The ids of those of the notices that the history says were sent."""
    streams = {_stream(one.id, channel, NOTICE_SENT, 0).bytes: one.id for one in notices}
    return {streams[found] for found in history.founding(list(streams))}


def unsent(history: History, notices: Sequence[NoticeRow], channel: Channel) -> list[NoticeRow]:
    sent = sent_before(history, notices, channel)
    return [one for one in notices if one.id not in sent]
