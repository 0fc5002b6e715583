"""What people write in complaints: personal, and sealed where the store seals (trust §6).

The subject of the data key is who complained, also when somebody else typed it: `entente erase` of that id takes the words of the
complaint, of its answers and of what was contested with it. A store that seals nothing keeps them in clear, as all else that people
write; a program without keys takes none for one that seals.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import NamedTuple

import msgspec

from domain.events import OF_COMPLAINTS
from domain.offers.complaint import Words
from domain.saying import said
from domain.times import Instant
from services.access import Principal
from services.errors import Unavailable
from services.history.entries import Box
from services.history.history import History
from services.history.opener import Standing, bound_to
from services.sealing.data_keys import DataKeys, Need
from services.sealing.reading import note_look

_encode = msgspec.json.Encoder(order="deterministic").encode


class Written(NamedTuple):
    """`text`: None where it cannot be read (any more); `standing` says why. `complainant`: who complained, by id."""

    text: str | None
    complainant: str | None
    standing: Standing | None = None


def sealed_words(
    history: History, complaint: str, text: str, complainant: str, *, time: Instant, now: Instant
) -> Words:
    """What is stored of a text. Raises Unavailable in a program without the keys of a store that seals."""
    content = {"text": text, "complainant": complainant}
    if not history.is_sealing():
        return content
    keys = history.opener
    if not isinstance(keys, DataKeys):
        raise Unavailable(
            said("the words of complaints are sealed, and this program has no file of keys"),
            place="ENTENTE_KEK_FILE",
            mend=said("start it with the file of keys that the store is used with"),
        )
    need = Need("event", keys.subject(complainant), OF_COMPLAINTS, _month(min(time, now)))
    box = keys.seal(keys.keys_for([need], now)[need], _encode(content), _bound(complaint))
    return {"key": box.key, "sealed": b64encode(box.content).decode()}


def written(history: History, complaint: str, words: Words) -> Written:
    """Opens them for the program, which shows them to nobody."""
    if "key" not in words:
        return Written(words["text"], words.get("complainant"))
    opened = history.opener.open(Box(words["key"], b64decode(words["sealed"])), _bound(complaint))
    if opened is None:
        standing = history.opener.standing(words["key"])
        return Written(None, None, standing if standing.state != "kept" else Standing("unknown"))
    return Written(**msgspec.json.decode(opened), standing=Standing("kept"))


def shown_words(history: History, complaint: str, words: Words, who: Principal, service: str) -> Written:
    """Opens them to be shown to `who`, who may see them as somebody of that service; that is noted."""
    found = written(history, complaint, words)
    if found.standing is not None and found.text is not None:
        note_look(who, service, f"complaint {complaint}")
    return found


def _bound(complaint: str) -> bytes:
    return bound_to(OF_COMPLAINTS, complaint)


def _month(moment: Instant) -> str:
    return datetime.fromtimestamp(moment // 1_000_000, UTC).strftime("%Y-%m")
