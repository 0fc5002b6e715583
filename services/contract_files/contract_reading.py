"""A contract's tree → its terms. Structure only: what is stored stays readable however the checks are tightened."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from domain.durations import Elapsed, parse_duration
from domain.terms import (
    SURE,
    ActionRules,
    BoundOf,
    CalendarReference,
    CalendarTerms,
    ContractTerms,
    Criterion,
    Deliverable,
    Indicator,
    Kind,
    Per,
    ReviewRule,
    Rolling,
    Rung,
    Target,
)
from services.contract_files import readings
from services.contract_files.calendar_reading import calendar_of
from services.contract_files.documents import Tree
from services.contract_files.kinds.faces import FACES
from services.contract_files.names import PERS, TARGETS
from services.contract_files.tree_reading import given, text_of


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
        valid_until=given(readings.local_date, tree["valid"].get("until")),
        effective=given(readings.local_date, tree.get("effective")) or valid_from,
        calendar=_calendar(tree),
        late_data=given(parse_duration, tree.get("late_data")) or Elapsed(0),
        review=given(_review, tree.get("review")),
        deliverables=tuple(_deliverable(one) for one in tree["deliverables"]),
        rebaseline=(tree.get("rebaseline") or {}).get("reason"),
        shown_to=tree.get("shown_to"),
        actions=_actions(tree.get("actions", {})),
    )


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
        place=given(lambda place: text_of(place, ""), tree.get("place")),
        pack=given(parse_duration, tree.get("pack")),
        minutes_within=given(parse_duration, tree.get("minutes_within")),
        present=tuple((party, tuple(people)) for party, people in sorted(tree.get("present", {}).items())),
    )


def _actions(tree: Tree) -> ActionRules:
    effect = tree.get("effect", {})
    return ActionRules(
        needs_evidence=tree.get("evidence") == "required",
        remind=tuple(map(parse_duration, tree.get("remind", ()))),
        escalation=tuple(map(_rung, tree.get("escalation", ()))),
        after=effect.get("after"),
        before=effect.get("before"),
        sure=given(readings.share, effect.get("sure")) or SURE,
    )


def _rung(tree: Tree) -> Rung:
    to: Any = readings.as_list(tree["to"])
    return Rung(parse_duration(tree["after"]), tuple(to))


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
        indicator=_indicator(tree["indicator"]),
        targets=tuple(_target(one) for one in targets),
        weight=Decimal(tree.get("weight", 1)),
        each_miss_is_breach=tree.get("each_miss") == "breach",
        min_count=tree.get("min_count", 0),
        when_no_data=tree.get("when_no_data", "unknown"),
        slices=tuple(tree.get("slices", ())),
    )


def _indicator(tree: Tree) -> Indicator:
    kind: Kind = tree["kind"]
    indicator: Indicator = FACES[kind].read(tree)
    return indicator


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
