"""The boxes of a form as people see them: which kind each is, what it is called, and what may be chosen in it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final, Literal

from dashboards.language import first_up
from dashboards.pages.contracts import boxes as b
from dashboards.pages.contracts.moving import PARTIES, Removed, text_of
from dashboards.pages.house.frame import View
from services.contract_files import Tree, value_at
from services.contract_files.documents import Path
from services.contract_files.entries import Entry
from services.contract_files.names import PERS

BoxKind = Literal["text", "number", "select", "date", "tick"]
Options = tuple[tuple[str, str], ...]
MOST_CHOICES: Final = 80
"""More than these are offered beside a box in which one types."""
ROLLING: Final = ("7 days", "28 days", "30 days", "90 days", "365 days")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


PARTS: Final = ("review", "rebaseline", "actions", "effect", "escalation", "paused", "resumed", "target")
"""Of what may be taken out and has no title."""
_LABELS = {
    ("deadline", "due"): "due_path",
    ("volume", "per"): "counted_per",
    ("effect", "after"): "effect_after",
    ("effect", "before"): "effect_before",
}
"""Keys that are called otherwise where they stand: in an indicator of that kind, in a part of that name."""


@dataclass(frozen=True)
class Box:
    """One box. `label` says what stands in it where the field has several; `offers`: the name of the list of what is offered there."""

    name: str
    value: str
    kind: BoxKind = "text"
    label: str = ""
    options: Options = ()
    offers: str = ""
    suffix: str = ""
    is_folded: bool = False
    """Stands folded below the others: few need it."""

    @property
    def is_typed(self) -> bool:
        """Says whether something stands in it that says something by itself."""
        return bool(self.value) and self.kind != "select"


@dataclass
class Faces:
    """What the choices of one draft are called."""

    view: View
    tree: Tree

    def text(self, key: str, **values: Any) -> str:
        return self.view.language.text(key, **values)

    def label(self, path: Path, entry: Entry, of: str) -> str:
        """What the field is called; `of`: the part of an indicator that it belongs to."""
        held_in = str(path[-2]) if path[-2:-1] == ("effect",) else self._kind(path)
        special = _LABELS.get((held_in, entry.name), entry.name)
        name = self.text(f"editor.field.{special}")
        return self.text("editor.of", part=self.text(f"editor.part.{of}"), field=name) if of else name

    def _kind(self, path: Path) -> str:
        held = value_at(self.tree, path[:-1])
        return str(held.get("kind", "")) if isinstance(held, dict) else ""

    def title(self, tree: Tree) -> str:
        titles = tree.get("title")
        if isinstance(titles, dict):
            titles = titles.get(self.view.language.code) or next((one for one in titles.values() if one), None)
        return str(titles or tree.get("id") or "")

    def removed(self, removed: Removed) -> str:
        """What was taken out: its title, else what such a part is called."""
        if named := self.title(removed.value):
            return named
        part = next((one for one in reversed(removed.path) if one in PARTS), "target")
        return self.text(f"editor.part.{part}")

    def party(self, party: str) -> str:
        """The name of the service, where one is chosen."""
        id = self.tree.get(party)
        return (
            self.view.service(id)
            if isinstance(id, str) and id in self.view.services
            else first_up(self.text(f"party.{party}"))
        )

    def choices(self, path: Path, entry: Entry) -> Options:
        """The words that may stand there, each as people say it."""
        if entry.name == "kind":
            return tuple((one, first_up(self.text(f"kind.{one}").split(":")[0].strip())) for one in entry.choices)
        if entry.name == "owed_by":
            return tuple((one, self.party(one)) for one in PARTIES)
        return tuple((one, self.text(f"editor.choice.{entry.name}.{one}")) for one in entry.choices)

    @cached_property
    def services(self) -> Options:
        return tuple((id, self.view.service(id)) for id in self.view.services)

    @cached_property
    def people(self) -> Options:
        """Those of both parties first known; of other services nobody is asked to own what these two agree on."""
        parties = [self.tree.get(one) for one in PARTIES]
        rows = [row for id, row in self.view.services.items() if id in parties]
        found = {person: called for row in rows for person, called, _ in row.people}
        return tuple((person, found[person]) for person in sorted(found, key=found.__getitem__))

    @cached_property
    def calendars(self) -> Options:
        return tuple((row.id, row.id) for row in self.view.calendars if row.id)

    def needed(self, path: Path) -> Options:
        """The deliverables of the other party, by the title."""
        items = self.tree.get("deliverables")
        held = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
        own = value_at(self.tree, path[:2])
        debtor = own.get("owed_by", PARTIES[0]) if isinstance(own, dict) else PARTIES[0]
        return tuple(
            (str(one["id"]), self.title(one))
            for one in held
            if one.get("id") and one.get("owed_by", PARTIES[0]) != debtor
        )


def boxes_shown(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], label: str) -> Iterator[Box]:
    """The boxes of a field, in their order on the page. `values`: what stands in them, by the names behind the field's."""
    head = f"f.{text_of(path)}"

    def box(
        part: str, kind: BoxKind = "text", said: str = "", options: Options = (), offers: str = "", suffix: str = ""
    ) -> Box:
        value = values.get(part, "")
        known = options if not options or value in dict(options) else (*options, (value, value))
        return Box(f"{head}~{part}" if part else head, value, kind, said or label, known, offers, suffix)

    made = _MADE.get(entry.kind, _text)(faces, path, entry, values, box)
    yield from (replace(one, is_folded=True) if _is_folded(entry, one) else one for one in made)


