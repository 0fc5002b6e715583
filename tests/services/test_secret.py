"""A store's secrets are made once, and are the same for every program that opens it."""

from __future__ import annotations

from services.history.secret import SIZE, secret_of
from services.opening import open_store
from services.store import Store


def test_a_secret_is_made_once_and_is_there_after_a_restart(store_url: str) -> None:
    def found(opened: Store) -> tuple[bytes, bytes]:
        database = opened.history.database
        return secret_of(database, "form tokens"), secret_of(database, "something else")

    first = open_store(store_url)
    other = open_store(store_url)
    try:
        one, else_ = found(first)
        assert (len(one), len(else_), one != else_) == (SIZE, SIZE, True)
        assert found(other) == (one, else_)
    finally:
        first.close()
        other.close()
    again = open_store(store_url)
    try:
        assert found(again) == (one, else_)
    finally:
        again.close()
