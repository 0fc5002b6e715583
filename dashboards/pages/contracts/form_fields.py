"""The form beside a contract's file: what it shows, and the file with what was typed into it, whatever button was pressed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dashboards.pages.house.frame import View
from domain.saying import said
from services.contract_files import Document, Tree, read_documents, value_at, with_value, without_value
from services.errors import DocumentInvalid, Invalid

Path = tuple[str | int, ...]
LONGEST = 400_000
PREFIX = "f."
DEEPEST = 12
"""Parts of a field's name, and digits of a number in it."""
WHOLE: tuple[tuple[Path, str], ...] = (
    (("effective",), "effective"),
    (("valid", "until"), "until"),
    (("late_data",), "late_data"),
    (("calendar",), "calendar"),
)
"""The fields that the form shows of the whole contract, and of each criterion: the path, and the name of its label. Dates are always
shown, the rest where the file says it."""
WHOLE_OF_NEW: tuple[tuple[Path, str], ...] = (
    (("contract",), "contract"),
    (("title",), "title"),
    (("title", "fr"), "title_fr"),
    (("title", "en"), "title_en"),
    (("supplier",), "supplier"),
    (("client",), "client"),
    (("timezone",), "timezone"),
    (("valid", "from"), "from"),
    (("valid", "until"), "until"),
    (("late_data",), "late_data"),
    (("calendar",), "calendar"),
)
"""The same of a contract that nobody knows yet."""
OF_DELIVERABLE: tuple[tuple[Path, str], ...] = (
    (("title",), "what"),
    (("title", "fr"), "what_fr"),
    (("title", "en"), "what_en"),
    (("owed_by",), "owed_by"),
)
EVENTS = ("delivered", "opened", "closed", "each", "down", "up", "updated", "answer")
OF_NEW: tuple[tuple[Path, str], ...] = (
    (("owner",), "owner"),
    *(((("indicator", name, "type")), f"type_{name}") for name in EVENTS),
)
"""The fields of a criterion that are asked for only where it is new."""
OF_CRITERION: tuple[tuple[Path, str], ...] = (
    (("indicator", "due", "every"), "every"),
    (("indicator", "due", "at"), "at"),
    (("indicator", "within"), "within"),
    (("indicator", "under"), "under"),
    (("indicator", "max_age"), "max_age"),
    (("indicator", "expected"), "expected"),
    (("indicator", "band"), "band"),
    (("indicator", "tolerance"), "tolerance"),
    (("indicator", "warn"), "warn"),
    (("target", "at_least"), "at_least"),
    (("target", "at_most"), "at_most"),
    (("target", "max_misses"), "max_misses"),
    (("target", "max_consecutive_misses"), "max_consecutive_misses"),
    (("weight",), "weight"),
)
PARTIES = ("supplier", "client")
TEXTS = frozenset({"contract", "calendar", "title", "fr", "en", "supplier", "client", "owner", "type"})
"""Last parts of paths whose value is a text, even if it is all digits."""


@dataclass(frozen=True)
class Field:
    """`offers` are values that the directory knows, with their names; one of them is chosen (`is_closed`), or another typed."""

    name: str
    label: str
    value: str
    offers: tuple[tuple[str, str], ...] = ()
    is_closed: bool = False


