"""A contract's tree → its terms. Structure only: what is stored stays readable however the checks are tightened."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.durations import Elapsed, parse_duration
from domain.terms import (
    Availability,
    BoundOf,
    CalendarReference,
    CalendarTerms,
    Condition,
    Conformity,
    ContractTerms,
    Criterion,
    Deadline,
    Deliverable,
    DueRule,
    DurationTable,
    Freshness,
    Indicator,
    KeyRule,
    Measure,
    PauseCauses,
    Per,
    Punctuality,
    ReviewRule,
    Rolling,
    Satisfaction,
    Selector,
    Target,
    Text,
    Turnaround,
    Volume,
    Where,
)
from services.contract_files import readings
from services.contract_files.calendar_reading import calendar_of
from services.contract_files.documents import Tree
from services.contract_files.names import PERS, TARGETS


def contract_of(tree: Tree) -> ContractTerms:
    """The terms of a contract of good form."""
    valid_from = readings.local_date(tree["valid"]["from"])
    return ContractTerms(
        id=tree["contract"],
        title=text_of(tree.get("title"), tree["contract"]),
        supplier=tree["supplier"],
        client=tree["client"],
        timezone=tree["timezone"],
        valid_from=valid_from,
        valid_until=_given(readings.local_date, tree["valid"].get("until")),
        effective=_given(readings.local_date, tree.get("effective")) or valid_from,
        calendar=_calendar(tree),
        late_data=_given(parse_duration, tree.get("late_data")) or Elapsed(0),
        review=_given(_review, tree.get("review")),
        deliverables=tuple(_deliverable(one) for one in tree["deliverables"]),
        rebaseline=(tree.get("rebaseline") or {}).get("reason"),
    )


def text_of(value: Any, otherwise: str) -> Text:
    """A plain text stands under the key ""; none given, the id does."""
    if isinstance(value, dict):
        return Text(tuple(sorted(value.items())))
    return Text((("", value if value is not None else otherwise),))


def where_of(tree: Mapping[str, Any] | None) -> Where:
    """Conditions by path, sorted by path and operator, so that their order in a file changes nothing."""
    return tuple((path, _conditions(value)) for path, value in sorted((tree or {}).items()))


def _conditions(value: Any) -> tuple[Condition, ...]:
    if isinstance(value, list):
        return (Condition("in", tuple(value)),)
    if not isinstance(value, dict):
        return (Condition("eq", value),)
    return tuple(
        Condition(operator, tuple(operand) if isinstance(operand, list) else operand)
        for operator, operand in sorted(value.items())
    )


def _given(reading: Any, value: Any) -> Any:
    return None if value is None else reading(value)


def _calendar(tree: Tree) -> CalendarReference | CalendarTerms | None:
    value = tree.get("calendar")
    if value is None:
        return None
    if isinstance(value, str):
        return CalendarReference(value)
    if "name" in value:
        return CalendarReference(value["name"], bool(value.get("follow", False)))
    return calendar_of(value, tree["contract"], tree["timezone"])


def _review(tree: Tree) -> ReviewRule:
    return ReviewRule(
        every=readings.joined(tree["every"]),
        at=readings.wall_time(tree["at"]),
        duration=parse_duration(tree.get("duration", "1 h")),
    )


def _deliverable(tree: Tree) -> Deliverable:
    return Deliverable(
        id=tree["id"],
        title=text_of(tree.get("title"), tree["id"]),
        owed_by=tree.get("owed_by", "supplier"),
        criteria=tuple(_criterion(one) for one in tree["criteria"]),
        depends_on=tuple(tree.get("depends_on", ())),
    )


def _criterion(tree: Tree) -> Criterion:
    targets = tree["targets"] if "targets" in tree else [tree["target"]]
    return Criterion(
        id=tree["id"],
        title=text_of(tree.get("title"), tree["id"]),
        owner=tree.get("owner"),
        indicator=_INDICATORS[tree["indicator"]["kind"]](tree["indicator"]),
        targets=tuple(_target(one) for one in targets),
        weight=Decimal(tree.get("weight", 1)),
        each_miss_is_breach=tree.get("each_miss") == "breach",
        min_count=tree.get("min_count", 0),
        when_no_data=tree.get("when_no_data", "unknown"),
        slices=tuple(tree.get("slices", ())),
    )


def _target(tree: Tree) -> Target:
    form: Any = next(one for one in TARGETS if one in tree)
    bound, of = _bound(tree[form])
    return Target(form, bound, _per(tree["per"]), of if form.startswith("at_") else "share")


def _bound(written: Any) -> tuple[Fraction, BoundOf]:
    if not isinstance(written, str):
        return Fraction(written), "value"
    if "%" in written:
        return readings.share(written), "share"
    duration = parse_duration(written)
    assert isinstance(duration, Elapsed)
    return Fraction(duration.microseconds), "time"


def _per(written: str) -> Per | Rolling:
    return written if written in PERS else Rolling(readings.rolling_days(written))  # type: ignore[return-value]


def _selector(tree: Tree) -> Selector:
    return Selector(
        types=tuple(readings.as_list(tree["type"])),
        sources=tuple(readings.as_list(tree.get("source", []))),
        where=where_of(tree.get("where")),
    )


def _optional_selector(tree: Tree, name: str) -> Selector | None:
    return _selector(tree[name]) if name in tree else None


def _punctuality(tree: Tree) -> Indicator:
    return Punctuality(
        delivered=_selector(tree["delivered"]),
        due=DueRule(
            every=readings.joined(tree["due"]["every"]),
            at=tuple(sorted(readings.wall_time(one) for one in readings.as_list(tree["due"]["at"]))),
        ),
        on_closed_day=tree.get("on_closed_day", "same"),
        key=_given(_key, tree.get("key")),
        early=_given(parse_duration, tree.get("early")),
        tolerance=readings.tolerance(tree.get("tolerance", "0 min")),
        warn=_given(parse_duration, tree.get("warn")),
    )


def _key(value: Any) -> KeyRule:
    if isinstance(value, str):
        return KeyRule(value)
    if "plus" not in value:
        return KeyRule(value["path"])
    count, unit = readings.later_unit(value["plus"])
    return KeyRule(value["path"], count, unit)  # type: ignore[arg-type]


def _deadline(tree: Tree) -> Indicator:
    return Deadline(
        opened=_selector(tree["opened"]),
        due=tree["due"],
        closed=_selector(tree["closed"]),
        key=tree.get("key", "subject"),
        changed=_optional_selector(tree, "changed"),
        reopened=_optional_selector(tree, "reopened"),
        cancelled=_optional_selector(tree, "cancelled"),
        on_cancel=tree.get("on_cancel", "dropped"),
        without_due=tree.get("without_due", "ignore"),
        tolerance=readings.tolerance(tree.get("tolerance", "0 min")),
        warn=_given(parse_duration, tree.get("warn")),
    )


def _turnaround(tree: Tree) -> Indicator:
    return Turnaround(
        opened=_selector(tree["opened"]),
        closed=_selector(tree["closed"]),
        limit=_limit(tree["under"] if "under" in tree else tree["within"]),
        under="under" in tree,
        paused=_optional_selector(tree, "paused"),
        resumed=_optional_selector(tree, "resumed"),
        pause_causes=_given(_pause_causes, tree.get("pause_causes")),
        changed=_optional_selector(tree, "changed"),
        reopened=_optional_selector(tree, "reopened"),
        cancelled=_optional_selector(tree, "cancelled"),
        on_cancel=tree.get("on_cancel", "dropped"),
        key=tree.get("key", "subject"),
        warn=_given(parse_duration, tree.get("warn")),
    )


def _limit(value: Any) -> Any:
    if isinstance(value, str):
        return parse_duration(value)
    choices = sorted((name, text) for name, text in value.items() if name not in ("by", "else"))
    return DurationTable(
        by=value["by"],
        choices=tuple((name, parse_duration(text)) for name, text in choices),
        otherwise=_given(parse_duration, value.get("else")),
    )


def _pause_causes(tree: Tree) -> PauseCauses:
    names = sorted(name for name in tree if name != "path")
    return PauseCauses(tree["path"], tuple((name, tuple(tree[name])) for name in names))


def _conformity(tree: Tree) -> Indicator:
    return Conformity(each=_selector(tree["each"]), good=where_of(tree["good"]), key=tree.get("key"))


def _measure(tree: Tree) -> Indicator:
    return Measure(_selector(tree["each"]), tree["value"], tree["aggregate"], tree.get("unit"), tree.get("key"))


def _satisfaction(tree: Tree) -> Indicator:
    low, high = tree["scale"]
    return Satisfaction(
        answer=_selector(tree["answer"]),
        score=tree["score"],
        scale=(Decimal(low), Decimal(high)),
        satisfied=Decimal(tree["satisfied"]),
        key=tree.get("key"),
    )


def _volume(tree: Tree) -> Indicator:
    return Volume(
        each=_selector(tree["each"]),
        per=tree["per"],
        expected=Decimal(tree["expected"]),
        band=readings.share(tree["band"]),
        value=tree.get("value"),
    )


def _availability(tree: Tree) -> Indicator:
    ignored = parse_duration(tree.get("ignore_shorter_than", "0 s"))
    assert isinstance(ignored, Elapsed)
    return Availability(_selector(tree["down"]), _selector(tree["up"]), ignored)


def _freshness(tree: Tree) -> Indicator:
    return Freshness(_selector(tree["updated"]), parse_duration(tree["max_age"]))


_INDICATORS = {
    "punctuality": _punctuality,
    "deadline": _deadline,
    "turnaround": _turnaround,
    "conformity": _conformity,
    "measure": _measure,
    "availability": _availability,
    "volume": _volume,
    "freshness": _freshness,
    "satisfaction": _satisfaction,
}
