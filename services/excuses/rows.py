"""What reads return of excuses and of the answers to them. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass

from domain.excuses import Category
from domain.terms import Party
from services.tables.documents import Answerer, ExcuseState, Verb


@dataclass(frozen=True, slots=True)
class AnswerRow:
    verb: Verb
    party: Answerer
    by: str
    at: int
    text: str


@dataclass(frozen=True, slots=True)
class ExcuseRow:
    """`scope`: a contract, contract/deliverable or commitment. It names keys, or an interval [since, until). `party`
    asked."""

    id: str
    scope: str
    supplier: str
    client: str
    keys: tuple[str, ...]
    since: int | None
    until: int | None
    reason: Category
    text: str
    evidence: tuple[int, ...]
    party: Party
    state: ExcuseState
    asked_by: str
    asked_at: int
    position: int
    answers: tuple[AnswerRow, ...] = ()

    @property
    def contract(self) -> str:
        return self.scope.partition("/")[0]

    @property
    def waits_for(self) -> str | None:
        """The service that is to answer, `administrator` for the arbiter; None when nobody is."""
        if self.state == "disputed":
            return "administrator"
        return (self.client if self.party == "supplier" else self.supplier) if self.state == "asked" else None