def _is_folded(entry: Entry, box: Box) -> bool:
    """Several weekdays, a rule, and a table of durations; other days than these are said in three choices."""
    part = box.name.partition("~")[2]
    return (entry.kind == "days" and part in ("", *b.WEEKDAYS)) or (entry.kind == "limit" and part not in ("", "unit"))


MakeBox = Callable[..., Box]


def _text(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    options = faces.people if entry.name == "owner" else faces.services if entry.name in PARTIES else ()
    if options and len(options) <= MOST_CHOICES:
        yield box("", "select", options=(("", "—"), *options))
    elif entry.kind == "number":
        yield box("", "number")
    else:
        yield box("", offers={"zone": "zone", "path": "path"}.get(entry.kind, ""))


def _date(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    """What is no date stands as it was typed: a box for dates would show nothing of it."""
    text = values.get("", "")
    yield box("", "date" if not text or _DAY.fullmatch(text) else "text")


def _choice(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    known = faces.choices(path, entry)
    yield box("", "select", options=known if entry.is_needed else (("", "—"), *known))


def _per(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    rolling = () if entry.choices else ROLLING
    words = [(one, faces.text(f"editor.choice.per.{one}")) for one in PERS]
    words += [(one, faces.text("editor.choice.rolling", days=one.partition(" ")[0])) for one in rolling]
    yield box("", "select", options=tuple(words) if values.get("") else (("", "—"), *words))


def _amount(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    yield box("", "number")
    yield box("unit", "select", faces.text("editor.unit"), _units(faces, b.UNITS_OF[entry.kind]))


def _units(faces: Faces, units: Sequence[str]) -> Options:
    def word(unit: str) -> str:
        return unit or "—" if unit in ("", b.SHARE) else faces.text(f"editor.choice.units.{unit.replace(' ', '_')}")

    return tuple((one, word(one)) for one in units)


def _share(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    yield box("", "number", suffix="%")


def _texts(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    options = (("", "—"), *faces.needed(path)) if entry.kind == "names" else ()
    offers = entry.name if entry.kind == "texts" else ""
    for part in values:
        yield box(part, "select" if options else "text", options=options, offers=offers)


def _days(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    def word(key: str) -> str:
        return faces.text(f"editor.choice.days.{key.replace(' ', '_')}")

    nths = (b.EACH, *b.NTHS, b.SOME, b.RULE)
    yield box("nth", "select", faces.text("editor.days.nth"), tuple((one, word(one)) for one in nths))
    yield box("day", "select", faces.text("editor.days.day"), (("", "—"), *((one, word(one)) for one in b.DAYS)))
    spans = tuple((one, faces.text(f"editor.choice.of.{one}")) for one in b.SPANS)
    yield box("of", "select", faces.text("editor.days.of"), (("", "—"), *spans))
    for one in b.WEEKDAYS:
        yield box(one, "tick", word(one))
    yield box("", "text", faces.text("editor.days.rule"))


def _calendar(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    own = ((b.OWN, faces.text("editor.calendar.own")),) if values.get("") == b.OWN else ()
    yield box("", "select", options=(("", faces.text("editor.calendar.none")), *own, *faces.calendars))
    follow = (("", faces.text("editor.calendar.fixed")), ("yes", faces.text("editor.calendar.follow")))
    yield box("follow", "select", faces.text("editor.calendar.versions"), follow)


def _key(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    yield box("", offers="path")
    yield box("plus", "number", faces.text("editor.key.plus"))
    yield box("unit", "select", faces.text("editor.unit"), _units(faces, b.LATER))


def _limit(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    yield from _amount(faces, path, entry, values, box)
    yield box("by", "text", faces.text("editor.limit.by"), offers="path")
    yield from _rows(faces, values, box, "limit")


def _causes(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    yield box("", offers="path")
    yield from _rows(faces, values, box, "causes")


def _where(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    operators = tuple((one, faces.text(f"editor.choice.op.{one}")) for one in b.OPERATORS)
    for part in values:
        name = part.rpartition(".")[2]
        said = faces.text(f"editor.where.{name}")
        yield (
            box(part, "select", said, operators)
            if name == "op"
            else box(part, "text", said, offers="path" if name == "path" else "")
        )


def _rows(faces: Faces, values: Mapping[str, str], box: MakeBox, of: str) -> Iterator[Box]:
    for part in values:
        at, _, name = part.partition(".")
        if at.isdecimal() and name:
            yield box(part, "text", faces.text(f"editor.{of}.{name}"))


def _pair(faces: Faces, path: Path, entry: Entry, values: Mapping[str, str], box: MakeBox) -> Iterator[Box]:
    yield box("", "number", faces.text("editor.scale.lowest"))
    yield box("1", "number", faces.text("editor.scale.highest"))


_MADE: Final[Mapping[str, Callable[[Faces, Path, Entry, Mapping[str, str], MakeBox], Iterator[Box]]]] = {
    **dict.fromkeys(("duration", "tolerance", "at_least", "at_most", "plus"), _amount),
    **dict.fromkeys(("texts", "names", "slices"), _texts),
    "date": _date,
    "choice": _choice,
    "per": _per,
    "share": _share,
    "days": _days,
    "calendar": _calendar,
    "key": _key,
    "limit": _limit,
    "causes": _causes,
    "where": _where,
    "pair": _pair,
}
