"""A value of a contract as the boxes of a form, and back: a number and its unit, a day rule in words, conditions in rows.

Boxes have names behind the field's (`f.….warn~unit`); the first has none. What no box can show stands in the first as it is written, so
that nothing is lost by being looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from services.contract_files import read_documents
from services.contract_files.leaves import EntryKind
from services.contract_files.writing import flow_text
from services.errors import DocumentInvalid

Boxes = Mapping[str, str]
"""By the names of the boxes: what stands in them."""
FIRST: Final = ""
UNITS: Final = ("s", "min", "h", "days", "weeks", "working minutes", "working hours", "working days")
LATER: Final = ("days", "weeks", "months", "quarters", "halves", "years")
END_OF_DAY: Final = "end of day"
SHARE: Final = "%"
UNITS_OF: Final[Mapping[str, Sequence[str]]] = {
    "duration": UNITS,
    "limit": UNITS,
    "tolerance": (*UNITS, END_OF_DAY),
    "share": (SHARE,),
    "at_least": (SHARE, FIRST, "s", "min", "h"),
    "at_most": (FIRST, "s", "min", "h"),
    "plus": LATER,
    "key": LATER,
}
"""By kind of entry: the units that are offered."""
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS: Final = ("day", "working day", *WEEKDAYS)
SPANS: Final = ("week", "month", "quarter", "half", "year")
EACH, SOME, RULE = "each", "days", "rule"
NTHS: Final = ("first", "2nd", "3rd", "4th", "5th", "8th", "10th", "15th", "last")
OPERATORS: Final = ("eq", "ne", "lt", "le", "gt", "ge", "in", "exists", "starts_with")
NUMBERED: Final = ("lt", "le", "gt", "ge")
OWN: Final = "·own"
"""A calendar that is written into its contract, and stays as it is."""
MOST_ROWS: Final = 60
_COMMA = re.compile(r"(-?(?:0(?=,)|[1-9][0-9]{0,9}(?!,[0-9]{3}$))),([0-9]{1,9})")
"""A number as French writes it; `1,000` may be a thousand, and stays."""
_NTH = re.compile(rf"([a-z0-9]+) ({'|'.join(DAYS)}) of the ({'|'.join(SPANS)})")

_CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MONTHLY = re.compile(rf"(?:RRULE:)?FREQ=MONTHLY;(?:BYDAY=(-1|[1-4])({'|'.join(_CODES)})|BYMONTHDAY=(-1|[1-9][0-9]?))")


def boxes_of(kind: EntryKind, value: Any) -> dict[str, str]:
    """What stands in the boxes of a value; of None the empty ones."""
    show = _SHOWN.get(kind, _alone)
    found = show(value)
    return {name: " ".join(text.split("\n")).strip() for name, text in found.items()}


def value_of(kind: EntryKind, boxes: Boxes) -> Any:
    """What the boxes say; an empty text where nothing is in them."""
    read = _READ.get(kind)
    return read(boxes) if read is not None else boxes.get(FIRST, "")


def line_of(value: Any) -> str:
    """A value as one line of a box."""
    return "" if value is None else value if isinstance(value, str) else flow_text(value)


def _alone(value: Any) -> dict[str, str]:
    return {FIRST: line_of(value)}


def _one_of(unit: str) -> str:
    """As it is written behind a one."""
    return {"halves": "half"}.get(unit, unit.removesuffix("s") if len(unit) > 1 else unit)


_UNIT_OF: Final = {
    word: unit
    for unit in sorted((*UNITS, *LATER, SHARE), key=len, reverse=True)
    for word in dict.fromkeys((unit, _one_of(unit)))
}
"""By how it is written, the longest first: the unit as it is offered."""


def _amount(value: Any) -> dict[str, str]:
    """A number and its unit; the unit also behind what is no number, so that who corrects the one keeps the other."""
    text = line_of(value)
    if text in (END_OF_DAY, SHARE):
        return {FIRST: "", "unit": text}
    for word, unit in _UNIT_OF.items():
        number = text.removesuffix(word)
        if number != text and (number.endswith(" ") or number[-1:].isdigit()) and number.strip():
            return {FIRST: number.rstrip(), "unit": unit}
    return {FIRST: text, "unit": FIRST}


def _amount_said(boxes: Boxes) -> str:
    number, unit = decimal(boxes.get(FIRST, "")), boxes.get("unit", "")
    if unit == END_OF_DAY:
        return END_OF_DAY
    if not number or not unit:
        return number
    typed = _amount(number)  # a unit may be typed behind the number
    if typed["unit"]:
        return _amount_said(typed)
    return f"{number} {_one_of(unit) if number == '1' else unit}"


def _at_least_said(boxes: Boxes) -> Any:
    """A share without its number stays one."""
    is_share = boxes.get("unit") == SHARE and not boxes.get(FIRST)
    return SHARE if is_share else number_of(_amount_said(boxes))


def decimal(text: str) -> str:
    """A number as files write it, where a comma stands in it."""
    return _COMMA.sub(r"\1.\2", text) if _COMMA.fullmatch(text) else text


def _share(value: Any) -> dict[str, str]:
    return {FIRST: line_of(value).removesuffix(SHARE).strip()}


def _share_said(boxes: Boxes) -> str:
    number = decimal(boxes.get(FIRST, "").removesuffix(SHARE).strip())
    return f"{number} %" if number else ""


def _texts(value: Any) -> dict[str, str]:
    held = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return {str(at or ""): line_of(one) for at, one in enumerate([*held, None])}


def _texts_said(boxes: Boxes) -> list[str]:
    return [
        boxes[name]
        for name in sorted(boxes, key=lambda one: int(one or "0") if one.isdecimal() or not one else -1)
        if boxes[name]
    ]


def _one_or_list(found: list[Any]) -> Any:
    return "" if not found else found[0] if len(found) == 1 else found


def _times(value: Any) -> dict[str, str]:
    return {FIRST: ", ".join(map(line_of, value)) if isinstance(value, list) else line_of(value)}


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


def days_in_words(rule: str) -> str:
    """A rule of RFC 5545 as the boxes say the same days; as it is, where they cannot."""
    if (found := _MONTHLY.fullmatch(rule.upper())) is None:
        return rule
    number, day, of_month = found.groups()
    nth = "last" if "-1" in (number, of_month) else ("", "first", *NTHS[1:4])[int(number)] if number else ""
    if day:
        return f"{nth} {WEEKDAYS[_CODES.index(day)]} of the month"
    nth = nth or ("first" if of_month == "1" else next((one for one in NTHS if one.rstrip("ndrth") == of_month), ""))
    return f"{nth} day of the month" if nth else rule


def _days(value: Any) -> dict[str, str]:
    text = ", ".join(map(line_of, value)) if isinstance(value, list) else line_of(value)
    words = _split(text)
    empty = {"nth": EACH, "day": "", "of": "", FIRST: ""} | dict.fromkeys(WEEKDAYS, "")
    found = _NTH.fullmatch(text)
    if text in DAYS or not text:
        return empty | {"day": text}
    if found and found[1] in NTHS:
        return empty | {"nth": found[1], "day": found[2], "of": found[3]}
    if words and all(one in WEEKDAYS for one in words):
        return empty | {"nth": SOME} | dict.fromkeys(words, "on")
    return empty | {"nth": RULE, FIRST: text}


def _days_said(boxes: Boxes) -> Any:
    nth, day = boxes.get("nth", RULE), boxes.get("day", "")
    if nth == EACH:
        return day
    if nth == SOME:
        return _one_or_list([one for one in WEEKDAYS if boxes.get(one)])
    if nth == RULE:
        return boxes.get(FIRST, "")
    return f"{nth} {day or 'day'} of the {boxes.get('of') or 'month'}"


def _calendar(value: Any) -> dict[str, str]:
    if isinstance(value, dict) and "name" not in value:
        return {FIRST: OWN, "follow": ""}
    held = value if isinstance(value, dict) else {"name": value}
    return {FIRST: line_of(held.get("name")), "follow": "yes" if held.get("follow") else ""}


def _calendar_said(boxes: Boxes) -> Any:
    name = boxes.get(FIRST, "")
    return {"name": name, "follow": True} if name not in ("", OWN) and boxes.get("follow") else name


def _key(value: Any) -> dict[str, str]:
    held = value if isinstance(value, dict) else {"path": value}
    later = _amount(held.get("plus"))
    return {FIRST: line_of(held.get("path")), "plus": later[FIRST], "unit": later["unit"] or LATER[0]}


def _key_said(boxes: Boxes) -> Any:
    plus = _amount_said({FIRST: boxes.get("plus", ""), "unit": boxes.get("unit", "")})
    return {"path": boxes.get(FIRST, ""), "plus": plus} if plus else boxes.get(FIRST, "")


def _limit(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return _amount(value) | {"by": ""} | _rows([], ("is", "for"))
    rows = [(name, line_of(one)) for name, one in value.items() if name not in ("by", "else")]
    return _amount(value.get("else")) | {"by": line_of(value.get("by"))} | _rows(rows, ("is", "for"))


def _limit_said(boxes: Boxes) -> Any:
    rows, otherwise = _rows_said(boxes, ("is", "for")), _amount_said(boxes)
    if not rows and not boxes.get("by"):
        return otherwise
    table = {"by": boxes.get("by", "")} | dict(rows)
    return table | ({"else": otherwise} if otherwise else {})


def _causes(value: Any) -> dict[str, str]:
    held = value if isinstance(value, dict) else {}
    rows = [(name, _items(one)) for name, one in held.items() if name != "path"]
    return {FIRST: line_of(held.get("path"))} | _rows(rows, ("who", "reasons"))


def _causes_said(boxes: Boxes) -> Any:
    rows = _rows_said(boxes, ("who", "reasons"))
    if not rows and not boxes.get(FIRST):
        return ""
    return {"path": boxes.get(FIRST, "")} | {who: [str(one) for one in _listed(text)] for who, text in rows}


def _where(value: Any) -> dict[str, str]:
    rows: list[Sequence[str]] = []
    for path, held in (value if isinstance(value, dict) else {}).items():
        said = held if isinstance(held, dict) else {"in" if isinstance(held, list) else "eq": held}
        rows += [(path, operator, _items(one) if operator == "in" else _scalar(one)) for operator, one in said.items()]
    return _rows(rows, ("path", "op", "value"))


def _where_said(boxes: Boxes) -> Any:
    found: dict[str, dict[str, Any]] = {}
    for path, operator, text in _rows_said(boxes, ("path", "op", "value")):
        known = operator or "eq"
        said = decimal(text) if known in NUMBERED else text
        found.setdefault(path, {})[known] = _listed(said) if known == "in" else _scalar_said(said) if said else None
    return {path: _condition(held) for path, held in found.items()} or ""


def _condition(held: dict[str, Any]) -> Any:
    """As people write it: a value alone, a list alone, else the comparisons."""
    return next(iter(held.values())) if list(held) in (["eq"], ["in"]) else held


def _pair(value: Any) -> dict[str, str]:
    low, high = (*map(line_of, value if isinstance(value, list) else []), "", "")[:2]
    return {FIRST: low, "1": high}


def _pair_said(boxes: Boxes) -> Any:
    return [number_of(boxes[name]) for name in (FIRST, "1") if boxes.get(name)] or ""


def _rows(rows: Sequence[Sequence[str]], names: Sequence[str]) -> dict[str, str]:
    """With an empty row behind them, to be filled."""
    filled = [*rows, ("",) * len(names)]
    return {f"{at}.{name}": text for at, row in enumerate(filled) for name, text in zip(names, row, strict=True)}


def _rows_said(boxes: Boxes, names: Sequence[str]) -> list[list[str]]:
    """The rows whose first box is filled, or whose last one is."""
    found = [[boxes.get(f"{at}.{name}", "") for name in names] for at in range(MOST_ROWS)]
    return [row for row in found if row[0] or row[-1]]


def _scalar(value: Any) -> str:
    """Empty where the condition says no value yet; an empty text is quoted."""
    return "" if value is None else flow_text(value)


def _items(value: Any) -> str:
    return ", ".join(map(_scalar, value if isinstance(value, list) else [value]))


def _scalar_said(text: str) -> Any:
    """As a file would say it; what no file can say is a text."""
    return _read(text, lambda tree: tree if not isinstance(tree, dict | list) and tree is not None else text)


def _listed(text: str) -> list[Any]:
    found = _read(f"[{text}]", lambda tree: tree)
    return found if isinstance(found, list) else _split(text)


def _read(text: str, held: Callable[[Any], Any]) -> Any:
    try:
        return held(read_documents(f"x: {text}\n", "x")[0].tree["x"])
    except (DocumentInvalid, KeyError):
        return text


def number_of(text: str) -> str | int | Decimal:
    """A number where it is written as one."""
    text = decimal(text)
    if re.fullmatch(r"-?(0|[1-9][0-9]{0,9})", text):
        return int(text)
    return Decimal(text) if re.fullmatch(r"-?(0|[1-9][0-9]{0,9})\.[0-9]{1,9}", text) else text


def complete(kind: EntryKind, boxes: Boxes) -> dict[str, str]:
    """The boxes that were sent, and those that a browser leaves out because they are not ticked."""
    return {**(dict.fromkeys(WEEKDAYS, "") if kind == "days" and "nth" in boxes else {}), **boxes}


_SHOWN: Final[Mapping[str, Callable[[Any], dict[str, str]]]] = {
    **dict.fromkeys(("duration", "tolerance", "at_least", "at_most", "plus"), _amount),
    **dict.fromkeys(("texts", "names", "slices"), _texts),
    "share": _share,
    "times": _times,
    "days": _days,
    "calendar": _calendar,
    "key": _key,
    "limit": _limit,
    "causes": _causes,
    "where": _where,
    "pair": _pair,
}
_READ: Final[Mapping[str, Callable[[Boxes], Any]]] = {
    **dict.fromkeys(("duration", "tolerance", "plus"), _amount_said),
    "at_least": _at_least_said,
    "at_most": lambda boxes: number_of(_amount_said(boxes)),
    **dict.fromkeys(("names", "slices"), lambda boxes: _texts_said(boxes) or ""),
    "texts": lambda boxes: _one_or_list(_texts_said(boxes)),
    "share": _share_said,
    "times": lambda boxes: _one_or_list(_split(boxes.get(FIRST, ""))),
    "number": lambda boxes: number_of(boxes.get(FIRST, "")),
    "days": _days_said,
    "calendar": _calendar_said,
    "key": _key_said,
    "limit": _limit_said,
    "causes": _causes_said,
    "where": _where_said,
    "pair": _pair_said,
}
