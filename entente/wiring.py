"""The only place that knows every part: opens a store and hands each part what it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date
from threading import BoundedSemaphore
from typing import Any

from dashboards.explanations import figure_sentences, occurrence_sentences
from dashboards.language import LANGUAGES, language
from dashboards.metrics import ProgramMetrics
from dashboards.moments import Moments
from domain.saying import Said, said
from domain.terms import Party
from domain.times import Instant
from entente.settings import Settings
from ingestion.door import Answer, Door
from ingestion.quarantine import Quarantine
from services.access import ADMINISTRATOR, Principal
from services.api.ports import LOOKS_BACK_AT_ONCE
from services.contract_files import Document, read_documents
from services.contracting import Applied
from services.errors import DocumentInvalid, NotFound, Refused, Unavailable
from services.history.databases import Database
from services.history.history import History
from services.reading import explaining
from services.reading.auditing import reading_at
from services.reading.explaining_figures import FigureExplanation, explain_figure, figure_explanation_json
from services.reading.history_rows import HistoryReader, HistoryRow, Week, position_at, weeks
from services.reading.proposing import Proposal, proposals
from services.reading.reading import Reading
from services.reading.reviewing import KeptPacks, review_pack
from services.reading.rows import CommitmentRow, ContractRow, ExplanationRow, FigureRow, Known, ReviewRow
from services.reading.trying import Compared, tried
from services.store import Clock, Store, open_store, system_clock


class ShownReading(Reading):
    """The reads of the pages: those of the services, explanations, and packs."""

    def __init__(self, database: Database, history: History):
        super().__init__(database, history)
        self._packs = KeptPacks()
        self._commitments: tuple[Known, list[CommitmentRow]] | None = None
        self._contracts: tuple[Known, list[ContractRow]] | None = None
        self._reviews: tuple[Known, list[ReviewRow]] | None = None
        self._looking_back = BoundedSemaphore(LOOKS_BACK_AT_ONCE)

    def commitments(self, who: Principal, contract: str | None = None) -> list[CommitmentRow]:
        """All of them are kept until the judging moves, for everything in them follows from how far that is; who asks is
        given his own of them."""
        if contract is not None:
            return super().commitments(who, contract)
        with self.one_state():
            known, kept = self.known(), self._commitments
            if kept is None or kept[0] != known:
                kept = self._commitments = known, super().commitments(ADMINISTRATOR)
        return [row for row in kept[1] if who.sees(row.debtor, row.creditor)]

    def contracts(self, who: Principal) -> list[ContractRow]:
        """Kept as the commitments are."""
        with self.one_state():
            known, kept = self.known(), self._contracts
            if kept is None or kept[0] != known:
                kept = self._contracts = known, super().contracts(ADMINISTRATOR)
        return [row for row in kept[1] if who.sees(row.supplier, row.client)]

    def reviews(self, who: Principal, *, contract: str | None = None) -> list[ReviewRow]:
        """Kept as the commitments are."""
        if contract is not None:
            return super().reviews(who, contract=contract)
        with self.one_state():
            known, kept = self.known(), self._reviews
            if kept is None or kept[0] != known:
                kept = self._reviews = known, super().reviews(ADMINISTRATOR)
        if who.role != "member":
            return list(kept[1])
        seen = {row.id for row in self.contracts(who)}
        return [row for row in kept[1] if row.contract in seen]

    def explain(self, who: Principal, commitment: str, key: str, /) -> ExplanationRow:
        return explaining.explain(self, who, commitment, key)

    def explain_figure(self, who: Principal, commitment: str, period: str | None = None, /) -> list[FigureExplanation]:
        return explain_figure(self, who, commitment, period)

    def review_pack(self, who: Principal, review: str, /, *, position: int | None = None) -> dict[str, Any]:
        return review_pack(self, self._at, who, review, position=position, kept=self._packs)

    def history_weeks(self, zone: str, /) -> list[Week]:
        watermark = self.known().watermark
        return weeks(self.history, watermark, zone, self._kept.received_before) if watermark is not None else []

    def history_position(self, moment: Instant, /) -> int:
        return position_at(self.history, moment)

    def history_after(self, who: Principal, position: int, limit: int, kind: str, /) -> list[HistoryRow]:
        with self._history_as(who) as history:
            return history.after(position, limit, kind)

    def history_before(
        self, who: Principal, position: int, limit: int, kind: str, text: str, /
    ) -> tuple[list[HistoryRow], int]:
        with self._history_as(who) as history:
            return history.before(position, limit, kind, text)

    def figures_believed_at(self, who: Principal, contract: str, position: int, /) -> list[FigureRow]:
        self.contract(who, contract)
        if not self._looking_back.acquire(blocking=False):
            raise Unavailable(said("others are looking back at the history now"), mend=said("try again in a moment"))
        try:
            with self._at(position, contract) as then:
                try:
                    return then.figures(who, contract=contract)
                except NotFound:
                    return []
        finally:
            self._looking_back.release()

    @contextmanager
    def _history_as(self, who: Principal) -> Iterator[HistoryReader]:
        with self._reading() as (reads, catalogue):
            yield HistoryReader(self.history, catalogue, reads, who)

    def _at(self, position: int, contract: str, as_of: Instant | None = None) -> AbstractContextManager[Reading]:
        return reading_at(self.history, as_of=as_of, position=position, contract=contract)


def explained(
    reading: Reading, who: Principal, commitment: str, key: str | None, period: str | None = None
) -> dict[str, Any] | list[dict[str, Any]]:
    """Why an occurrence has its verdict or, without a key, why the figures of a period are what they are; as values, and in
    words of every language."""
    contract = reading.contract(who, commitment.partition("/")[0])
    known = reading.known()
    clocks = {code: Moments.of(language(code), contract.timezone, known.watermark) for code in LANGUAGES}
    if key is not None:
        row = explaining.explain(reading, who, commitment, key)
        words = {code: occurrence_sentences(row, contract, clock) for code, clock in clocks.items()}
        return explaining.explanation_json(row, contract.timezone) | {"words": words}
    return [
        figure_explanation_json(one, contract.timezone)
        | {"words": {code: figure_sentences(one, contract, clock) for code, clock in clocks.items()}}
        for one in explain_figure(reading, who, commitment, period)
    ]


def _the_contract(file: str) -> Document:
    """The one contract of a file that was typed. Raises DocumentInvalid."""
    documents = read_documents(file, "contract")
    if len(documents) != 1 or "contract" not in documents[0].tree:
        what = said("the editor holds one contract")
        raise DocumentInvalid([documents[0].problem((), what, said("one document with the key `contract:`"))])
    return documents[0]


class Desk:
    """What people decide on a page: each call returns when its entry has been judged."""

    def __init__(self, store: Store, quarantine: Quarantine):
        self._store = store
        self._quarantine = quarantine
        self._trying = BoundedSemaphore(LOOKS_BACK_AT_ONCE)

    def sign(self, who: Principal, contract: str, party: Party | None, proposal: int, /) -> object:
        return self._judged(self._store.contracting.sign(who, contract, party, proposal=proposal))

    def refuse(self, who: Principal, contract: str, reason: str, proposal: int, /) -> object:
        return self._judged(self._store.contracting.refuse(who, contract, reason, proposal=proposal))

    def comment(self, who: Principal, contract: str, clause: str, text: str, proposal: int, /) -> object:
        return self._judged(self._store.contracting.comment(who, contract, clause, text, proposal=proposal))

    def withdraw(self, who: Principal, contract: str, proposal: int, /) -> object:
        return self._judged(self._store.contracting.withdraw(who, contract, proposal=proposal))

    def check_file(self, who: Principal, file: str, language: str, /) -> Applied:
        return self._store.contracting.apply(who, _the_contract(file), dry_run=True, language=language)

    def propose_file(self, who: Principal, file: str, /) -> Applied:
        applied = self._store.contracting.apply(who, _the_contract(file))
        self._judged(applied)
        return applied

    def try_file(self, who: Principal, file: str, first: date, last: date, /) -> tuple[list[Compared], list[Proposal]]:
        if not self._trying.acquire(blocking=False):
            raise Unavailable(said("others are trying drafts now"), mend=said("try again in a moment"))
        try:
            with tried(self._store.reading, who, [_the_contract(file)], first, last) as found:
                ids = [one.id for one in found.reading.catalogue().contracts[found.contract].commitments]
                return list(found.compared), [one for id in ids for one in proposals(found.reading, id)]
        finally:
            self._trying.release()

    def acknowledge(self, who: Principal, breach: str, /) -> object:
        return self._judged(self._store.deciding.acknowledge(who, breach))

    def explain_breach(self, who: Principal, breach: str, text: str, /) -> object:
        return self._judged(self._store.deciding.explain_breach(who, breach, text))

    def ask_excuse(
        self,
        who: Principal,
        scope: str,
        /,
        *,
        reason: str,
        text: str,
        keys: Sequence[str],
        since: int | None,
        until: int | None,
        party: Party | None,
    ) -> object:
        id, _ = self._store.excusing.ask(
            who, scope, reason=reason, text=text, keys=keys, since=since, until=until, party=party
        )
        return self._judged(id)

    def doubts_of_excuse(
        self, who: Principal, scope: str, /, *, reason: str, keys: Sequence[str], since: int | None, until: int | None
    ) -> Sequence[Said]:
        return self._store.excusing.doubts(who, scope, reason=reason, keys=keys, since=since, until=until)

    def accept_excuse(self, who: Principal, excuse: str, text: str, /) -> object:
        return self._judged(self._store.excusing.accept(who, excuse, text))

    def refuse_excuse(self, who: Principal, excuse: str, text: str, /) -> object:
        return self._judged(self._store.excusing.refuse(who, excuse, text))

    def dispute_excuse(self, who: Principal, excuse: str, text: str, /) -> object:
        return self._judged(self._store.excusing.dispute(who, excuse, text))

    def progress(self, who: Principal, action: str, text: str, /) -> object:
        return self._judged(self._store.deciding.progress(who, action, text))

    def close(self, who: Principal, action: str, text: str, /) -> object:
        return self._judged(self._store.deciding.close(who, action, text))

    def minutes(self, who: Principal, review: str, text: str, /) -> object:
        return self._judged(self._store.deciding.minutes(who, review, text))

    def decide(self, who: Principal, review: str, text: str, /) -> object:
        return self._judged(self._store.deciding.decide(who, review, text))

    def sign_review(self, who: Principal, review: str, party: Party | None, seen: int | None, /) -> object:
        return self._judged(self._store.deciding.sign_review(who, review, party, seen=seen))

    def retry(self, who: Principal, item: str, /) -> object:
        answer = self._judged(self._quarantine.retry(item, who))
        if isinstance(answer, Answer) and answer.result == "quarantined":
            raise Refused(
                said("it could not be accepted this time either"),
                place=item,
                mend=answer.problem,
                slug="still-quarantined",
            )
        return answer

    def discard(self, who: Principal, item: str, reason: str, /) -> object:
        self._quarantine.discard(item, who, reason)
        return self._judged(None)

    def match_event(self, who: Principal, event: int, commitment: str, key: str, text: str, /) -> object:
        return self._judged(self._store.matching.match(who, event, commitment, key, text=text))

    def unmatch(self, who: Principal, match: str, text: str, /) -> object:
        return self._judged(self._store.matching.unmatch(who, match, text))

    def accept_match(self, who: Principal, match: str, text: str, /) -> object:
        return self._judged(self._store.matching.accept(who, match, text))

    def refuse_match(self, who: Principal, match: str, text: str, /) -> object:
        return self._judged(self._store.matching.refuse(who, match, text))

    def set_aside(self, who: Principal, event: int, text: str, /) -> object:
        return self._judged(self._store.asides.put(who, event, text))

    def take_back_aside(self, who: Principal, event: int, text: str, /) -> object:
        return self._judged(self._store.asides.take_back(who, event, text))

    def _judged(self, answer: object) -> object:
        self._store.judging.catch_up()
        return answer


@dataclass(frozen=True, slots=True)
class Program:
    settings: Settings
    store: Store
    door: Door
    quarantine: Quarantine
    reading: ShownReading
    desk: Desk
    metrics: ProgramMetrics


@contextmanager
def program(settings: Settings, *, clock: Clock = system_clock, renews: bool = True) -> Iterator[Program]:
    """Everything, on an open store; closed at the end. Raises what opening a store raises; `renews` as there."""
    counted: list[ProgramMetrics] = []
    store = open_store(
        settings.store,
        clock=clock,
        observe=lambda _, seconds: counted[0].judged_in(seconds),
        settle=round(settings.settle * 1_000_000),
        renews=renews,
    )
    try:
        door = Door(store.history, clock)
        counted.append(ProgramMetrics(door.answered))
        quarantine = Quarantine(store.history, door, clock)
        reading = ShownReading(store.history.database, store.history)
        yield Program(settings, store, door, quarantine, reading, Desk(store, quarantine), counted[0])
    finally:
        store.close()
