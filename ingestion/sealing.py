"""What is personal is sealed at the door: the history keeps what judging reads in clear, and all that came under a data key.

What was set aside is sealed whole, whoever sent it: nobody knows what it holds. Without a file of keys a store in which something is
personal takes neither of the two: that is a fault of ours, and whoever sends tries again (docs/decisions/0046-sealed-values.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

import msgspec

from domain.personal import Personal, take_out
from domain.saying import said
from domain.times import Instant, instant
from ingestion.cloudevents import Bad, Decoded
from services.by import by_of
from services.contract_files.service_terms import Source
from services.directory.declaring import Declared
from services.errors import Unavailable
from services.history.entries import event_key, event_stream, pack, pack_sealed
from services.history.history import History
from services.history.opener import bound_to
from services.history.stored_events import Header, attributes_of
from services.sealing.data_keys import DataKey, DataKeys, Need

_encode: Final = msgspec.json.Encoder(decimal_format="number").encode
_NAMES: Final = ("id", "subject")
_OTHER_IDS: Final = ("voids", "replaces")


class Split(NamedTuple):
    """An event in two parts. `header` and `clear` are what is kept in clear, `content` what is sealed under the key that `need`
    asks for, bound to `bound`."""

    stream: bytes
    header: dict[str, object]
    clear: bytes
    content: bytes
    bound: bytes
    need: Need


class Sealing:
    """What one door seals. `keys`: None where there is no file of keys."""

    def __init__(self, history: History, declared: Declared, keys: DataKeys | None):
        self._history = history
        self._declared = declared
        self._keys = keys

    def splits(self, items: Sequence[Decoded | Bad], received: Instant) -> dict[int, Split]:
        """Splits those of the items that are personal, by their index. Raises Unavailable without keys."""
        declared = self._declared.personal() if self._history.is_sealing() else {}
        if not declared:
            return {}
        mine = {
            index: (item, declared[item.source])
            for index, item in enumerate(items)
            if type(item) is Decoded and item.source in declared
        }
        if self._keys is None and (mine or any(type(item) is Bad for item in items)):
            raise _no_keys()
        if not mine or self._keys is None:
            return {}
        known = self._known(item for item, source in mine.values() if _hides_names(source))
        return {index: _split(item, source, self._keys, known, received) for index, (item, source) in mine.items()}

    def keys_of(self, splits: Iterable[Split], now: Instant) -> Mapping[Need, DataKey]:
        needs = {one.need for one in splits}
        return self._keys.keys_for(needs, now) if needs and self._keys is not None else {}

    def sealed(self, header: Mapping[str, object], split: Split, keys: Mapping[Need, DataKey]) -> bytes:
        """The state of an event whose header begins with `header`."""
        assert self._keys is not None
        box = self._keys.seal(keys[split.need], split.content, split.bound)
        return pack_sealed({**header, **split.header}, split.clear, box)

    def aside_code(self, content: bytes) -> bytes | None:
        """What the stream of something that is set aside is derived from; None where it is kept in clear."""
        return self._keys.code(content).encode() if self._keys is not None else None

    def aside(self, header: dict[str, object], content: bytes, bad: Bad, bound: bytes, now: Instant) -> bytes:
        """The state of something that is set aside, with nothing of it in clear but `header`: under a key of whom it is about, so
        that it goes with him."""
        assert self._keys is not None
        about = _about(bad, self._declared.personal())
        need = Need("aside", self._keys.subject(about) if about else "", by_of(header["by"]).name, _day(now))
        key = self._keys.keys_for([need], now)[need]
        return pack_sealed(header, b"", self._keys.seal(key, content, bound))

    def _known(self, items: Iterable[Decoded]) -> set[bytes]:
        """The streams of events that were stored before their names were declared personal: these go on under their own."""
        streams: set[bytes] = set()
        for item in items:
            told = attributes_of(Header(attributes=item.attributes, datacontenttype=item.datacontenttype), item.raw)
            streams.add(item.stream)
            streams.update(event_key(item.source, told[name]) for name in _OTHER_IDS if told.get(name))
        return set(self._history.founding(streams)) if streams else set()


def content_of(item: Decoded | Bad, more: Mapping[str, object] | None = None) -> bytes:
    """All that came, as a plain state."""
    if not more and item.attributes is None:
        return b"\x01{}\n" + item.raw
    header: dict[str, object] = dict(more or {})
    if item.attributes is not None:
        header |= {"attributes": item.attributes, "datacontenttype": item.datacontenttype}
    return pack(header, item.raw)


def _split(item: Decoded, source: Source, keys: DataKeys, known: Collection[bytes], received: Instant) -> Split:
    personal = source.personal
    assert personal is not None
    told = attributes_of(Header(attributes=item.attributes, datacontenttype=item.datacontenttype), item.raw)
    subject = keys.subject(_subject(told, personal))
    need = Need("event", subject, item.source, min(_month(told["time"]), _day(received)[:7]))
    take_out(told, personal.paths)
    id, stream = item.id, item.stream
    if personal.hides_names and item.stream not in known:
        _hide_names(told, keys, known)
        id = told["id"]
        stream = event_key(item.source, id)
    header, clear = _clear(item, told)
    content = content_of(item)
    return Split(stream, header, clear, content, bound_to(item.source, id), need)


def _hides_names(source: Source) -> bool:
    return source.personal is not None and source.personal.hides_names


def _hide_names(told: dict[str, Any], keys: DataKeys, known: Collection[bytes]) -> None:
    for name in _NAMES:
        if told.get(name) is not None:
            told[name] = keys.name(told[name])
    for name in _OTHER_IDS:
        if told.get(name) is not None and event_stream(told["source"], told[name]).bytes not in known:
            told[name] = keys.name(told[name])


def _clear(item: Decoded, told: dict[str, Any]) -> tuple[dict[str, object], bytes]:
    """What is left of the event, in the mode in which it came."""
    if item.attributes is None:
        return {}, _encode(told)
    left = {name: str(told[name]) for name in item.attributes if name in told}
    return (
        {"attributes": left, "datacontenttype": item.datacontenttype},
        _encode(told["data"]) if "data" in told else b"",
    )


def _subject(told: dict[str, Any], personal: Personal) -> str:
    """Whom the event is about; empty where it does not say, or not as a text or a number."""
    held: Any = told
    for name in personal.subject.split("."):
        held = held.get(name) if isinstance(held, dict) else None
    if isinstance(held, Decimal) and held.is_finite() and abs(held.adjusted()) < 20 and held == int(held):
        return str(int(held))  # 4711.0 is 4711
    return "" if held is None or isinstance(held, bool | dict | list) else str(held)


def _about(bad: Bad, declared: Mapping[str, Source]) -> str:
    """Whom something that cannot be accepted is about; empty where that cannot be read, or its source declares nothing."""
    try:
        told = attributes_of(Header(attributes=bad.attributes, datacontenttype=bad.datacontenttype), bad.raw)
        personal = declared[told["source"]].personal
    except (KeyError, TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        return ""
    return _subject(told, personal) if personal is not None else ""


def _month(time: str) -> str:
    if time.endswith("Z") and ":60" not in time:
        return time[:7]
    day = _utc(instant(time))
    return f"{day.year:04d}-{day.month:02d}"


def _day(now: Instant) -> str:
    return _utc(now).date().isoformat()


def _utc(moment: Instant) -> datetime:
    return datetime.fromtimestamp(moment // 1_000_000, UTC)


def _no_keys() -> Unavailable:
    return Unavailable(
        said("values of this store are personal, and there is no key to seal them"),
        place="ENTENTE_KEK_FILE",
        mend=said("`entente keys create FILE --kek` makes one; what was sent is not stored: send it again then"),
        slug="keys-missing",
        retry_after=60,
    )
