"""Contracts as they are shown, from what was proposed, said and signed."""

from __future__ import annotations

from datetime import date

import msgspec

from domain.times import Instant, local_date, zone
from services.contract_files import differences, sentences, terms_from_canonical, tree_from_canonical
from services.contracts.kept import Kept, KeptContract, KeptContractRow
from services.contracts.rows import CommentRow, ContractRow, SignatureRow, State, VersionRow, VersionState, version_on
from services.contracts.stored import StoredDocument, StoredProposal
from services.history.databases import Transaction
from services.judging.catalogue import Catalogue
from services.seeing.known import Known


def contract_rows(
    reads: Transaction, catalogue: Catalogue, known: Known, kept: Kept | None = None
) -> list[ContractRow]:
    """Every contract, by id, whoever may see it."""
    kept = kept or Kept()
    found = reads.query("SELECT id, supplier, client, changed FROM view_contract ORDER BY id")
    positions = {id: changed for id, *_, changed in found}
    held = {id: kept.contracts[id] for id in positions if id in kept.contracts}
    new = [id for id, changed in positions.items() if id not in held or held[id].changed != changed]
    for id, document in reads.select_in("SELECT id, document FROM view_contract WHERE", "id", new):
        content: StoredDocument = msgspec.json.decode(document)
        where = terms_from_canonical(content["proposals"][-1]["document"]).timezone
        kept.contracts[id] = held[id] = KeptContract(positions[id], content, where)
    return [_row(id, supplier, client, catalogue, known.of(id), held[id], kept) for id, supplier, client, _ in found]


def _row(
    id: str,
    supplier: str,
    client: str,
    catalogue: Catalogue,
    known: Known,
    held: KeptContract,
    kept: Kept,
) -> ContractRow:
    """The row made before, where the contract, its day and its next review are still the same."""
    moment, in_force = _moment(held.document, known), catalogue.contracts.get(id)
    today = local_date(moment, zone(held.zone))
    reached = local_date(known.watermark, zone(held.zone)) if known.watermark is not None else today
    meeting = kept.next_meeting(in_force, moment) if in_force else None
    starts = meeting.starts if meeting else None
    made = kept.contract_rows.get(id)
    is_same = made is not None and made.document is held.document and made.in_force is in_force
    if made is None or not is_same or (made.today, made.reached, made.starts) != (today, reached, starts):
        row = _contract(id, supplier, client, held.document, today, reached, starts)
        made = kept.contract_rows[id] = KeptContractRow(held.document, in_force, today, reached, starts, row)
    return made.row


def _contract(
    id: str,
    supplier: str,
    client: str,
    content: StoredDocument,
    today: date,
    reached: date,
    next_review: Instant | None,
) -> ContractRow:
    """`today` says which state it is in; its title and terms are those in force on the day that time has `reached`: a title that
    was given later renames nothing of before."""
    versions = _versions(content, today)
    current = next((one for one in versions if one.state == "in force"), None)
    agreed = [one for one in versions if one.state in ("signed", "in force", "past")]
    shown = current or (agreed[-1] if agreed else versions[-1])
    named = version_on(versions, reached) or shown
    until = date.fromisoformat(content["until"]) if content["until"] else None
    ends = [day for day in (shown.terms.valid_until, until) if day is not None]
    last_day = min(ends, default=None)
    return ContractRow(
        id=id,
        title=named.terms.title,
        supplier=supplier,
        client=client,
        state=_state(versions, today, last_day, until),
        timezone=shown.terms.timezone,
        valid_from=shown.terms.valid_from,
        valid_until=last_day,
        versions=tuple(versions),
        next_review=next_review,
        terms=named.terms,
    )


def _moment(content: StoredDocument, known: Known) -> Instant:
    """The moment that the state of a contract is told for: the watermark, or its last proposal if that is later."""
    latest = max(one["at"] for one in content["proposals"])
    return latest if known.watermark is None else max(known.watermark, latest)


def _state(versions: list[VersionRow], today: date, last_day: date | None, until: date | None) -> State:
    if any(one.state == "in force" for one in versions):
        if last_day is not None and today > last_day:
            return "terminated" if until is not None and last_day == until else "expired"
        return "in force"
    if any(one.state == "signed" for one in versions):
        return "signed"
    last = versions[-1].state
    return last if last in ("refused", "withdrawn") else "proposed"


def _versions(content: StoredDocument, today: date) -> list[VersionRow]:
    proposals = content["proposals"]
    agreed = sorted((one for one in proposals if one["version"]), key=lambda one: (one["effective"], one["version"]))
    reached = [one["version"] for one in agreed if one["effective"] <= today.isoformat()]
    in_force = reached[-1] if reached else None
    rows: list[VersionRow] = []
    before: str | None = None
    next_number = 1
    for one in proposals:
        rows.append(_version(one, before, in_force, reached, next_number))
        if one["version"]:
            before, next_number = one["document"], one["version"] + 1
        elif next_number == 1:
            before = one["document"]  # a counter-proposal, while nothing is agreed
    return rows


def _version(
    one: StoredProposal, before: str | None, in_force: int | None, reached: list[int], next_number: int
) -> VersionRow:
    state: VersionState = one["state"]
    if state == "signed" and one["version"] in reached:
        state = "in force" if one["version"] == in_force else "past"
    return VersionRow(
        number=one["version"] or next_number,
        state=state,
        effective=date.fromisoformat(one["effective"]),
        terms=terms_from_canonical(one["document"]),
        document=one["document"],
        proposed_by=one["by"],
        proposed_at=one["at"],
        position=one["number"],
        signatures=tuple(SignatureRow(s["party"], s["service"], s["by"], s["at"]) for s in one["signatures"]),
        comments=tuple(CommentRow(c["clause"], c["text"], c["by"], c["at"]) for c in one["comments"]),
        differences=tuple(changes(before, one["document"], "en")),
        differences_fr=tuple(changes(before, one["document"], "fr")),
        refusal=one["refusal"],
        refused_by=one.get("refused_by", ""),
        refused_at=one.get("refused_at"),
        party=one["party"],
    )


def changes(before: str | None, after: str, language: str) -> list[str]:
    """Lists what a wording changes of the one before it, a sentence each; empty for a first version."""
    if before is None:
        return []
    return sentences(differences(tree_from_canonical(before), tree_from_canonical(after)), language)
