"""Contracts in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

import json
from collections.abc import Sequence

from services.api.shapes import Signature
from services.api.showing import Json, day_json, moment_json
from services.contracts.rows import CommentRow, ContractRow, SignatureRow, VersionRow
from services.figures.rows import CommitmentRow
from services.figures.score_rows import ScoreRow, score_json


def contract_json(
    row: ContractRow, scores: Sequence[ScoreRow] | None = None, commitments: Sequence[CommitmentRow] = ()
) -> Json:
    """`proposal` is what waits for a signature; with its scores a contract is shown whole: all versions with their
    wording, and its clauses that nobody monitors."""
    content: Json = {
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
    if scores is not None:
        content["scores"] = [score_json(one, row.timezone) for one in scores]
        content["unmonitored"] = [
            {"commitment": one.id, "owner": one.criterion.owner, "because": one.unmonitored_because}
            for one in commitments
            if not one.is_monitored
        ]
        content["versions"] = [version_json(one, row.timezone) for one in row.versions]
    return content


def version_json(row: VersionRow, zone_name: str | None) -> Json:
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


def _proposal_json(row: VersionRow) -> Json:
    return {
        "number": row.number,
        "effective": row.effective.isoformat(),
        "proposed_by": row.proposed_by,
        "signed_by": [one.party for one in row.signatures],
    }


def signature_json(row: SignatureRow, zone_name: str | None) -> Signature:
    return {"party": row.party, "service": row.service, "by": row.by, "at": moment_json(row.at, zone_name)}


def _comment_json(row: CommentRow, zone_name: str | None) -> Json:
    return {"clause": row.clause, "text": row.text, "by": row.by, "at": moment_json(row.at, zone_name)}
