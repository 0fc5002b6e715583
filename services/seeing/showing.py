"""Contracts that are shown to the parts of a party (`shown_to: parts`, trust §3, decision 51)."""

from __future__ import annotations

from collections.abc import Callable

from domain.times import Instant
from services.access import Principal
from services.history.history import History
from services.judging.catalogue import Catalogue, InForce


class Showing:
    """The contracts of which a wording is shown, kept of one store."""

    def __init__(self) -> None:
        self._last: tuple[Catalogue | None, tuple[InForce, ...]] = None, ()

    def of(self, catalogue: Catalogue) -> tuple[InForce, ...]:
        """Those that some signed wording shows; mostly none. The same catalogue is the same object until a contract changes."""
        last, found = self._last
        if last is not catalogue:
            every = catalogue.contracts.values()
            found = tuple(one for one in every if any(each.terms.shown_to for each in one.versions))
            self._last = catalogue, found
        return found


def shown_besides(
    showing: Showing,
    who: Principal,
    history: History,
    catalogue: Catalogue,
    time_of: Callable[[str], Instant | None],
) -> frozenset[str]:
    """The ids of contracts that a part of one of their parties is shown, by the wording in force at the contract's time. Who is part of
    whom is asked of the history, as roles are: who has just been taken out of a service is shown nothing of it any more."""
    contracts = showing.of(catalogue) if who.services else ()
    if who.sees_everything or not contracts:
        return frozenset()
    above = history.above(who.services)
    return frozenset(
        one.id
        for one in contracts
        if not above.isdisjoint((one.supplier, one.client)) and one.shown_to_at(time_of(one.id)) == "parts"
    )
