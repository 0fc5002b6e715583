"""Tables in the words of who reads them: titles of columns, values that are one of a few, and how numbers are written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dashboards.language import Language
from dashboards.tables import Cell, Words, Written
from domain.saying import said
from services.errors import Invalid

SEPARATORS: Final = {",": ",", ";": ";", "|": "|", "tab": "\t", "\t": "\t"}
DECIMALS: Final = (".", ",")
_OF_COLUMN: Final = {
    "verdict": ("verdict",),
    "without the excuse": ("verdict",),
    "cause": ("cause",),
    "handling": ("handling",),
    "standing": ("disc",),
    "outlook": ("disc",),
    "problem": ("slug",),
    "reason": ("excuse_reason", "reason"),
    "kept": ("exported",),
    "effect": ("effect_verdict",),
    "found": ("effect_verdict",),
    "outcome": ("settled",),
    "status": ("exported",),
    "overdue": ("exported",),
    "monitored": ("exported",),
    "silent": ("exported",),
    "side": ("exported",),
    "asked for": ("exported",),
    "sort": ("logged",),
    "way in": ("person_state",),
    "can": ("key_can",),
    "driver": ("charged",),
    "line": ("charged",),
}
_PEOPLE: Final = frozenset({"person", "acknowledged by", "asked by", "sent by", "made by"})
"""Columns that name people."""
_OF_STATE: Final = {
    "figures": "period_state",
    "pack": "period_state",
    "contracts": "contract_state",
    "reviews": "review_state",
    "excuses": "excuse_state",
    "actions": "action_state",
    "access-keys": "key_state",
}
"""Whose words the column `state` has, by table; of others, those of breaches and actions."""


def spoken(language: Language, table: str, people: Mapping[str, str] | None = None) -> Words:
    """`people`: what they are called, as `services.directory.rows.names_of` says. A name or a value without a text of
    its own stays as it is."""

    def header(name: str) -> str:
        key = f"column.{name.replace(' ', '_')}"
        return language.text(key) if language.has(key) else name

    def value(name: str, cell: Cell) -> Cell:
        if not isinstance(cell, str):
            return cell
        if people and name in _PEOPLE:
            return people.get(cell) or people.get(cell.rpartition("/")[2], cell)
        sections = (_OF_STATE.get(table, "state_word"),) if name == "state" else _OF_COLUMN.get(name, ())
        keys = [
            f"{section}.{token}"
            for section in sections
            for token in (cell, cell.replace("-", "_").replace(" ", "_"), cell.replace("_", "-"))
        ]
        return next((language.text(key) for key in keys if language.has(key)), cell)

    return Words(header, value)


def written(language: str, separator: str = "", decimal: str = "") -> Written:
    """The separator and the decimal sign that spreadsheets of that language read, unless others are asked for. Raises Invalid."""
    if separator and separator not in SEPARATORS:
        raise Invalid(
            said("“{separator}” divides no columns", separator=separator), place="separator", mend=said(", ; | or tab")
        )
    if decimal and decimal not in DECIMALS:
        raise Invalid(
            said("“{decimal}” stands before no decimals", decimal=decimal), place="decimal", mend=said(". or ,")
        )
    between = SEPARATORS[separator] if separator else ";" if language == "fr" or decimal == "," else ","
    point = decimal or ("," if language == "fr" and between != "," else ".")
    if between == point:
        raise Invalid(
            said("one sign cannot be both"), place="separator, decimal", mend=said("separator=; with decimal=,")
        )
    return Written(between, point)
