"""What an offer or a charter may not say though its form is good (SHARED §1): what would count twice, cost in another money, name
what is not there. What a charter asks of its offer is looked at with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final, assert_never

from domain.durations import HOUR, Duration, Elapsed, NominalDays, WorkingDays, WorkingHours
from domain.money import decimals_of, parse_amount
from domain.offers.terms import OfferTerms, Retention
from domain.saying import said, said_by
from services.contract_files import readings
from services.contract_files.documents import Document, Path, Problem, Tree
from services.contract_files.names import INTENTIONS
from services.contract_files.offer_leaves import retention_of
from services.contract_files.reserved import reserved_problems
from services.contract_files.suggesting import did_you_mean, shown
from services.contract_files.tree_reading import selector_of

_FIRST: Final = date(2025, 1, 1)
DAY: Final = 24 * HOUR


def offer_problems(document: Document) -> Iterator[Problem]:
    """Problems of an offer by itself."""
    tree = document.tree
    yield from reserved_problems(document, "supplier")
    for items in ("meters", "features", "levels", "costs"):
        yield from _taken_ids(document, items)
    yield from _overlapping(document)
    meters, features = [one["id"] for one in tree["meters"]], [one["id"] for one in tree.get("features", ())]
    for at, level in enumerate(tree.get("levels", ())):
        yield from _prices(document, level, ("levels", at, "prices"), meters)
    for at, pool in enumerate(tree.get("costs", ())):
        place: Path = ("costs", at)
        driver = pool.get("driver")
        if "feature" in pool:
            yield from _unknown(document, (*place, "feature"), pool["feature"], features)
        if isinstance(driver, dict) and "meter" in driver:
            yield from _unknown(document, (*place, "driver", "meter"), driver["meter"], meters)


def _taken_ids(document: Document, items: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for at, one in enumerate(document.tree.get(items, ())):
        if one["id"] in seen:
            what = said("the id “{id}” is taken already", id=one["id"])
            yield document.problem((items, at, "id"), what, said("each id once"))
        seen.add(one["id"])


def _overlapping(document: Document) -> Iterator[Problem]:
    """Two meters that select the same: each event would be counted twice."""
    seen: dict[Any, str] = {}
    for at, meter in enumerate(document.tree["meters"]):
        each = selector_of(meter["each"])
        key = (frozenset(each.types), frozenset(each.sources), each.where)
        if key in seen:
            what = said("it selects what {meter} selects: each event would be counted twice", meter=seen[key])
            yield document.problem(("meters", at, "each"), what, said("other types, sources or conditions"))
        seen.setdefault(key, meter["id"])


def _prices(document: Document, level: Tree, at: Path, meters: list[str]) -> Iterator[Problem]:
    currency, seen = document.tree["currency"], set()
    for number, price in enumerate(level.get("prices", ())):
        place = (*at, number)
        yield from _unknown(document, (*place, "meter"), price["meter"], meters)
        if (price["meter"], price["from"]) in seen:
            what = said("{meter} has a price from {day} already", meter=price["meter"], day=price["from"])
            yield document.problem((*place, "from"), what, said("one price of a level for a meter from one day"))
        seen.add((price["meter"], price["from"]))
        yield from _amount(document, (*place, "fixed"), price.get("fixed"), currency)


def _unknown(document: Document, place: Path, name: str, known: list[str]) -> Iterator[Problem]:
    if name not in known:
        meant = did_you_mean(name, known) or said("one of {known}", known=", ".join(known) or said("none"))
        yield document.problem(place, said("there is no {name} in the offer", name=shown(name)), meant)


def _amount(document: Document, place: Path, text: str | None, currency: str) -> Iterator[Problem]:
    if text is None:
        return
    try:
        amount = parse_amount(text, currency)
    except ValueError as error:
        right = "1800." + "0" * decimals_of(currency) if decimals_of(currency) else "1800"
        mend = said("an amount of {currency} such as {right}", currency=currency, right=f'"{right}"')
        yield document.problem(place, said_by(error), mend)
        return
    if amount < 0:
        yield document.problem(place, said("less than nothing is no price"), said("0 or more"))


def charter_problems(document: Document) -> Iterator[Problem]:
    """Problems of a charter by itself."""
    tree = document.tree
    yield from reserved_problems(document, "client")
    if "profile" in tree and not sum(tree["profile"]):
        yield document.problem(
            ("profile",), said("its parts sum to nothing"), said("twelve parts, one of them above 0")
        )
    data = tree.get("data", {})
    if data.get("kind") == "none" and (names := [one for one in ("residence", "retention") if one in data]):
        what = said("it says {name}, but there are no data", name=names[0])
        yield document.problem(("data", names[0]), what, said("kind: personal or sensitive, or leave it out"))
    quota = tree.get("quota", {})
    if "price" in quota and quota["over"] != "billed":
        what = said("it has a price, and nothing beyond it is charged")
        yield document.problem(("quota", "price"), what, said("over: billed, or no price"))


def charter_problems_with(document: Document, offer: OfferTerms, *, is_first: bool) -> Iterator[Problem]:
    """Problems of a charter with the offer that it names; `is_first`: nothing is agreed of it yet."""
    tree = document.tree
    yield from _unknown(document, ("level",), tree["level"], [one.id for one in offer.levels])
    if "intention" in tree:
        yield from _unknown(
            document, ("intention", "meter"), tree["intention"]["meter"], [one.id for one in offer.meters]
        )
        yield from _unmeasured(document)
    yield from _amount(document, ("one_off",), tree.get("one_off"), offer.currency)
    if is_first and readings.local_date(str(tree["effective"])).day != 1:
        first = date.fromisoformat(str(tree["effective"])).replace(day=1)
        what = said("the years of a charter begin with a month")
        yield document.problem(("effective",), what, said("the first of a month, such as {day}", day=first))
    yield from _too_short(document, offer)
    if tree["client"] == offer.supplier:
        what = said("{service} is the supplier of the offer", service=tree["client"])
        yield document.problem(("client",), what, said("the service that takes it"))


def _unmeasured(document: Document) -> Iterator[Problem]:
    """Holding is measured by `at` or by a plan."""
    tree = document.tree
    kind = next(one for one in INTENTIONS if one in tree["intention"])
    if kind == "hold" and "at" not in tree["intention"]["hold"] and "plan" not in tree:
        what = said("nothing says how much is held")
        yield document.problem(("intention", "hold"), what, said("at: units of a year, or a plan"))


def _too_short(document: Document, offer: OfferTerms) -> Iterator[Problem]:
    """What was sent must be there while it may still be doubted: a year, and the time for what comes late."""
    text = document.tree.get("data", {}).get("retention")
    if text is None:
        return
    days = _days(offer.late_data)
    if _after(retention_of(text)) < _after(Retention(1, "year")) + timedelta(days=days):
        what = said("so short a time keeps nothing that could still be doubted")
        mend = said("one year and {days} days at least, for what comes late", days=days)
        yield document.problem(("data", "retention"), what, mend)


def _after(kept: Retention) -> date:
    """The day until which something of the first day of a year is kept."""
    if kept.unit == "day":
        return _FIRST + timedelta(days=kept.count)
    months = kept.count * (12 if kept.unit == "year" else 1)
    return date(min(_FIRST.year + months // 12, date.max.year - 1), months % 12 + 1, 1)


def _days(late: Duration) -> int:
    """Whole days that it may take, at most."""
    match late:
        case Elapsed():
            return -(-late.microseconds // DAY)
        case WorkingHours():
            return 7 * -(-late.microseconds // DAY)
        case NominalDays():
            return late.days
        case WorkingDays():
            return 2 * late.days
    assert_never(late)
