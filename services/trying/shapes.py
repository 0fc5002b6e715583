"""What figures suggest, as `--json` prints it."""

from __future__ import annotations

from typing_extensions import TypedDict

from domain.sums import Amount


class Amounts(TypedDict):
    good: Amount | None
    total: Amount | None


Change = TypedDict("Change", {"path": str, "from": str, "to": str})


class Support(Amounts):
    """A period that speaks for it: its figure, and what it would have come to `with_change`."""

    period: str
    value: str | None
    status: str
    with_change: Amounts | None


class Proposal(TypedDict):
    commitment: str
    target_index: int
    target: str
    code: str
    change: Change | None
    periods: list[Support]
