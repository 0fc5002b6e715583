"""Tries a draft contract on past events, beside what really was; the store is not touched (INTERFACE §3).

The draft is put in force aside, in a database that is thrown away, as if both parties had signed it with effect from the
first day, and every event that is stored is judged by it with the watermark that the store has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

import msgspec

from domain.saying import said
from domain.terms import CalendarTerms
from services.access import Principal, not_theirs, require_own_id
from services.contract_files import (
    Document,
    canonical,
    check_contract,
    contract_terms,
    kind_of,
    publish_calendar,
    read_published_calendar,
    tree_from_canonical,
)
from services.contract_files.to_terms import canonical_text
from services.deciding import within_bounds
from services.errors import DocumentInvalid, Invalid
from services.history.databases import Transaction
from services.seeing.past import Progress
from services.seeing.seen import Seeing, Seen
from services.trying.aside import Past, agree, contracts_judged_aside, publish, shown_to
from services.trying.beside import CommitmentsInForce, Compared, side_by_side

MOST_DAYS: Final = 3_653


@dataclass(frozen=True, slots=True)
class Tried:
    """A draft judged aside; `then` is all of it, as who sees everything, as long as the block lasts."""

    contract: str
    timezone: str
    first: date
    last: date
    then: Seen
    compared: tuple[Compared, ...]


@contextmanager
def tried(
    seeing: Seeing,
    who: Principal,
    documents: Sequence[Document],
    first: date,
    last: date,
    *,
    progress: Progress | None = None,
) -> Iterator[Tried]:
    """The contract of a file, judged over the local days `first` to `last`, both included. Calendars of the same file
    count as published. What is stored is looked at and copied first: nothing of it is held while the draft is judged. Raises
    DocumentInvalid as `apply` does, NotAllowed for one who is no party."""
    document = _the_contract(documents)
    _require_days(first, last)
    with seeing.seen(who) as real:
        calendars = published_calendars(real, documents)
        if problems := check_contract(document, current_calendars(calendars)):
            raise DocumentInvalid(problems)
        terms = contract_terms(document)
        _require_own_id(real, terms.id)
        history = Past(real.history, shown_to(real), progress)
        in_force = real.commitments_in_force()
    if not who.sees(terms.supplier, terms.client):
        raise not_theirs(who, terms.id, terms.supplier, terms.client)
    text = _in_force_from(document, first, last)

    def put_in_force(_: Transaction, writes: Transaction) -> None:
        publish(writes, calendars)
        agree(writes, text, first)

    with contracts_judged_aside(seeing, history, [terms.id], put_in_force) as draft:
        beside = CommitmentsInForce(seeing, who, in_force, history, (first, last))
        compared = tuple(side_by_side(beside, draft, terms.id))
        yield Tried(terms.id, terms.timezone, first, last, draft, compared)


def _require_days(first: date, last: date) -> None:
    """Each day that is tried is judged, whether anything happened on it or not."""
    if last < first:
        raise Invalid(
            said("{last} lies before {first}", last=last, first=first),
            place="--until",
            mend=said("{first} or later", first=first),
        )
    within_bounds(first, "--from")
    within_bounds(last, "--until")
    if (last - first).days > MOST_DAYS:
        says = said("from {first} until {last} are more than ten years", first=first, last=last)
        raise Invalid(says, place="--until", mend=said("try at most ten years at once"))


def _require_own_id(real: Seen, contract: str) -> None:
    """Refuses a draft under the id of a contract that its author may not see: as with `apply`, the id is taken."""
    reads = real.reads
    found = reads.query("SELECT supplier, client FROM view_contract WHERE id = ?", [contract])
    for supplier, client in found:
        require_own_id(real.who, contract, supplier, client)


def _the_contract(documents: Sequence[Document]) -> Document:
    found = [one for one in documents if kind_of(one) == "contract"]
    if len(found) != 1:
        raise Invalid(
            said("{count} contracts in this file", count=len(found)) if found else said("no contract in this file"),
            mend=said("a file with the one draft that is to be tried"),
        )
    return found[0]


def published_calendars(real: Seen, documents: Sequence[Document]) -> dict[str, list[str]]:
    """The published wordings of every calendar, by name, those of the file last. Raises DocumentInvalid."""
    reads = real.reads
    stored = reads.query("SELECT id, document FROM view_calendar ORDER BY id")
    found = {id: [one["document"] for one in msgspec.json.decode(text)["versions"]] for id, text in stored}
    for document in documents:
        if kind_of(document) == "calendar":
            found.setdefault(str(document.tree["calendar"]), []).append(publish_calendar(document))
    return found


def current_calendars(calendars: Mapping[str, Sequence[str]]) -> dict[str, CalendarTerms]:
    return {name: read_published_calendar(texts[-1]) for name, texts in calendars.items()}


def _in_force_from(document: Document, first: date, last: date) -> str:
    """The wording as if it were in force on those days alone. Rules stay anchored where the draft anchors them, as far as
    it begins by then."""
    tree = tree_from_canonical(canonical(document))
    begins = min(str(tree["valid"]["from"]), first.isoformat())
    tree |= {"valid": {"from": begins, "until": last.isoformat()}, "effective": first.isoformat()}
    tree.pop("rebaseline", None)
    return canonical_text(tree)
