"""Reads what was shown of a contract at another time."""

from __future__ import annotations

from services.errors import NotFound
from services.figures.reading import read_figures
from services.figures.rows import FigureRow
from services.seeing.looking_back import seen_then
from services.seeing.seen import Seen


def figures_believed_at(seen: Seen, contract: str, position: int) -> list[FigureRow]:
    """Reads the figures that were shown of a contract when the history ended at that position: judged again from the
    history, cut there. Raises NotFound, BeyondHistory, Unavailable."""
    seen.require_contract(contract)
    with seen_then(seen.seeing, seen.who, position=position, contract=contract) as then:
        try:
            return read_figures(then, contract=contract)
        except NotFound:
            return []
