"""Drafts that somebody is writing: checked, tried on what is past, and proposed, one contract at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.saying import said
from services.access import Principal
from services.contract_files import Document, read_documents
from services.errors import DocumentInvalid
from services.seeing.looking_back import Places, a_place
from services.seeing.seen import Seeing
from services.trying.beside import Compared
from services.trying.proposing import Proposal, proposals
from services.trying.trial import tried


class Trials(Places):
    """The places for those who try drafts."""


def the_contract(file: str) -> Document:
    """The one contract of a file that was typed. Raises DocumentInvalid."""
    return one_contract(read_documents(file, "contract"))


def one_contract(documents: Sequence[Document]) -> Document:
    """The one contract among the documents of a file. Raises DocumentInvalid."""
    if len(documents) != 1 or "contract" not in documents[0].tree:
        what = said("the editor holds one contract")
        raise DocumentInvalid([documents[0].problem((), what, said("one document with the key `contract:`"))])
    return documents[0]


def try_draft(
    seeing: Seeing, who: Principal, file: str, first: date, last: date
) -> tuple[list[Compared], list[Proposal]]:
    """Past events judged by the contract of a file on those local days, both included, beside what really was, and what that
    suggests. Raises DocumentInvalid, NotAllowed, Unavailable while others judge something aside."""
    draft = the_contract(file)
    with (
        a_place(seeing, Trials, said("others are trying drafts now")),
        tried(seeing, who, [draft], first, last) as found,
    ):
        ids = [commitment.id for commitment in found.then.catalogue.contracts[found.contract].commitments]
        return list(found.compared), [suggested for id in ids for suggested in proposals(found.then, id)]
