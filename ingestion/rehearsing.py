"""An import that stores nothing: what would become of each item of files, and what it would say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, NamedTuple

from domain.events import OperationalEvent
from domain.saying import said
from ingestion.cloudevents import Bad, Decoded
from ingestion.content import is_same_content
from ingestion.door import ID_REUSED
from ingestion.files import ImportCount, Progress, batches, items_of, require_importable
from services.contract_files.mapping_terms import MappingTerms
from services.directory.declaring import Declared
from services.history.history import History
from services.history.stored_events import Header, attributes_of, event_from

MOST_PROBLEMS: Final = 10


class Aside(NamedTuple):
    """An item that would be quarantined: where it stands, and why."""

    place: str
    slug: str
    problem: str


@dataclass(slots=True)
class Rehearsal:
    """The outcome of a rehearsal so far. `reasons`: how many items would be quarantined, by slug; `problems`: the first of them."""

    count: ImportCount = field(default_factory=ImportCount)
    reasons: Counter[str] = field(default_factory=Counter)
    problems: list[Aside] = field(default_factory=list)
    _met: dict[bytes, int] = field(default_factory=dict)
    """The hash of what the files have said so far of each event, by its stream."""

    def judge(self, history: History, place: str, batch: Sequence[tuple[int, Decoded | Bad]]) -> list[Decoded]:
        """Counts the items of a batch; gives the events among them that would be accepted, or are stored already, each once."""
        stored = history.founding({item.stream for _, item in batch if type(item) is Decoded})
        events = []
        for line, item in batch:
            if type(item) is Bad:
                self._set_aside(Aside(f"{place}:{line}", item.slug, item.problem))
                continue
            assert type(item) is Decoded
            state = stored[item.stream].state if item.stream in stored else None
            says = hash((item.raw, item.datacontenttype))
            is_first = item.stream not in self._met
            if (is_first and state is None) or (state is not None and is_same_content(item, state, history.opener)):
                self._met[item.stream] = says
                events += [item] if is_first else []
                self._count(is_new=state is None)
            elif self._met.get(item.stream) == says:
                self._count(is_new=False)
            else:
                self._set_aside(Aside(f"{place}:{line}", ID_REUSED, _reused(item)))
        return events

    def _count(self, *, is_new: bool) -> None:
        name = "accepted" if is_new else "duplicates"
        self.count = replace(self.count, **{name: getattr(self.count, name) + 1})

    def _set_aside(self, aside: Aside) -> None:
        self.count = replace(self.count, quarantined=self.count.quarantined + 1)
        self.reasons[aside.slug] += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(aside)


def _reused(event: Decoded) -> str:
    return said(
        "`id` {id} of `source` {source} stands for other content: send a new `id`", id=event.id, source=event.source
    )


def rehearse(
    history: History,
    paths: Sequence[Path],
    mapping: MappingTerms | None,
    see: Callable[[Decoded, OperationalEvent], None],
    progress: Progress | None = None,
) -> Rehearsal:
    """Does what `import_files` does, but stores nothing: `see` is told every event that would be accepted or is stored already,
    in order, as its bytes and as judging sees it. Raises Invalid, naming the file. A few bytes are kept of each event."""
    for path in paths:
        require_importable(path, mapping)
    rehearsal = Rehearsal()
    shown_to = Declared(history).shown_to()
    for path in paths:
        for batch in batches(items_of(path, mapping)):
            for event in rehearsal.judge(history, str(path), batch):
                see(event, event_of_item(event, shown_to.get(event.source)))
            if progress is not None:
                progress(rehearsal.count)
    return rehearsal


def event_of_item(item: Decoded, shown_to: tuple[str, ...] | None) -> OperationalEvent:
    header = Header(attributes=item.attributes, datacontenttype=item.datacontenttype)
    return event_from(attributes_of(header, item.raw), shown_to=shown_to)
