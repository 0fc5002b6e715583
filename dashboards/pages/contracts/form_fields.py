"""The form of a contract's draft, drawn from the description of the file's keys: what it shows of each, in which boxes, with which
choices, and what is wrong there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from dashboards.language import Language
from dashboards.pages.contracts.box_faces import Box, Faces, boxes_shown
from dashboards.pages.contracts.moving import PARTIES, form_of, text_of
from dashboards.pages.contracts.sheet import AGREED, FORM, PREFIX, Sheet, boxes_at
from dashboards.pages.house.frame import View
from domain.saying import Said
from services.contract_files import Tree, value_at
from services.contract_files.documents import Path
from services.contract_files.entries import Entry, contract_entries, entries_of, indicator_entries
from services.contract_files.names import TARGETS

LANGUAGES: Final = ("en", "fr")
MOST_OPEN: Final = 4
"""Criteria that are shown with all their fields at once; of a longer contract only the deliverables that one opens."""
LONG: Final = frozenset({"texts", "names", "slices", "where", "days", "limit", "causes"})
"""Kinds of entries that take the whole width."""
WHOLE: Final = frozenset({"duration", "tolerance", "limit", "plus"})
"""Kinds of entries that are a whole number and a unit."""
SAID: Final = frozenset({"owner", "tolerance", "warn", "until", "effective", "late_data", "calendar", "shown_to"})
"""Keys that may be left out, and that people look for: they stand with what is needed."""


@dataclass(frozen=True)
class Field:
    """One key of the file. `is_quiet`: it may be left out and is; it stands folded. `wrong`: what would be right there."""

    id: str
    label: str
    help: Said | str
    boxes: tuple[Box, ...]
    is_quiet: bool = False
    is_long: bool = False
    wrong: tuple[Said | str, ...] = ()
    schedule: str = ""
    """The criterion whose next dates stand beside it."""
    folds: str = ""
    """What the boxes that stand folded are for."""
    kind: str = ""

    @property
    def plain(self) -> list[Box]:
        return [one for one in self.boxes if not one.is_folded]

    @property
    def folded(self) -> list[Box]:
        return [one for one in self.boxes if one.is_folded]

    @property
    def is_open(self) -> bool:
        """Says whether what stands folded says something."""
        return any(one.value for one in self.folded) or bool(self.wrong)


@dataclass(frozen=True)
class Button:
    verb: str
    label: str
    of: str = ""


@dataclass(frozen=True)
class Group:
    """A part of the form: its fields, the parts in it, and what can be done to it. `folded`: what is shown of one that is not open."""

    id: str
    title: str
    fields: tuple[Field, ...] = ()
    quiet: tuple[Field, ...] = ()
    groups: tuple[Group, ...] = ()
    buttons: tuple[Button, ...] = ()
    adds: tuple[Button, ...] = ()
    wrong: tuple[Said | str, ...] = ()
    depth: int = 0
    is_looked_at: bool = False
    folded: str = ""

    @property
    def is_wrong_in_quiet(self) -> bool:
        return any(one.wrong for one in self.quiet)

    def everything(self) -> Iterator[Field]:
        """Its fields, and those of the parts in it."""
        yield from (*self.fields, *self.quiet)
        for one in self.groups:
            yield from one.everything()


@dataclass
class Form:
    """Makes the form of one sheet. `wrong`: what is wrong, by the path of the file."""

    view: View
    sheet: Sheet
    wrong: Mapping[Path, list[Said | str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.language: Language = self.view.language
        self.faces = Faces(self.view, self.sheet.tree)
        self._found: list[Path] = list(self.wrong)

    def groups(self) -> list[Group]:
        """All of it: the whole contract, what each party owes the other, the review."""
        if self.sheet.document is None and not self.sheet.waiting:
            return []
        whole = [
            one for one in contract_entries() if one.kind not in ("several", "group") and self._is_asked((one.name,))
        ]
        parts = [one for one in contract_entries() if one.kind == "group"]
        valid = next(one for one in parts if one.name == "valid")
        fields = [*self._fields((), whole), *self._of_group(("valid",), valid)]
        head = self._group((), self._text("editor.whole"), fields)
        optional = [one for one in parts if one.name != "valid" and (one.name != "rebaseline" or not self.sheet.is_new)]
        rest = [
            self._part((one.name,), one, 0) for one in optional if value_at(self.sheet.tree, (one.name,)) is not None
        ]
        absent = [one for one in optional if value_at(self.sheet.tree, (one.name,)) is None]
        adds = tuple(self._add((one.name,)) for one in absent)
        owed = [self._owed(party) for party in PARTIES]
        last = Group("", "", adds=adds) if adds else None
        return [head, *owed, *rest, *([last] if last else [])]

    def _is_asked(self, path: Path) -> bool:
        if path == ("effective",):
            return not self.sheet.is_new
        return self.sheet.is_new or path not in AGREED

    def _text(self, key: str, **values: Any) -> str:
        return self.language.text(key, **values)

    # parts

    def _owed(self, party: str) -> Group:
        names = {one: self.faces.party(one) for one in PARTIES}
        other = PARTIES[1 - PARTIES.index(party)]
        items = [(at, one) for at, one in self._items(("deliverables",)) if one.get("owed_by", PARTIES[0]) == party]
        if party == PARTIES[0]:
            items += [
                (at, one) for at, one in self._items(("deliverables",)) if one.get("owed_by", PARTIES[0]) not in PARTIES
            ]
        is_long = (
            sum(len(self._items(("deliverables", at, "criteria"))) for at, _ in self._items(("deliverables",)))
            > MOST_OPEN
        )
        groups = tuple(self._deliverable(at, one, number, is_long) for number, (at, one) in enumerate(items, 1))
        title = self._text("editor.owes", debtor=names[party], creditor=names[other])
        add = Button(f"add:deliverables:{party}", self._text("editor.add.deliverables"), title)
        wrong = self._take(("deliverables",)) if party == PARTIES[0] else ()
        return Group(f"g.{party}", title, groups=groups, adds=(add,), wrong=wrong)

    def _items(self, path: Path) -> list[tuple[int, Tree]]:
        held = value_at(self.sheet.tree, path)
        return [(at, one) for at, one in enumerate(held if isinstance(held, list) else []) if isinstance(one, dict)]

    def _deliverable(self, at: int, tree: Tree, number: int, is_long: bool) -> Group:
        path: Path = ("deliverables", at)
        title = f"{number}. {self.faces.title(tree) or self._text('editor.deliverable', number=number)}"
        is_open = not is_long or at in self.sheet.opened or any(one[:2] == path and len(one) > 2 for one in self._found)
        if not is_open:
            said = self.language.counted("editor.criteria", len(self._items((*path, "criteria"))))
            opens = Button(f"open:{at}", self._text("editor.open"), title)
            return self._group(path, title, (), 1, buttons=(opens, *self._moves(path, title)), folded=said)
        entries = [one for one in entries_below("deliverables") if one.kind != "several"]
        criteria = self._items((*path, "criteria"))
        inner = tuple(self._criterion((*path, "criteria", c), one, c + 1, len(criteria)) for c, one in criteria)
        add = Button(f"add:{text_of(path)}.criteria", self._text("editor.add.criteria"), title)
        fields = self._fields(path, entries)
        return self._group(path, title, fields, 1, inner, self._moves(path, title), (add,))

    def _criterion(self, path: Path, tree: Tree, number: int, count: int) -> Group:
        title = self.faces.title(tree) or self._text("editor.criterion", number=number)
        known = entries_below("deliverables", "criteria")
        entries = [one for one in known if one.kind not in ("several", "group", "indicator")]
        fields = self._fields(path, entries)
        indicator = self._indicator((*path, "indicator"))
        targets = self._targets(path)
        add = Button(f"add:{text_of(path)}.target", self._text("editor.add.target"), title)
        moves = self._moves(path, title, has_more=count > 1)
        return self._group(path, title, fields, 2, (indicator, *targets), moves, (add,))

    def _indicator(self, path: Path) -> Group:
        entries = indicator_entries(value_at(self.sheet.tree, path))
        fields: list[Field] = []
        groups, adds = [], []
        for one in entries:
            inside = (*path, one.name)
            if one.kind != "group":
                fields += self._fields(path, [one])
            elif one.is_needed:
                fields += self._of_group(inside, one)
            elif value_at(self.sheet.tree, inside) is not None:
                groups.append(self._part(inside, one, 3))
            else:
                adds.append(self._add(inside))
        return self._group(path, self._text("editor.part.indicator"), fields, 3, tuple(groups), (), tuple(adds))

    def _of_group(self, path: Path, entry: Entry) -> list[Field]:
        """The fields of a part that is always there; where several parts ask for the same, with the name of the part."""
        assert entry.model is not None
        entries = [one for one in entries_of(entry.model) if self._is_asked((*path, one.name))]
        of = "" if entry.name in ("valid", "due") else entry.name
        return list(self._fields(path, entries, of=of))

    def _part(self, path: Path, entry: Entry, depth: int) -> Group:
        assert entry.model is not None
        title = self._text(f"editor.part.{entry.name}")
        remove = Button(f"remove:{text_of(path)}", self._text("editor.remove"), title)
        known = entries_of(entry.model)
        inner, adds = self._parts_in(path, known, depth + 1)
        fields = self._fields(path, [one for one in known if one.kind not in ("several", "group")])
        return self._group(path, title, fields, depth, inner, (remove,), adds)

    def _parts_in(self, path: Path, known: Sequence[Entry], depth: int) -> tuple[tuple[Group, ...], tuple[Button, ...]]:
        """The parts that stand within a part, and what can be added to it."""
        groups: list[Group] = []
        adds: list[Button] = []
        for one in known:
            inside = (*path, one.name)
            if one.kind == "several":
                groups += [self._one_of((*inside, at), one, at + 1, depth) for at, _ in self._items(inside)]
                adds.append(self._add(inside))
            elif one.kind == "group" and value_at(self.sheet.tree, inside) is not None:
                groups.append(self._part(inside, one, depth))
            elif one.kind == "group":
                adds.append(self._add(inside))
        return tuple(groups), tuple(adds)

    def _one_of(self, path: Path, entry: Entry, number: int, depth: int) -> Group:
        assert entry.model is not None
        title = f"{self._text(f'editor.part.{entry.name}')} {number}"
        remove = Button(f"remove:{text_of(path)}", self._text("editor.remove"), title)
        return self._group(path, title, self._fields(path, entries_of(entry.model)), depth, (), (remove,))

    def _targets(self, criterion: Path) -> list[Group]:
        one = value_at(self.sheet.tree, (*criterion, "target"))
        several = self._items((*criterion, "targets"))
        paths: list[Path] = [(*criterion, "target")] if one is not None or not several else []
        paths += [(*criterion, "targets", at) for at, _ in several]
        return [self._target(path, len(paths) > 1) for path in paths]

    def _target(self, path: Path, is_one_of_many: bool) -> Group:
        tree = value_at(self.sheet.tree, path)
        held = tree if isinstance(tree, dict) else {}
        form = form_of(held) or TARGETS[0]
        entries = {one.name: one for one in entries_below("deliverables", "criteria", "target")}
        name = f"{PREFIX}{text_of(path)}"
        said = self.sheet.waiting.get(name, {}).get(FORM, form)
        options = tuple((one, self._text(f"editor.field.{one}")) for one in TARGETS)
        choose = Box(f"{name}~{FORM}", said, "select", self._text("editor.part.target"), options)
        first = Field(choose.name, choose.label, "", (choose,), wrong=self._take(path))
        fields = [first, *self._fields(path, [entries[form], entries["per"]])]
        title = self._text("editor.part.target")
        remove = (Button(f"remove:{text_of(path)}", self._text("editor.remove"), title),) if is_one_of_many else ()
        return self._group(path, title, fields, 3, (), remove)

    def _group(
        self,
        path: Path,
        title: str,
        fields: Sequence[Field] | Iterator[Field],
        depth: int = 0,
        groups: tuple[Group, ...] = (),
        buttons: tuple[Button, ...] = (),
        adds: tuple[Button, ...] = (),
        folded: str = "",
    ) -> Group:
        made = list(fields)
        loud, quiet = [one for one in made if not one.is_quiet], [one for one in made if one.is_quiet]
        wrong = () if folded else self._take(path)
        is_looked_at = bool(path) and self.sheet.at == path
        id = f"g.{text_of(path)}" if path else "g"
        return Group(id, title, tuple(loud), tuple(quiet), groups, buttons, adds, wrong, depth, is_looked_at, folded)

    def _moves(self, path: Path, title: str, *, has_more: bool = True) -> tuple[Button, ...]:
        moves = ("copy", "up", "down", "remove") if has_more else ("copy",)
        return tuple(Button(f"{one}:{text_of(path)}", self._text(f"editor.{one}"), title) for one in moves)

    def _add(self, path: Path) -> Button:
        return Button(f"add:{text_of(path)}", self._text("editor.add.part", part=self._text(f"editor.part.{path[-1]}")))

    # fields

    def _fields(self, base: Path, entries: Sequence[Entry], of: str = "") -> Iterator[Field]:
        for entry in entries:
            path = (*base, entry.name)
            if entry.kind == "title" and not isinstance(value_at(self.sheet.tree, path), str):
                yield from self._titles(path, entry)
            else:
                yield self._field(path, entry, of)

    def _titles(self, path: Path, entry: Entry) -> Iterator[Field]:
        held = value_at(self.sheet.tree, path)
        tags = dict.fromkeys((*LANGUAGES, *(held if isinstance(held, dict) else ())))
        for tag in tags:
            inside = Entry(tag, "text", entry.help, False)
            known, plain = f"editor.field.{entry.name}_{tag}", f"editor.field.{entry.name}"
            label = self._text(known) if self.language.has(known) else f"{self._text(plain)} ({tag})"
            yield self._field((*path, tag), inside, label=label, is_said=entry.name == "title" and tag in LANGUAGES)

    def _field(self, path: Path, entry: Entry, of: str = "", label: str = "", is_said: bool = False) -> Field:
        said = label or self.faces.label(path, entry, of)
        values = boxes_at(self.sheet, path, entry)
        boxes = tuple(boxes_shown(self.faces, path, entry, values, said))
        is_empty = value_at(self.sheet.tree, path) is None and not any(one.is_typed for one in boxes)
        wrong = self._take(path, below=True)
        if wrong and entry.kind in WHOLE and boxes[0].value and not boxes[0].value.isdecimal():
            wrong = (self._text("editor.whole_number"),)  # the file's words for a time stand in no box
        is_left_out = is_empty and not entry.is_needed and not is_said and entry.name not in SAID
        is_quiet = not wrong and (is_left_out or (entry.name == "id" and bool(boxes[0].value)))
        schedule = (
            text_of(path[:-3]) if path[-2:] == ("due", "at") else text_of(path[:-1]) if path == ("review", "at") else ""
        )
        name = PREFIX + text_of(path)
        folds = self._text(f"editor.{entry.kind}.other") if any(one.is_folded for one in boxes) else ""
        return Field(name, said, entry.help, boxes, is_quiet, entry.kind in LONG, wrong, schedule, folds, entry.kind)

    def _take(self, path: Path, *, below: bool = False) -> tuple[Said | str, ...]:
        """What is wrong at that path; `below`: also at what stands in it."""
        found = [one for one in self._found if one == path or (below and one[: len(path)] == path)]
        return tuple(words for one in found for words in self.wrong[one])


def entries_below(*names: str) -> tuple[Entry, ...]:
    """The keys of what stands in a contract under those names, each in the one before."""
    entries = contract_entries()
    for name in names:
        model = next(one.model for one in entries if one.name == name)
        assert model is not None
        entries = entries_of(model)
    return entries


def everything(groups: Sequence[Group]) -> list[Field]:
    return [field for group in groups for field in group.everything()]


def shown_now(groups: Sequence[Group], sheet: Sheet) -> str:
    """What stands in the boxes that nobody typed into, and what was before it turned into another, as JSON for the next sending."""
    now = values_now(groups)
    said = {name: sheet.shown.get(name, "") if name in sheet.typed else now[name] for name in now}
    return json.dumps({name: value for name, value in said.items() if value} | dict(sheet.was))


def values_now(groups: Sequence[Group]) -> dict[str, str]:
    return {box.name: box.value for one in everything(groups) for box in one.boxes}


def place_of(path: Path, groups: Sequence[Group]) -> tuple[str, str]:
    """The id and the label of where in the form something is wrong: its field, else the nearest part, each with the titles of what it
    belongs to; empty where none is shown."""
    name = PREFIX + text_of(path)
    parts: dict[str, str] = {}
    for group, titles in _parts(groups, ()):
        parts[group.id] = ", ".join(dict.fromkeys((*titles, group.title)))
        for one in (*group.fields, *group.quiet):
            if one.boxes and (name == one.id or name.startswith(f"{one.id}.") or one.id == f"{name}~{FORM}"):
                return one.boxes[0].name, ", ".join((*titles, one.label))
    while path:
        if (found := f"g.{text_of(path)}") in parts:
            return found, parts[found]
        path = path[:-1]
    return "", ""


def _parts(groups: Sequence[Group], titles: tuple[str, ...]) -> Iterator[tuple[Group, tuple[str, ...]]]:
    """Every part with the titles of the deliverable and the criterion that it belongs to."""
    for group in groups:
        of = (*titles, group.title) if group.depth in (1, 2) else titles
        yield group, of
        yield from _parts(group.groups, of)
