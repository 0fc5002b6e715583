"""Excuses that both have agreed to: what they cover, and what they close."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.oracle.calendars import Interval
from tests.oracle.occurrences import Occurrence
from tests.oracle.times import read_time

CLOSURE = "agreed-closure"
TIMED = ("availability", "freshness")
CLOSABLE = ("turnaround", *TIMED)
"""The kinds for which agreed closures are closed time."""


@dataclass(frozen=True)
class Excuse:
    """For keys of a commitment, or for an interval [since, until) of a commitment, deliverable or contract."""

    scope: str
    keys: tuple[str, ...]
    since: datetime | None
    until: datetime | None
    reason: str

    def is_about(self, commitment: str) -> bool:
        return f"{commitment}/".startswith(f"{self.scope}/")

    def closes(self, commitment: str, kind: str) -> Interval | None:
        if self.reason != CLOSURE or kind not in CLOSABLE or not self.is_about(commitment):
            return None
        assert self.since is not None
        assert self.until is not None
        return self.since, self.until

    def covers(self, commitment: str, kind: str, one: Occurrence) -> bool:
        """What stands in it: what has a due falls due in it, a volume ends in it. A closure excuses dates only."""
        if not self.is_about(commitment) or (self.reason == CLOSURE and kind != "punctuality"):
            return False
        if self.since is None or self.until is None:
            return one.key in self.keys
        return self.since <= one.at < self.until


def excuse(said: dict[str, Any]) -> Excuse:
    since, until = read_time(said.get("since")), read_time(said.get("until"))
    return Excuse(said["scope"], tuple(said.get("keys", ())), since, until, said["reason"])
