"""Contracts in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

import json
from collections.abc import Iterable

from services.api.shapes import Signature
from services.api.showing import day_json, moment_json
from services.contracts.rows import CommentRow, ContractRow, SignatureRow, VersionRow
from services.contracts.shapes import Comment, Contract, Proposal, Version, WholeContract
from services.figures.rows import CommitmentRow
from services.figures.score_rows import ScoreRow
from services.figures.shown import score_json


def contract_json(row: ContractRow) -> Contract:
    """`proposal` is what waits for a signature."""
    return {
        "id": row.id,
        "title": dict(row.title.by_language),
        "supplier": row.supplier,
        "client": row.client,
        "state": row.state,
        "timezone": row.timezone,
        "valid_from": row.valid_from.isoformat(),
        "valid_until": day_json(row.valid_until),
        "effective": row.terms.effective.isoformat(),
        "next_review": moment_json(row.next_review, row.timezone),
        "proposal": next((_proposal_json(one) for one in row.versions if one.state == "proposed"), None),
    }


def whole_contract_json(
    row: ContractRow, scores: Iterable[ScoreRow], commitments: Iterable[CommitmentRow]
) -> WholeContract:
    """With its scores, its clauses that nobody monitors, and all versions with their wording."""
    return {
        **contract_json(row),
        "scores": [score_json(one, row.timezone) for one in scores],
        "unmonitored": [
            {"commitment": one.id, "owner": one.criterion.owner, "because": one.unmonitored_because}
            for one in commitments
            if one.unmonitored_because is not None
        ],
        "versions": [_version_json(one, row.timezone) for one in row.versions],
    }


def _version_json(row: VersionRow, zone_name: str) -> Version:
    """`document` is the contract file as it was proposed, holidays copied in; `proposal` numbers the wordings."""
    return {
        "number": row.number,
        "proposal": row.position,
        "state": row.state,
        "effective": row.effective.isoformat(),
        "proposed_by": row.proposed_by,
        "proposed_at": moment_json(row.proposed_at, zone_name),
        "signatures": [signature_json(one, zone_name) for one in row.signatures],
        "comments": [_comment_json(one, zone_name) for one in row.comments],
        "differences": list(row.differences),
        "refusal": row.refusal,
        "document": json.loads(row.document),
    }


def _proposal_json(row: VersionRow) -> Proposal:
    return {
        "number": row.number,
        "proposal": row.position,
        "effective": row.effective.isoformat(),
        "proposed_by": row.proposed_by,
        "signed_by": [one.party for one in row.signatures],
    }


def signature_json(row: SignatureRow, zone_name: str | None) -> Signature:
    return {"party": row.party, "service": row.service, "by": row.by, "at": moment_json(row.at, zone_name)}


def _comment_json(row: CommentRow, zone_name: str) -> Comment:
    return {"clause": row.clause, "text": row.text, "by": row.by, "at": moment_json(row.at, zone_name)}
