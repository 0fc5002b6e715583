"""What is said about people, who looked, and what is kept where, in the API's shapes."""

from __future__ import annotations

from collections.abc import Sequence

from domain.times import show
from services.access_log import LoggedRow
from services.api.sealed import sealed_json
from services.places import Place
from services.protection import shapes
from services.protection.looking import Sealing, Value
from services.sealing.retention import Kept


def personal_json(found: Sealing, values: Sequence[Value]) -> shapes.Personal:
    stands = sealed_json(found.standing)
    assert stands is not None
    return {
        "position": found.position,
        "source": found.source,
        "id": found.id,
        "type": found.type,
        "time": show(found.time),
        "service": found.service,
        "sealed": stands,
        "values": [{"path": one.path, "value": one.value} for one in values],
    }


def logged_json(row: LoggedRow) -> shapes.Logged:
    return {
        "hour": show(row.hour),
        "last": show(row.last),
        "sort": row.sort,
        "person": row.person,
        "service": row.service,
        "about": row.thing,
        "address": row.address,
        "times": row.times,
    }


def kept_json(places: Sequence[Place], sealed: Sequence[Kept]) -> shapes.KeptWhere:
    return {
        "places": [place_json(one) for one in places],
        "sealed": [month_json(one) for one in sealed],
    }


def month_json(one: Kept) -> shapes.KeptMonth:
    return {
        "source": one.source,
        "month": one.month,
        "subjects": one.subjects,
        "stored_in": one.stored_in,
        "retention": one.retention,
        "until": show(one.until) if one.until is not None else None,
        "declared": one.is_declared,
    }


def place_json(one: Place) -> shapes.KeptPlace:
    return {"what": one.what, "where": one.where, "until": one.until, "is_erased": one.is_erased}
