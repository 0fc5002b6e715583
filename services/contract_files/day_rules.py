"""Rules of days, as the models of files take them."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from domain.recurrence import DayRule
from domain.saying import said, said_by
from services.contract_files.leaves import Entered
from services.contract_files.model_base import TextOrTexts
from services.contract_files.readings import joined
from services.contract_files.scalars import Complaint

RULE = said(
    "such as monday, [monday, thursday], day, working day, first working day of the month, last "
    'working day of the quarter, or an RFC 5545 rule such as "FREQ=MONTHLY;BYMONTHDAY=5"'
)


def day_rule(value: str | list[str]) -> str | list[str]:
    """Raises Complaint unless a text, or a list as one text, is a day rule."""
    try:
        DayRule.check(joined(value))
    except ValueError as error:
        raise Complaint(said_by(error)) from None
    return value


RuleText = Annotated[TextOrTexts, AfterValidator(day_rule), Entered("days")]
