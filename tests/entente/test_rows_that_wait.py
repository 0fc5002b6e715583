"""Rows of the first pages that cannot be made: why is logged once, however long it lasts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from entente import ahead
from services.errors import Unavailable
from services.store import Store

LOST = Unavailable("the store is lost")
LOCKED = Unavailable("it is locked")


class Failing:
    """Looks that fail so, time after time, and then ends the loop."""

    def __init__(self, errors: list[Unavailable], stopping: threading.Event):
        self._errors: Iterator[Unavailable] = iter(errors)
        self._stopping = stopping

    def known(self) -> Any:
        error = next(self._errors, None)
        if error is None:
            self._stopping.set()
            raise LOST
        raise error


def test_why_they_are_not_ready_is_said_once_for_each_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "BETWEEN_ROWS", 0.0)
    stopping = threading.Event()
    store = cast(Store, SimpleNamespace(seeing=Failing([LOST, LOST, LOCKED, LOCKED, LOST, LOST], stopping)))
    with capture_logs() as logged:
        ahead.ready_rows(store)(stopping)
    assert [one["because"] for one in logged] == [str(LOST), str(LOCKED), str(LOST)]
