"""What repeats, counted by the oracle: of its own occurrences and periods, and of what the program says of each breach (MEETING §3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from services.access import ADMINISTRATOR
from services.breaches.reading import read_breaches
from services.causes.attributing import Attributing
from services.causes.repeating import read_repeats
from services.causes.shown import repeats_json
from services.contracts.contracting import Contracting
from tests.given import document
from tests.oracle import history
from tests.oracle.history import Step
from tests.oracle.living import Lived
from tests.oracle.occurrences import MISSES
from tests.services import judged

Row = dict[str, Any]
Miss = tuple[str, object]
NAMES = ("stairs", "lift")
CAUSES = {"entente": 1, "causes": "house", "list": [{"id": one, "party": "none"} for one in NAMES]}
OF_TIME = ("availability", "freshness", "measure")
"""Kinds of which no occurrence is missed."""


def repeats_differ(steps: Sequence[Step], judges_each_step: bool) -> tuple[int, str | None]:
    """How many breaches there are, and what differs first. Two of three breaches are attributed, in turns, by the debtor."""
    with judged.living() as life:
        lived = Lived(life).through(steps, judges_each_step)
        taken = [("nothing", None) if number in lived.refused else step for number, step in enumerate(steps)]
        breaches = life.store.read(ADMINISTRATOR, read_breaches, contract="c", state="open")
        if not breaches:
            return 0, None
        life.store.use(Contracting).apply(ADMINISTRATOR, document(CAUSES))
        life.judge()
        for number, one in enumerate(breaches):
            if number % 3:
                life.store.use(Attributing).attribute(ADMINISTRATOR, one.id, NAMES[number % 3 - 1])
        life.judge()
        with life.store.seen(ADMINISTRATOR) as seen:
            rows = [_row(one) for one in read_breaches(seen, contract="c", state="open")]
            shown: Row = dict(repeats_json(read_repeats(seen, "c", 0), "UTC"))
    expected = counted(history.Life().live(taken), rows)
    got = {name: shown[name] for name in expected}
    return len(rows), None if expected == got else f"oracle  {expected}\nprogram {got}"


def _row(one: Any) -> Row:
    names = ("id", "commitment", "cause", "target_index", "period", "opened_at", "root_cause")
    return {name: getattr(one, name) for name in names}


def counted(life: history.Life, breaches: Sequence[Row]) -> Row:
    """As `repeats --json`, but for what the time of the store says."""
    groups: dict[tuple[bool, str], list[Row]] = defaultdict(list)
    missed = {one["id"]: frozenset(_missed(life, one)) for one in breaches}
    for one in sorted(breaches, key=lambda one: (one["opened_at"], one["id"])):
        own = one["root_cause"]
        groups[own is None, own or f"{one['commitment'].split('/')[1]}/{one['cause']}"].append(one)
    of = {place: frozenset[Miss]().union(*(missed[one["id"]] for one in held)) for place, held in groups.items()}
    whole = sum(map(len, of.values()))  # every criterion weighs 1
    ordered = sorted(groups, key=lambda place: (place[0], -len(of[place]), place[1]))
    every, held_so_far, few = len(frozenset[Miss]().union(*of.values())), frozenset[Miss](), 0
    while ordered and 4 * len(held_so_far) < 3 * every:
        held_so_far |= of[ordered[few]]
        few += 1
    return {
        "groups": [_group(place, groups[place], of[place], whole) for place in ordered],
        "few": few,
        "few_misses": len(held_so_far),
        "misses": every,
    }


def _group(place: tuple[bool, str], held: Sequence[Row], missed: frozenset[Miss], whole: int) -> Row:
    is_machine, key = place
    deliverable, _, cause = key.partition("/")
    ten_thousandths = round(Fraction(len(missed), whole) * 10_000)
    return {
        "key": key,
        "root_cause": None if is_machine else key,
        "deliverable": deliverable if is_machine else None,
        "cause": cause if is_machine else None,
        "breaches": [one["id"] for one in held],
        "misses": len(missed),
        "weight": str(len(missed)),
        "share": f"{ten_thousandths // 10_000}.{ten_thousandths % 10_000:04}",
        "recurrences": 0,
    }


def _missed(life: history.Life, breach: Row) -> Iterator[Miss]:
    """What the lost target missed, in whichever of the periods of that name it is lost; the breach itself, where that is nothing."""
    name, index = breach["commitment"], breach["target_index"]
    lost = [
        one
        for one in life.figures()
        if (one["commitment"], one["target_index"], one["period"], one["status"])
        == (name, index, breach["period"], "breached")
    ]
    [commitment] = [one for one in life.commitments() if one.contract.id_of(one.name) == name]
    keys: set[object] = {
        owed.key
        for owed in commitment.occurrences()
        for figure in lost
        if owed.shown in MISSES
        and owed.clause.indicator["kind"] not in OF_TIME
        and index < len(owed.clause.targets)
        and figure["from"] <= owed.at
        and (figure["until"] is None or owed.at < figure["until"])
    }
    yield from ((name, key) for key in keys or {("breach", breach["id"])})
