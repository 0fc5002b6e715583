"""The pieces that the JSON shapes of all parts are made of, the same over HTTP and for `--json` (INTERFACE §3, §4).

Instants are ISO 8601 texts with the offset of the zone that is named, or in UTC with `Z` where none is; dates are
YYYY-MM-DD; titles are texts by language, one for every language under the key "".
"""

from __future__ import annotations

import base64
from datetime import date
from typing import overload

from domain.times import Instant, show, zone
from services.api.shapes import Content, Note
from services.api.shapes import Known as KnownShape
from services.judging.catalogue import Catalogue
from services.seeing.known import Known


def zone_of(catalogue: Catalogue, id: str) -> str | None:
    """The zone of the contract that a contract's or commitment's id names; None before anything was signed."""
    contract = catalogue.contracts.get(id.partition("/")[0])
    return contract.versions[-1].terms.timezone if contract is not None else None


def known_json(known: Known) -> KnownShape:
    return {"position": known.position, "watermark": moment_json(known.watermark, None)}


def content_json(content: bytes, *, is_cut: bool = False) -> Content:
    try:
        return {"content": content.decode(), "encoding": "utf-8"}
    except UnicodeDecodeError as error:
        if is_cut and error.reason == "unexpected end of data":
            return {"content": content[: error.start].decode(), "encoding": "utf-8"}
        return {"content": base64.b64encode(content).decode(), "encoding": "base64"}


def notes_json(notes: tuple[tuple[str, int, str], ...], zone_name: str | None) -> list[Note]:
    return [{"by": by, "at": moment_json(at, zone_name), "text": text} for by, at, text in notes]


@overload
def moment_json(instant: Instant, zone_name: str | None) -> str: ...
@overload
def moment_json(instant: Instant | None, zone_name: str | None) -> str | None: ...
def moment_json(instant: Instant | None, zone_name: str | None) -> str | None:
    if instant is None:
        return None
    return show(instant, zone(zone_name) if zone_name is not None else None)


def day_json(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None
