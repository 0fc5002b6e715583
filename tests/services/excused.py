"""Excuses asked and answered in a store that lives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.access import principal
from services.excuses.excusing import Excusing
from services.excuses.reading import read_excuse
from services.excuses.rows import ExcuseRow
from tests.given import at
from tests.services.judged import Life

LAB, WARD = principal("lab/ann"), principal("ward/bob")
"""The supplier and the client of `given.contract`."""


@dataclass(frozen=True, slots=True)
class Parties:
    """The supplier asks and the client answers; every step is judged before it returns."""

    life: Life

    @property
    def excusing(self) -> Excusing:
        return self.life.store.use(Excusing)

    def ask(self, *keys: str, scope: str = "c/d/on-time", **more: Any) -> str:
        """For keys, or with `since` and `until` (`03-02 10:00`) for an interval."""
        span: dict[str, Any] = {name: at(more.pop(name)) for name in ("since", "until") if name in more}
        given: dict[str, Any] = {"reason": "client-fault", "text": "they were closed", **span, **more}
        id, _ = self.excusing.ask(LAB, scope, keys=keys, **given)
        self.life.judge()
        return id

    def accept(self, excuse: str) -> int:
        position = self.excusing.accept(WARD, excuse)
        self.life.judge()
        return position

    def excuse(self, *keys: str, **more: Any) -> int:
        """Asked and accepted; the position of the acceptance."""
        return self.accept(self.ask(*keys, **more))

    def row(self, excuse: str) -> ExcuseRow:
        return self.life.store.read(LAB, read_excuse, excuse)