@dataclass(frozen=True)
class Group:
    """The fields of the whole contract (no title), or of one criterion."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Sheet:
    """File and form as they are to be seen. `typed` are fields that a file which cannot be read has not taken yet; `shown` is what the
    other fields showed, by name: what differs from it was typed."""

    file: str
    is_new: bool
    typed: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] = field(default_factory=dict)


def sent_sheet(form: Mapping[str, str], *, is_new: bool) -> Sheet:
    """The sheet that was sent: the file, with every field that was typed, in their order. A field that was emptied takes its key out.

    Only fields that differ from what they showed were typed: one that nobody touched leaves alone what was changed in the file. Of a
    file that cannot be read (or holds more than one document) nothing is changed, and what was typed waits in its fields.
    """
    said = file = form.get("file", "").replace("\r\n", "\n")
    shown = _shown(form.get("shown", ""))
    fields = {name: value.strip() for name, value in form.items() if _path(name, is_new)}
    typed = {name: value for name, value in fields.items() if value != shown.get(name)}
    try:
        for name, value in typed.items():
            file = _put(file, _path(name, is_new), value)
    except Invalid:
        return Sheet(said, is_new, typed, shown | {name: value for name, value in fields.items() if name not in typed})
    return Sheet(file, is_new, {}, {name: "" for name, value in fields.items() if not value})


def _shown(text: str) -> dict[str, str]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return {name: value for name, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}


def _put(file: str, path: Path, value: str) -> str:
    document = document_of(file, alone=True)
    now = value_at(document.tree, path)
    if isinstance(now, dict | list | bool) or value == _in_field(now) or not _may_stand(document.tree, path):
        return file
    if not value:
        return without_value(file, document, path)
    return with_value(file, document, path, value, is_text=path[-1] in TEXTS)


def _in_field(value: object) -> str:
    """A field holds one line."""
    return "" if value is None else str(value).replace("\r", "").replace("\n", "").strip()


def _may_stand(tree: Tree, path: Path) -> bool:
    """Says whether the part of the file that holds the key is there, or may be made: a field makes no deliverable and no criterion."""
    for depth in range(1, len(path)):
        held = value_at(tree, path[:depth])
        if not isinstance(held, dict | list) and (held is not None or isinstance(path[depth - 1], int)):
            return False
    return True


def document_of(file: str, *, alone: bool = False) -> Document:
    """Raises DocumentInvalid; `alone`: also where the file holds more than one."""
    if len(file) > LONGEST:
        raise Invalid(said("the file is too long"), mend=said("divide it into several contracts"), slug="text-too-long")
    found = read_documents(file, "contract")
    if alone and len(found) > 1:
        raise DocumentInvalid([found[0].problem((), said("the editor holds one contract"), said("one document"))])
    return found[0]


def _path(name: str, is_new: bool) -> Path:
    """Only what the form shows: a field of another name changes nothing."""
    if not name.startswith(PREFIX):
        return ()
    said = name.removeprefix(PREFIX).split(".", DEEPEST)
    parts: Path = tuple(int(one) if one.isdecimal() and len(one) < DEEPEST else one for one in said)
    if parts in [path for path, _ in (WHOLE_OF_NEW if is_new else WHOLE)]:
        return parts
    if is_new and parts[:1] == ("deliverables",) and parts[2:] in [path for path, _ in OF_DELIVERABLE]:
        return parts
    shown = [path for path, _ in ((*OF_NEW, *OF_CRITERION) if is_new else OF_CRITERION)]
    match parts:
        case ("deliverables", _, "criteria", _, *rest) if tuple(rest) in shown:
            return parts
    return ()


def groups(view: View, sheet: Sheet) -> list[Group]:
    """The form: what people change most, as the file says it. A field that was emptied stays, and all do where the file cannot be
    read."""
    tree = _tree(sheet)
    whole, always = (WHOLE_OF_NEW, ()) if sheet.is_new else (WHOLE, ("effective",))
    of_criterion = (*OF_NEW, *OF_CRITERION) if sheet.is_new else OF_CRITERION
    found = [Group("", tuple(_fields(view, sheet, tree, (), whole, always=always)))]
    for d, deliverable in _items(tree, "deliverables"):
        name = _name(view, deliverable) or view.language.text("editor.deliverable", number=d + 1)
        if sheet.is_new:
            found.append(Group(name, tuple(_fields(view, sheet, tree, ("deliverables", d), OF_DELIVERABLE))))
        for c, criterion in _items(deliverable, "criteria"):
            of = _name(view, criterion) or view.language.text("editor.criterion", number=c + 1)
            base: Path = ("deliverables", d, "criteria", c)
            found.append(Group(f"{name} · {of}", tuple(_fields(view, sheet, tree, base, of_criterion))))
    return [one for one in found if one.fields]


def known_names(form: Sequence[Group]) -> dict[str, tuple[tuple[str, str], ...]]:
    """The values that are offered, by the last part of the names of the fields that may say something else too."""
    fields = [one for group in form for one in group.fields]
    return {one.name.rpartition(".")[2]: one.offers for one in fields if one.offers and not one.is_closed}


def shown_now(form: Sequence[Group], sheet: Sheet) -> str:
    """The values of the fields that nobody typed, as JSON for the next sending."""
    now = {one.name: one.value for group in form for one in group.fields}
    return json.dumps({name: sheet.shown.get(name, "") if name in sheet.typed else now[name] for name in now})


def _tree(sheet: Sheet) -> Tree:
    """The content of the file; of one that cannot be read, as much as the fields know of it."""
    try:
        return document_of(sheet.file).tree
    except Invalid:
        counts: dict[int, int] = {}
        for name in (*sheet.typed, *sheet.shown):
            path = _path(name, sheet.is_new)
            if path[:1] == ("deliverables",):
                d, c = _number(path, 1), _number(path, 3) if path[2:3] == ("criteria",) else 0
                counts[d] = max(counts.get(d, 0), c)
        return {"deliverables": [{"criteria": [{}] * counts.get(d, 0)} for d in range(1, max(counts, default=0) + 1)]}


def _number(path: Path, at: int) -> int:
    """How many there are where this is one: at most as many as a form holds."""
    return min(int(path[at]), 200) + 1 if isinstance(path[at], int) else 0


def _fields(
    view: View, sheet: Sheet, tree: Tree, base: Path, wanted: Sequence[tuple[Path, str]], *, always: Sequence[str] = ()
) -> Iterator[Field]:
    for path, label in wanted:
        name = PREFIX + ".".join(map(str, base + path))
        value = value_at(tree, base + path)
        is_there = value is not None or label in always or name in sheet.shown or name in sheet.typed
        if is_there and not isinstance(value, dict | list | bool) and _may_stand(tree, base + path):
            now = sheet.typed.get(name, _in_field(value) or sheet.shown.get(name, ""))
            offers = offered(view, str(path[-1]))[:MOST_OFFERED]
            is_closed = path == ("owed_by",) and now in PARTIES
            yield Field(name, view.language.text(f"editor.field.{label}"), now, offers, is_closed)


MOST_OFFERED = 300


def offered(view: View, name: str) -> tuple[tuple[str, str], ...]:
    """The values that the directory knows for a field of that name, each with its name for people."""
    match name:
        case "supplier" | "client":
            return tuple((id, view.service(id)) for id in view.services)
        case "owner":
            people = {person: called for row in view.services.values() for person, called, _ in row.people}
            return tuple((person, people[person]) for person in sorted(people, key=people.__getitem__))
        case "calendar":
            return tuple((row.id, "") for row in view.calendars if row.id)
        case "owed_by":
            return tuple((party, view.language.text(f"party.{party}")) for party in PARTIES)
    return ()


def _items(tree: object, name: str) -> Iterator[tuple[int, Tree]]:
    """With their places in the list."""
    held = tree.get(name) if isinstance(tree, dict) else None
    for at, one in enumerate(held if isinstance(held, list) else []):
        if isinstance(one, dict):
            yield at, one


def _name(view: View, tree: Tree) -> str:
    titles = tree.get("title")
    if isinstance(titles, dict):
        titles = titles.get(view.language.code) or next(iter(titles.values()), None)
    return str(titles or tree.get("id") or "")
