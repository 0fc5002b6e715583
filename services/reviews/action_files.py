"""A decision that an action file says: its plan and what it rests on go with the decision, and are the action's once both have
signed (MEETING §1, §4)."""

from __future__ import annotations

import json
from typing import Any, Final, cast

from domain.plan import CitedDocument, Plan
from domain.references import parse_reference
from domain.saying import said, said_by
from services.actions.acting import sound_plan
from services.actions.citing import require_citable
from services.contract_files import Document, check, grounds_of, kind_of, read_bytes
from services.contract_files.tree_reading import text_of
from services.errors import DocumentInvalid, Invalid
from services.reviews.effects import Decision, Meeting, optional_text
from services.reviews.rows import Argument

KIND: Final = "action"
PLAN_PARTS: Final = ("steps", "means", "effect")


def arguments_of(document: Document, language: str) -> dict[str, Argument]:
    """What an action file says, as the arguments of a decision of the kind `action`. Raises DocumentInvalid, Invalid."""
    if kind_of(document) != KIND:
        raise Invalid(said("it is no action file"), place="file", mend=said("`action:` names it"))
    if problems := check(document):
        raise DocumentInvalid(problems)
    tree = document.tree
    grounds = grounds_of(tree)
    found: dict[str, Argument] = {"commitment": tree["of"], "text": text_of(tree["title"], "").to(language)}
    found |= {name: str(tree[name]) for name in ("person", "due", "owner") if tree.get(name) is not None}
    if plan := {name: _plain(tree[name]) for name in PLAN_PARTS if tree.get(name)}:
        found["plan"] = json.dumps(plan, ensure_ascii=False, sort_keys=True)
    if refs := [ref for ref, _ in grounds if ref is not None]:
        found["because"] = ", ".join(refs)
    if named := [document for _, document in grounds if document is not None]:
        found["documents"] = json.dumps(named, ensure_ascii=False, sort_keys=True)
    return found


def planned(meeting: Meeting, decision: Decision, commitment: str) -> Plan | None:
    """The plan that goes with a decision; None where none does. Raises DocumentInvalid, Refused."""
    text = optional_text(decision, "plan")
    if text is None:
        return None
    [document] = read_bytes(text.encode(), "plan")
    return sound_plan(meeting.seen, commitment, document, "en", meeting.at)


def cited(meeting: Meeting, decision: Decision) -> list[str]:
    """What it rests on besides. Raises Invalid, Refused (`foreign-subject`)."""
    given = (optional_text(decision, "because") or "").split(",")
    found = [one.strip() for one in given if one.strip()]
    try:
        references = [parse_reference(one) for one in found]
    except ValueError as error:
        raise Invalid(said_by(error), place="because", slug="reference-invalid") from error
    require_citable(meeting.seen, meeting.contract.id, references)
    return found


def documents(decision: Decision) -> list[CitedDocument]:
    """The documents that it cites. Raises Invalid, DocumentInvalid."""
    text = optional_text(decision, "documents")
    if text is None:
        return []
    [stated] = read_bytes(f'{{"because": {text}}}'.encode(), "documents")
    listed = stated.tree["because"]
    if not isinstance(listed, list):
        right = '[{"title": "…"}]'
        raise Invalid(said("documents stand in a list"), place="documents", mend=said("such as {right}", right=right))
    because = [{"document": one} for one in listed]
    whole = {"entente": 1, "action": "cited", "of": "c/d/k", "title": "cited", "because": because}
    [document] = read_bytes(json.dumps(_plain(whole)).encode(), "documents")
    if problems := check(document):
        raise DocumentInvalid(problems)
    return [cast(CitedDocument, one) for _, one in grounds_of(document.tree)]


def _plain(value: Any) -> Any:
    """Days as texts, as JSON has none."""
    match value:
        case dict():
            return {name: _plain(one) for name, one in value.items()}
        case list():
            return [_plain(one) for one in value]
        case bool() | int() | str() | None:
            return value
    return str(value)
