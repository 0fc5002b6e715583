"""What a form asks for, read off the models of files: one description for each key, so that form and file never part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.saying import Said, heard
from services.contract_files.contract_model import ContractModel
from services.contract_files.documents import Path, Tree
from services.contract_files.kinds.faces import FACES
from services.contract_files.leaves import Entered, EntryKind


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a file. `choices` are the words that may stand there; `model` describes a group, or each of several."""

    name: str
    kind: EntryKind
    help: Said
    is_needed: bool
    choices: tuple[str, ...] = ()
    model: type[BaseModel] | None = None


@lru_cache(maxsize=64)
def entries_of(model: type[BaseModel]) -> tuple[Entry, ...]:
    """The keys of a model, in its order."""
    return tuple(_entry(field.alias or name, field) for name, field in model.model_fields.items())


def contract_entries() -> tuple[Entry, ...]:
    """The keys of a contract, but for the version of the format."""
    return tuple(one for one in entries_of(ContractModel) if one.name != "entente")


def indicator_entries(indicator: object) -> tuple[Entry, ...]:
    """The keys that an indicator of its kind has; of an unknown one its kind alone."""
    kind = indicator.get("kind") if isinstance(indicator, dict) else None
    found = FACES.get(kind) if isinstance(kind, str) else None  # type: ignore[call-overload]
    known = entries_of(found.model) if found is not None else ()
    return (_KIND, *(one for one in known if one.name != "kind"))


def entry_at(tree: Tree, path: Path) -> Entry | None:
    """The description of the key at a path of a contract, where that path is one; None where no file has such a key."""
    known, held, found = contract_entries(), tree, None
    for part in path:
        if isinstance(part, int):
            if found is None or found.kind != "several" or not isinstance(held, list) or part >= len(held):
                return None
        else:
            found = next((one for one in known if one.name == part), None)
            if found is None:
                return None
        held = _inside(held, part)
        known = tuple(_keys_inside(found, held, part))
    return found


def _inside(held: Any, part: str | int) -> Any:
    try:
        return held[part]
    except (KeyError, IndexError, TypeError):
        return None


def _keys_inside(entry: Entry, held: Any, part: str | int) -> Iterator[Entry]:
    if entry.kind == "indicator":
        yield from indicator_entries(held)
    elif entry.model is not None and (entry.kind == "group" or isinstance(part, int)):
        yield from entries_of(entry.model)


def _entry(name: str, field: FieldInfo) -> Entry:
    description = field.description or ""
    help = heard(f"{description[:1].lower()}{description[1:]}")
    marked = [one.kind for one in field.metadata if isinstance(one, Entered)]
    held: Any = field.annotation
    if marked:
        return Entry(name, marked[-1], help, field.is_required())
    if get_origin(held) is Literal:
        return Entry(name, "choice", help, field.is_required(), tuple(map(str, get_args(held))))
    if get_origin(held) is list:
        return Entry(name, "several", help, field.is_required(), model=get_args(held)[0])
    if isinstance(held, type) and issubclass(held, BaseModel):
        return Entry(name, "group", help, field.is_required(), model=held)
    return Entry(name, "indicator" if name == "indicator" else "text", help, field.is_required())


_KIND = Entry("kind", "choice", heard("the kind of indicator"), True, tuple(FACES))
