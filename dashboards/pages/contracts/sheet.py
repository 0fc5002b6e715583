"""What was sent of a contract's form: the draft with what was typed into it, whatever button was pressed.

The form is the truth and the file its view; what the form does not show stays in the file as it is. A file may be pasted or changed by
hand as well: fields that nobody touched leave alone what was changed there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from dashboards.pages.contracts.boxes import FIRST, OWN, boxes_of, complete, value_of
from dashboards.pages.contracts.moving import (
    Removed,
    form_of,
    moved,
    of_form,
    of_kind,
    path_of,
    put_back,
    removed_by,
    text_of,
)
from domain.saying import said
from services.contract_files import (
    Document,
    Tree,
    as_file,
    changed_tree,
    read_documents,
    tree_without,
    value_at,
    with_value,
    without_value,
)
from services.contract_files.documents import Path
from services.contract_files.entries import Entry, entry_at
from services.contract_files.names import TARGETS
from services.errors import DocumentInvalid, Invalid

LONGEST: Final = 400_000
PREFIX: Final = "f."
DEEPEST: Final = 12
"""Parts of a field's name."""
MOST_BOXES: Final = 2_000
FEW: Final = 3
"""Fields that are put into the file where they stand, each for itself; of more the file is written anew, without its comments."""
AGREED: Final[tuple[Path, ...]] = (
    ("contract",),
    ("supplier",),
    ("client",),
    ("timezone",),
    ("valid", "from"),
)
"""What versions of one contract have in common: its form asks for these only where the contract is new."""
WAS: Final = "was:"
"""Stands before the names of what things were."""
PUT_BACK: Final = "put-back"
FORM: Final = "form"
"""The box of a target that says which form it has."""


@dataclass(frozen=True)
class Sheet:
    """A draft as it is to be seen. `typed` are boxes that a file which cannot be read has not taken yet; `shown` is what the others
    showed, by name. `opened`: deliverables that are shown with all their fields where there are many; `at`: what was just added, copied
    or moved. `was`: what indicators and targets were before they turned into others, so that they can turn back. `removed`: what was
    taken out last, so that it can be put back."""

    file: str
    is_new: bool
    typed: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)
    opened: frozenset[int] = frozenset()
    at: Path = ()
    was: Mapping[str, str] = field(default_factory=dict)
    removed: Removed | None = None

    @cached_property
    def documents(self) -> Sequence[Document]:
        """Those of the file; none where it cannot be read."""
        try:
            return _documents_of(self.file)
        except Invalid:
            return ()

    @property
    def document(self) -> Document | None:
        return self.documents[0] if self.documents else None

    @cached_property
    def tree(self) -> Tree:
        """The content of the file; of one that cannot be read, what the boxes showed of it."""
        return self.document.tree if self.document is not None else _tree_of({**self.shown, **self.typed})

    @cached_property
    def waiting(self) -> Mapping[str, Mapping[str, str]]:
        """What stands in boxes by the name of the field, where it is not what the file says."""
        found: dict[str, dict[str, str]] = {}
        for name, value in ({**self.shown, **self.typed} if self.document is None else self.typed).items():
            head, _, part = name.partition("~")
            found.setdefault(head, {})[part] = value
        return found


def sent_sheet(form: Mapping[str, str], *, is_new: bool) -> Sheet:
    """The sheet that was sent: the draft with every box that was typed, then with what the button does. A box that was emptied takes
    its key out.

    Only boxes that differ from what they showed were typed. Of a file that cannot be read (or holds more than one document) nothing is
    changed, and what was typed waits in its boxes.
    """
    file = form.get("file", "").replace("\r\n", "\n")
    sent, verb = _shown(form.get("shown", "")), form.get("verb", "")
    was = {name: text for name, text in sent.items() if name.startswith(WAS)}
    shown = {name: text for name, text in sent.items() if name not in was}
    opened = frozenset(int(one) for one in form.get("open", "").split(",")[:200] if one.isdecimal() and len(one) < 6)
    boxes = {name: value.strip() for name, value in form.items() if _is_of_form(name, is_new)}
    typed, removed = _typed(boxes, shown), _removed_of(form.get("removed", ""))
    try:
        document = document_of(file, alone=True)
    except Invalid:
        shown |= {name: boxes[name] for name in boxes if name not in typed}
        return Sheet(file, is_new, typed, shown, opened, was=was, removed=removed)
    file, tree = _filled(file, document, boxes, typed, was)
    if verb.startswith("open:"):
        opened |= {int(one) for one in [verb[5:]] if one.isdecimal() and len(one) < 6}
        return Sheet(file, is_new, opened=opened, was=was, removed=removed)
    is_back = verb == PUT_BACK and removed is not None
    after, at = put_back(tree, removed) if removed is not None and is_back else moved(tree, verb)
    removed = None if is_back and after is not tree else removed_by(tree, verb) or removed
    if after is not tree:
        file, was = as_file(after), {}  # what stands elsewhere now is another
    match at:
        case ("deliverables", int() as number, *_):
            opened = frozenset({number})
    return Sheet(file, is_new, opened=opened, at=at, was=was, removed=removed)


