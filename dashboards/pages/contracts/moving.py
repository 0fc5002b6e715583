"""What the buttons of the form do to a contract: deliverables, criteria, targets and parts are added, copied, moved and removed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from dashboards.pages.contracts.starting import free_id, sample_criterion, sample_indicator
from domain.terms import KINDS
from services.contract_files import Tree, changed_tree, tree_without, value_at
from services.contract_files.documents import Path
from services.contract_files.entries import Entry, entry_at, indicator_entries
from services.contract_files.model_base import SelectorModel
from services.contract_files.names import TARGETS

PARTIES: Final = ("supplier", "client")
TARGET: Final[Mapping[str, Any]] = {"max_misses": 1, "per": "month"}
BEGINS: Final[Mapping[str, Any]] = {"at_least": "90 %", "at_most": "", "max_misses": 1, "max_consecutive_misses": 1}
"""What a target of each form begins with; of `at_most` nobody knows."""
SAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "review": {"every": "first monday of the month", "at": "14:00"},
    "rebaseline": {"reason": ""},
    "actions": {"remind": ["5 days"]},
    "effect": {"after": 8},
    "escalation": {"after": "5 days", "to": "owner"},
}
"""What a part begins with; others begin empty."""


def path_of(text: str) -> Path:
    """`deliverables.0.criteria` as a path."""
    return tuple(int(one) if one.isdecimal() and len(one) < 6 else one for one in text.split(".")[:12])


def text_of(path: Path) -> str:
    return ".".join(map(str, path))


def moved(tree: Tree, verb: str) -> tuple[Tree, Path]:
    """The contract after a button was pressed, and the path of what is looked at then. A button for what is not there changes
    nothing."""
    move, _, where = verb.partition(":")
    where, _, party = where.partition(":")
    path = path_of(where)
    known = _MOVES.get(move)
    return known(tree, path, party) if known is not None and where else (tree, ())


@dataclass(frozen=True)
class Removed:
    """A part that a button took out: where it stood, and what it was."""

    path: Path
    value: Tree


def removed_by(tree: Tree, verb: str) -> Removed | None:
    """What a button takes out of the contract; None for one that takes nothing out."""
    path = path_of(verb.removeprefix("remove:")) if verb.startswith("remove:") else ()
    value = value_at(tree, path) if path else None
    return Removed(path, value) if isinstance(value, dict) else None


def put_back(tree: Tree, removed: Removed) -> tuple[Tree, Path]:
    """The contract with what was taken out where it stood, or last where fewer are left; as it is, where there is no such place any
    more, or something else stands there."""
    *parent, at = removed.path
    where = tuple(parent)
    if where[-1:] == ("targets",):
        criterion = where[:-1]
        held = value_at(tree, criterion)
        if not isinstance(held, dict):
            return tree, ()
        targets = _targets_of(held)
        place = min(at, len(targets)) if isinstance(at, int) else 0
        return _set_targets(tree, criterion, [*targets[:place], removed.value, *targets[place:]]), criterion
    if isinstance(at, int):
        items = value_at(tree, where)
        if items is None and where and isinstance(value_at(tree, where[:-1]), dict):
            items = []
        if not isinstance(items, list):
            return tree, ()
        place = min(at, len(items))
        return changed_tree(tree, where, [*items[:place], removed.value, *items[place:]]), (*where, place)
    is_known = isinstance(value_at(tree, where), dict) and entry_at(tree, removed.path) is not None
    is_free = is_known and value_at(tree, removed.path) is None
    return (changed_tree(tree, removed.path, removed.value), removed.path) if is_free else (tree, ())


def _added(tree: Tree, path: Path, party: str) -> tuple[Tree, Path]:
    if path[-1] == "target":
        return _with_target(tree, path[:-1])
    held = value_at(tree, path)
    if path[-1] in ("deliverables", "criteria"):
        items = held if isinstance(held, list) else []
        made = _deliverable(items, party) if path[-1] == "deliverables" else _criterion(items)
        return changed_tree(tree, path, [*items, made]), (*path, len(items))
    entry = entry_at(tree, path)
    if entry is not None and entry.kind == "several":
        items = held if isinstance(held, list) else []
        return changed_tree(tree, path, [*items, dict(SAMPLES.get(entry.name, {}))]), (*path, len(items))
    if entry is None or entry.kind != "group" or held is not None:
        return tree, ()
    return changed_tree(tree, path, dict(SAMPLES.get(entry.name, {}))), path


def _deliverable(items: Sequence[Tree], party: str) -> Tree:
    made = {"id": free_id("deliverable", _ids(items)), "title": {"en": "", "fr": ""}, "criteria": [_criterion([])]}
    return made | ({"owed_by": "client"} if party == "client" else {})


def _criterion(items: Sequence[Tree]) -> Tree:
    made = sample_criterion(KINDS[0])
    return {**made, "id": free_id(str(made["id"]), _ids(items)), "owner": "", "target": dict(TARGET)}


def _ids(items: Sequence[Any]) -> list[str]:
    return [str(one.get("id")) for one in items if isinstance(one, dict)]


def _with_target(tree: Tree, criterion: Path) -> tuple[Tree, Path]:
    held = value_at(tree, criterion)
    if not isinstance(held, dict):
        return tree, ()
    before = _targets_of(held)
    return _set_targets(tree, criterion, [*before, dict(TARGET)]), (*criterion, "targets", len(before))


def _targets_of(criterion: Tree) -> list[Any]:
    if isinstance(criterion.get("targets"), list):
        return list(criterion["targets"])
    return [criterion["target"]] if "target" in criterion else []


def _set_targets(tree: Tree, criterion: Path, targets: Sequence[Any]) -> Tree:
    held = {name: one for name, one in value_at(tree, criterion).items() if name not in ("target", "targets")}
    said = {"target": targets[0]} if len(targets) == 1 else {"targets": list(targets)} if targets else {}
    return changed_tree(tree, criterion, {**held, **said})


def _list_at(tree: Tree, path: Path) -> tuple[list[Any], int] | None:
    """The list that holds what is at the path, and its place in it."""
    items = value_at(tree, path[:-1])
    at = path[-1]
    return (items, at) if isinstance(items, list) and isinstance(at, int) and at < len(items) else None


def _copied(tree: Tree, path: Path, party: str) -> tuple[Tree, Path]:
    found = _list_at(tree, path)
    items, at = found or ([], 0)
    if found is None or not isinstance(items[at], dict):
        return tree, ()
    made = {**items[at], "id": free_id(str(items[at].get("id", "")), _ids(items))}
    after = [*items[: at + 1], made, *items[at + 1 :]]
    return changed_tree(tree, path[:-1], after), (*path[:-1], at + 1)


def _shifted(by: int) -> Callable[[Tree, Path, str], tuple[Tree, Path]]:
    def shifted(tree: Tree, path: Path, party: str) -> tuple[Tree, Path]:
        """Among those that the same party owes: others stand elsewhere on the page."""
        found = _list_at(tree, path)
        if found is None:
            return tree, ()
        items, at = found
        alike = [place for place, one in enumerate(items) if _debtor(one) == _debtor(items[at])]
        to = alike.index(at) + by
        if not 0 <= to < len(alike):
            return tree, path
        after = list(items)
        after[at], after[alike[to]] = after[alike[to]], after[at]
        return changed_tree(tree, path[:-1], after), (*path[:-1], alike[to])

    return shifted


def _debtor(item: Any) -> object:
    return item.get("owed_by", PARTIES[0]) if isinstance(item, dict) else None


def _removed(tree: Tree, path: Path, party: str) -> tuple[Tree, Path]:
    found = _list_at(tree, path)
    if found is None:
        entry = entry_at(tree, path)
        is_part = entry is not None and entry.kind in ("group", "causes") and not entry.is_needed
        return (tree_without(tree, path), path[:-1]) if is_part else (tree, ())
    items, at = found
    after = [*items[:at], *items[at + 1 :]]
    if path[-2] == "targets":
        return _set_targets(tree, path[:-2], after), path[:-2]
    if not after and path[-2] == "escalation":
        return tree_without(tree, path[:-1]), path[:-2]
    return changed_tree(tree, path[:-1], after), path[:-2]


_MOVES: Final[Mapping[str, Callable[[Tree, Path, str], tuple[Tree, Path]]]] = {
    "add": _added,
    "copy": _copied,
    "up": _shifted(-1),
    "down": _shifted(1),
    "remove": _removed,
}


def of_kind(indicator: Any, kind: str, before: Tree | None = None) -> Tree:
    """An indicator of another kind: as it was `before`, when it had that kind, else that of the sample; with each value whose key both
    kinds have for the same, and with the events that it is about, however both kinds call them. Of its own kind it stays as it is."""
    held = indicator if isinstance(indicator, dict) else {}
    if held.get("kind") == kind:
        return held
    made = {**(before or sample_indicator(kind)), "kind": kind}
    known, wanted = indicator_entries(held), indicator_entries(made)
    same = {(one.name, one.kind, one.model) for one in known} & {(one.name, one.kind, one.model) for one in wanted}
    kept = {name: held[name] for name, *_ in same if name in held and name != "kind"}
    of, to = _events(known), _events(wanted)
    if of in held and of != to and held[of] != sample_indicator(held["kind"]).get(of):
        kept[to] = held[of]
    return {**made, **kept}


def _events(entries: Sequence[Entry]) -> str:
    """The key of the events that an indicator is about first; empty of an unknown kind."""
    return next((one.name for one in entries if one.model is SelectorModel), "")


def form_of(target: Any) -> str:
    """Empty where it has none."""
    return next((one for one in TARGETS if isinstance(target, dict) and one in target), "")


def of_form(target: Any, form: str, before: Tree | None = None) -> Any:
    """A target of another form: with the number that it had `before` in that form; else with its own where both count the same, as
    misses are no share. Of its own form it stays as it is."""
    now = form_of(target)
    if not isinstance(target, dict) or form not in TARGETS or form == now:
        return target
    is_alike = bool(now) and now.partition("_")[0] == form.partition("_")[0]
    number = before[form] if before and form in before else target[now] if is_alike else BEGINS[form]
    rest = {name: one for name, one in target.items() if name not in TARGETS}
    return {"per": TARGET["per"], **rest, form: number}
