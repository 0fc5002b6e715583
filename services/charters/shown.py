"""Charters in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from services.api.showing import day_json, moment_json
from services.charters.rows import CharterRow, CharterVersionRow
from services.charters.shapes import Charter, CharterProposal, CharterVersion, WholeCharter
from services.contract_files import tree_from_canonical
from services.contract_files.difference import differences, sentences


def charter_json(row: CharterRow) -> Charter:
    """`proposal` is what waits for a signature."""
    terms = row.shown.terms
    return {
        "id": row.id,
        "title": dict(terms.title.by_language),
        "offer": row.offer,
        "supplier": row.supplier,
        "client": row.client,
        "contract": terms.contract,
        "state": row.state,
        "level": terms.level,
        "begins": day_json(row.begins),
        "until": day_json(row.until),
        "version": len(row.agreed),
        "proposal": _proposal_json(row.pending) if row.pending is not None else None,
    }


def whole_charter_json(row: CharterRow) -> WholeCharter:
    """With every wording that was proposed."""
    return {**charter_json(row), "versions": [_version_json(row, one) for one in row.proposals]}


def _proposal_json(one: CharterVersionRow) -> CharterProposal:
    return {
        "proposal": one.number,
        "effective": one.effective.isoformat(),
        "proposed_by": one.proposed_by,
        "signed_by": [each.party for each in one.signatures],
    }


def _version_json(row: CharterRow, one: CharterVersionRow) -> CharterVersion:
    zone_name = one.offer.timezone
    return {
        "number": one.version,
        "proposal": one.number,
        "state": one.state,
        "effective": one.effective.isoformat(),
        "offer_version": one.offer_version,
        "fingerprint": one.fingerprint,
        "party": one.party,
        "proposed_by": one.proposed_by,
        "proposed_at": moment_json(one.proposed_at, zone_name),
        "signatures": [
            {"party": each.party, "service": each.service, "by": each.by, "at": moment_json(each.at, zone_name)}
            for each in one.signatures
        ],
        "differences": changes_of(row, one),
        "refusal": one.refusal,
        "document": tree_from_canonical(one.document),
    }


def changes_of(row: CharterRow, one: CharterVersionRow, language: str = "en") -> list[str]:
    """What a wording changes of the last one that both had signed before it, a sentence each; nothing where there was none."""
    before = max((each for each in row.agreed if each.number < one.number), key=lambda each: each.version, default=None)
    if before is None:
        return []
    return sentences(differences(tree_from_canonical(before.document), tree_from_canonical(one.document)), language)
