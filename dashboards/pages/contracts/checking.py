"""The check of a draft: what proposing it would do, or what is wrong with it, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.naming import change_words
from dashboards.pages.contracts.form_fields import Group, place_of
from dashboards.pages.contracts.moving import PARTIES
from dashboards.pages.contracts.sheet import Sheet, document_of
from dashboards.pages.house.frame import View
from dashboards.pages.house.posting import digest
from dashboards.problems import in_words_of_form, problem_of
from domain.kinds.faces import face
from domain.saying import Said, said
from domain.terms import ContractTerms, Criterion
from services.access import Right, not_theirs
from services.arrivals.sent import read_sent
from services.contract_files import contract_terms
from services.contract_files.documents import Document, Path, Problem
from services.contracts.applied import Applied
from services.contracts.contracting import Contracting
from services.errors import DocumentInvalid, EntenteError
from services.trying.drafting import one_contract

MOST_PROBLEMS = 20


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong, where it stands in the file, and `path` of what it is about."""

    line: int
    column: int
    place: str
    what: Said | str
    path: Path


@dataclass(frozen=True)
class Placed:
    """The same, with the field or the part of the form that it leads to; none where the form shows neither."""

    wrong: Wrong
    id: str
    label: str


@dataclass(frozen=True)
class Checked:
    """The outcome of a check: what proposing the draft would do, or what is wrong with it."""

    problems: tuple[Wrong, ...] = ()
    refusal: EntenteError | None = None
    applied: Applied | None = None
    changes: tuple[str, ...] = ()
    unsent: tuple[str, ...] = ()
    """Types of events that the draft waits for, and that no tool sends of which the reader knows."""

    @property
    def is_right(self) -> bool:
        return self.applied is not None

    @property
    def doubts(self) -> str:
        """A digest of the warnings that who proposes says to have read; empty where nothing is warned of."""
        return digest("\n".join(self.applied.warnings)) if self.applied and self.applied.warnings else ""

    def by_path(self) -> Mapping[Path, list[Said | str]]:
        found: dict[Path, list[Said | str]] = {}
        for one in self.problems:
            found.setdefault(one.path, []).append(one.what)
        return found

    def placed(self, form: Sequence[Group]) -> list[Placed]:
        return [Placed(one, *place_of(one.path, form)) for one in self.problems]


def checked(view: View, contract: str | None, sheet: Sheet) -> Checked:
    """`contract` is None for one that is new."""
    try:
        document = sheet.document or document_of(sheet.file)
        if contract is None and document.tree.get("contract") in [*view.contracts]:  # it may be anything in a file
            what, mend = said("a contract of that id is there already"), said("another `contract:`")
            raise DocumentInvalid([document.problem(("contract",), what, mend)])
        if contract is not None and document.tree.get("contract") != contract:
            what, mend = said("this page edits another contract"), said("`{contract}`", contract=contract)
            raise DocumentInvalid([document.problem(("contract",), what, mend)])
        draft = one_contract(sheet.documents)
        if contract is None:
            _require_party(view, document)
        applied = view.pages.store.use(Contracting).apply(view.who, draft, dry_run=True, language=view.language.code)
        terms = contract_terms(document)
        changes = tuple(change_words(one, terms, view.language.code) for one in applied.changes)
        return Checked(applied=applied, changes=changes, unsent=_unsent(view, terms))
    except DocumentInvalid as error:
        return Checked(tuple(_wrong(line) for line in error.problems[:MOST_PROBLEMS]))
    except EntenteError as error:
        if error.status in (403, 404) and contract is not None:
            raise
        return Checked(refusal=error)


def types_known(view: View) -> dict[str, str]:
    """The types of events that the reader knows of, with what is said of each: what tools really sent, the least first, and what
    contracts wait for."""
    sent = view.seen.once(read_sent)
    types = {one.type: view.language.counted("editor.sent", one.events, source=one.source) for one in reversed(sent)}
    for row in view.commitments:
        types |= {one: "" for one in _types(row.criterion) if one not in types}
    return types


def _types(criterion: Criterion) -> list[str]:
    selectors = face(criterion.indicator).selectors(criterion.indicator)
    return [type for _, selector in selectors for type in selector.types]


def _unsent(view: View, terms: ContractTerms) -> tuple[str, ...]:
    known = types_known(view)
    criteria = [criterion for deliverable in terms.deliverables for criterion in deliverable.criteria]
    return tuple(dict.fromkeys(one for criterion in criteria for one in _types(criterion) if one not in known))


def _require_party(view: View, document: Document) -> None:
    """Raises DocumentInvalid where the reader may sign for neither party of a new contract."""
    parties = [one for one in map(document.tree.get, PARTIES) if isinstance(one, str)]
    if len(parties) == len(PARTIES) and not view.who.may(Right.BIND, *parties):
        error = not_theirs(view.who, str(document.tree.get("contract", "")), *parties)
        raise DocumentInvalid([document.problem(("supplier",), error.message, error.mend)])


def _wrong(line: str) -> Wrong:
    found = problem_of(line)
    path = line.path if isinstance(line, Problem) else ()
    return Wrong(found.line, found.column, found.path, in_words_of_form(found.what), path)
