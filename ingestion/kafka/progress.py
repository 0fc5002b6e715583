"""How far a topic has been stored. The store is the truth: the group's offsets on the broker are a courtesy to others.

The offset of the last stored record of a partition stands in the store under `kafka/TOPIC/ID/PARTITION`, written in the
transaction of what was read. The id is the broker's: a topic that was deleted and created again has another one and begins
at 0 again, which must not be taken for what was stored before.
"""

from __future__ import annotations

from typing import Protocol

from domain.saying import said
from services.errors import Refused
from services.history.history import History

PREFIX = "kafka/"


class Reach(Protocol):
    """The part of ingestion.kafka.broker.Topic that is asked."""

    name: str

    def id(self) -> str: ...
    def ends(self) -> dict[int, int]: ...
    def reach(self, partition: int) -> tuple[int, int]: ...


class Progress:
    """The progress in one topic, as the broker knows it at the moment of creation. `begins_anew` accepts that records were lost."""

    def __init__(self, history: History, topic: Reach, *, begins_anew: bool = False):
        self._history = history
        self._topic = topic
        self._begins_anew = begins_anew
        self.id = topic.id()

    def name(self, partition: int) -> str:
        return f"{PREFIX}{self._topic.name}/{self.id}/{partition}"

    def stored(self, partition: int) -> int | None:
        return self._history.last_offset(self.name(partition))

    def start(self, partition: int) -> tuple[int, int]:
        """The offset to go on from, and the one behind the last that is stored: they differ where the oldest records were
        deleted. Raises Refused where records that were not stored are gone, or stored ones are."""
        first, end = self._topic.reach(partition)
        self.require_same()
        stored = self.stored(partition)
        if stored is None:
            self._require_known()
            return first, 0
        self._require_unbroken(f"{self._topic.name}[{partition}]", stored, first, end)
        return max(stored + 1, first), stored + 1

    def _require_unbroken(self, here: str, stored: int, first: int, end: int) -> None:
        """Raises Refused where the broker, which has the offsets from `first` to before `end`, lacks some that are not stored,
        or has lost some that are."""
        if stored >= end:
            raise Refused(
                said(
                    "{here} ends at {end}, but its records up to {stored} are stored: the broker has lost some",
                    here=here,
                    end=end,
                    stored=stored,
                ),
                mend=said("restore the broker's log, or create the topic anew and use --begin-anew"),
                slug="offset-regressed",
            )
        if stored + 1 < first and not self._begins_anew:
            raise Refused(
                said(
                    "{here} begins at {first}: its records {stored} to {first_2} were deleted before they were read",
                    here=here,
                    first=first,
                    stored=stored + 1,
                    first_2=first - 1,
                ),
                mend=said("send them again, then use --begin-anew to go on without them"),
                slug="records-lost",
            )

    def require_same(self) -> None:
        """Raises Refused when the topic has been created again since."""
        if (id := self._topic.id()) != self.id:
            raise self._recreated(self.id, id)

    def lags(self) -> dict[int, int]:
        """How many offsets of each partition the broker has now that are not stored."""
        ends = self._topic.ends()
        self.require_same()
        stored = self._history.offsets(f"{PREFIX}{self._topic.name}/{self.id}/")
        return {at: max(0, end - 1 - stored.get(self.name(at), -1)) for at, end in ends.items()}

    def all_stored(self) -> dict[int, int]:
        """The last stored offset of each partition that has one."""
        front = f"{PREFIX}{self._topic.name}/{self.id}/"
        return {int(name.removeprefix(front)): at for name, at in self._history.offsets(front).items()}

    def is_drained(self) -> bool:
        """True when everything that the broker has now is stored: asked by who lets time pass (MEANING §2)."""
        return not any(self.lags().values())

    def _require_known(self) -> None:
        """Raises Refused where another topic of this name was stored, unless that is accepted."""
        topic = f"{PREFIX}{self._topic.name}/"
        names = self._history.offsets(topic)
        if self._begins_anew or not names or any(name.startswith(f"{topic}{self.id}/") for name in names):
            return
        raise self._recreated(next(iter(names)).split("/")[2], self.id)

    def _recreated(self, before: str, now: str) -> Refused:
        return Refused(
            said(
                "the topic {topic} was deleted and created again (its id was {before} and is {now})",
                topic=self._topic.name,
                before=before,
                now=now,
            ),
            mend=said("use --begin-anew once it is clear that nothing of the old one is missing"),
            slug="topic-recreated",
        )
