"""Lists of values on their way to PostgreSQL as arrays, in its binary form: many rows in one statement. What psycopg makes of
lists, value by value, costs several times as much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from struct import Struct
from typing import Any
from uuid import UUID

from psycopg.adapt import AdaptersMap, Dumper
from psycopg.postgres import types
from psycopg.pq import Format


class BinaryArray(bytes):
    """An array of one dimension as the server receives it. The statement says of which type (`?::text[]`)."""


class _AsItIs(Dumper):
    format = Format.BINARY

    def dump(self, obj: BinaryArray) -> bytes:
        return obj


def know_arrays(adapters: AdaptersMap) -> None:
    """Teaches a connection, by its adapters, to send a BinaryArray."""
    adapters.register_dumper(BinaryArray, _AsItIs)


LENGTH = Struct(">i").pack
_HEAD = Struct(">iiIii").pack
_NULL = LENGTH(-1)
_INTEGER = Struct(">iq").pack


def _texts(values: Iterable[str | None]) -> Iterable[bytes]:
    return [_NULL if one is None else LENGTH(len(text := one.encode())) + text for one in values]


def _integers(values: Iterable[int | None]) -> Iterable[bytes]:
    return [_NULL if one is None else _INTEGER(8, one) for one in values]


def _bytes(values: Iterable[bytes | None]) -> Iterable[bytes]:
    return [_NULL if one is None else LENGTH(len(one)) + one for one in values]


def _uuids(values: Iterable[UUID | None]) -> Iterable[bytes]:
    return _bytes(None if one is None else one.bytes for one in values)


_PARTS: dict[type, tuple[str, Callable[[Any], Iterable[bytes]]]] = {
    str: ("text", _texts),
    int: ("int8", _integers),
    bytes: ("bytea", _bytes),
    UUID: ("uuid", _uuids),
}


def array_of(values: Sequence[Any]) -> tuple[str, BinaryArray] | None:
    """The type's name in SQL and the array; None where there are only nulls, which have no type. All values are of one type."""
    kind = next((type(one) for one in values if one is not None), None)
    if kind is None:
        return None
    name, parts = _PARTS[kind]
    return f"{name}[]", _array(name, len(values), parts(values))


def uuid_array(keys: Sequence[bytes]) -> BinaryArray:
    """Makes an array of uuids; each key has sixteen bytes."""
    return _array("uuid", len(keys), _bytes(keys))


def _array(name: str, length: int, parts: Iterable[bytes]) -> BinaryArray:
    """Makes an array of one dimension without nulls, as array_send in the server's source writes it: the number of
    dimensions, a mark of nulls, the elements' type, their count, and that they count from 1; then each element, its
    length before it."""
    return BinaryArray(_HEAD(1, 1, types[name].oid, length, 1) + b"".join(parts))