def removed_text(removed: Removed) -> str:
    """What was taken out, as the form carries it."""
    return as_file({"path": text_of(removed.path), "was": removed.value})


def _removed_of(text: str) -> Removed | None:
    """None of a text that no form of ours carries."""
    try:
        found = read_documents(text[:LONGEST].replace("\r\n", "\n"), "removed")
    except DocumentInvalid:
        return None
    tree = found[0].tree if found else {}
    path, value = tree.get("path"), tree.get("was")
    return Removed(path_of(path), value) if isinstance(path, str) and path and isinstance(value, dict) else None


def _typed(boxes: Mapping[str, str], shown: Mapping[str, str]) -> dict[str, str]:
    """The boxes that differ; one that is shown ticked and was not sent was cleared."""
    heads = {name.partition("~")[0] for name in boxes if name.endswith("~nth")}
    cleared = {
        name: "" for name, value in shown.items() if value and name not in boxes and name.partition("~")[0] in heads
    }
    return {name: value for name, value in {**boxes, **cleared}.items() if value != shown.get(name, "")}


def _shown(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    held = list(found.items())[:MOST_BOXES] if isinstance(found, dict) else []
    return {name: value for name, value in held if isinstance(value, str)}


def _filled(
    file: str, document: Document, boxes: Mapping[str, str], typed: Mapping[str, str], was: dict[str, str]
) -> tuple[str, Tree]:
    """The file with what was typed, and its content; what turned into another is noted in `was`."""
    tree = document.tree
    changes = []
    for path, entry, value in _changes(tree, boxes, typed):
        after = _put(tree, path, entry, value, was) if _may_stand(tree, path) else tree
        if after != tree:
            changes.append((path, entry, value))
        tree = after
    if tree == document.tree:
        return file, tree
    if len(changes) > FEW or any(_is_of_parts(entry, value) for _, entry, value in changes):
        return as_file(tree), tree
    for at, (path, entry, value) in enumerate(changes):
        document = document_of(file) if at else document
        text = str(value)
        is_number = not isinstance(value, str)
        file = (
            without_value(file, document, path)
            if text == "" and entry.name not in TARGETS
            else with_value(file, document, path, text, is_text=not is_number)
        )
    return file, tree


def _is_of_parts(entry: Entry, value: Any) -> bool:
    return entry.kind in ("group", "several") or entry.name == "kind" or isinstance(value, dict | list)


def _changes(tree: Tree, boxes: Mapping[str, str], typed: Mapping[str, str]) -> Iterator[tuple[Path, Entry, Any]]:
    """What was typed, by path: values first, then what turns a target or an indicator into another."""
    found: dict[str, dict[str, str]] = {}
    for name, value in {**boxes, **typed}.items():
        head, _, part = name.removeprefix(PREFIX).partition("~")
        found.setdefault(head, {})[part] = value
    touched = dict.fromkeys(name.removeprefix(PREFIX).partition("~")[0] for name in typed)
    last = []
    for head in touched:
        path = path_of(head)
        entry = entry_at(tree, path)
        parts = found[head]
        if entry is None:
            entry = entry_at(tree, path[:-1]) if path else None
            if entry is None or entry.kind != "title":
                continue
            entry = Entry(str(path[-1]), "text", entry.help, False)
        if entry.kind in ("group", "several"):
            last += [(path, entry, parts[FORM])] if FORM in parts else []
        elif path[-2:] == ("indicator", "kind"):
            last.append((path, entry, parts.get(FIRST, "")))
        elif (value := value_of(entry.kind, complete(entry.kind, parts))) != OWN:
            yield path, entry, value
    yield from last


def _put(tree: Tree, path: Path, entry: Entry, value: Any, was: dict[str, str]) -> Tree:
    held = value_at(tree, path)
    if entry.kind in ("group", "several"):
        before = _turned(was, path, held, form_of(held), str(value))
        return changed_tree(tree, path, of_form(held, str(value), before))
    if path[-2:] == ("indicator", "kind"):
        if value not in entry.choices:
            return tree
        indicator = value_at(tree, path[:-1])
        before = _turned(was, path[:-1], indicator, str(held), value)
        return changed_tree(tree, path[:-1], of_kind(indicator, value, before))
    if isinstance(held, bool) or value == held:
        return tree
    is_left_out = value == "" and entry.name not in TARGETS  # a target without its form would be another
    return tree_without(tree, path) if is_left_out else changed_tree(tree, path, value)


def _turned(was: dict[str, str], path: Path, held: Any, now: str, wanted: str) -> Tree | None:
    """What stood there when it was last what it is to be; None where it was not that yet. What stands there is noted."""
    if isinstance(held, dict) and now != wanted:
        was[f"{WAS}{text_of(path)}:{now}"] = as_file(held)
    try:
        found = read_documents(was.get(f"{WAS}{text_of(path)}:{wanted}", ""), "draft")
    except DocumentInvalid:
        return None
    return found[0].tree if found and isinstance(found[0].tree, dict) else None


def _may_stand(tree: Tree, path: Path) -> bool:
    """Says whether the part of the draft that holds the key is there, or may be made: a box makes no deliverable and no criterion. A
    part of which the file says one value makes room for its boxes."""
    for depth in range(1, len(path)):
        held = value_at(tree, path[:depth])
        if isinstance(held, dict | list):
            continue
        entry = entry_at(tree, path[:depth]) if held is not None else None
        if isinstance(path[depth - 1], int) or (held is not None and (entry is None or entry.kind != "group")):
            return False
    return True


def document_of(file: str, *, alone: bool = False) -> Document:
    """Raises DocumentInvalid; `alone`: also where the file holds more than one."""
    found = _documents_of(file)
    if alone and len(found) > 1:
        raise DocumentInvalid([found[0].problem((), said("the editor holds one contract"), said("one document"))])
    return found[0]


def _is_of_form(name: str, is_new: bool) -> bool:
    """Only what the form may show: a field of another name changes nothing."""
    if not name.startswith(PREFIX) or name.count(".") > DEEPEST:
        return False
    path = path_of(name.removeprefix(PREFIX).partition("~")[0])
    return is_new or path not in AGREED


def _tree_of(shown: Mapping[str, str]) -> Tree:
    """As much of a draft as its boxes show."""
    tree: Tree = {}
    for name in shown:
        path = path_of(name.removeprefix(PREFIX).partition("~")[0])
        for depth in range(1, len(path)):
            if isinstance(path[depth], int):
                tree = _with_item(tree, path[:depth], path[depth])
        if "~" not in name and shown[name]:
            tree = changed_tree(tree, path, shown[name])
    return tree


def _with_item(tree: Tree, path: Path, at: str | int) -> Tree:
    held = value_at(tree, path)
    items = held if isinstance(held, list) else []
    missing = min(int(at), 200) + 1 - len(items)
    return changed_tree(tree, path, [*items, *({} for _ in range(missing))]) if missing > 0 else tree


def boxes_at(sheet: Sheet, path: Path, entry: Entry) -> dict[str, str]:
    """What stands in the boxes of a key, by their names behind the field's."""
    found = boxes_of(entry.kind, value_at(sheet.tree, path))
    return {**found, **sheet.waiting.get(PREFIX + ".".join(map(str, path)), {})}


def _documents_of(file: str) -> list[Document]:
    if len(file) > LONGEST:
        raise Invalid(said("the file is too long"), mend=said("divide it into several contracts"), slug="text-too-long")
    return read_documents(file, "contract")
