"""The beginnings that a new contract may have: a sample of each kind, valid as it stands, or a copy of another contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from dashboards.kinds.faces import FACES
from dashboards.pages.contracts.boxes import days_in_words
from domain.terms import KINDS
from services.contract_files import Tree, as_file, read_documents

HEAD = """\
entente: 1
contract: {id}
title: {{en: {en}, fr: {fr}}}
supplier: {supplier}
client: {client}
timezone: {zone}
valid: {{from: {first}}}
late_data: 3 days
{calendar}deliverables:
  - id: {deliverable}
    title: {{en: {en}, fr: {fr}}}
    criteria:
      - id: {criterion}
        title: {{en: {criterion_en}, fr: {criterion_fr}}}
        owner: {owner}
        indicator:
{indicator}        target: {target}
"""
SAMPLES: Mapping[str, Mapping[str, str]] = {kind: FACES[kind].sample for kind in KINDS}
"""By kind: the contract and its deliverable, the criterion, its indicator."""


def sample_file(
    kind: str, supplier: str, client: str, zone: str, first: date, *, owner: str = "", taken: Sequence[str] = ()
) -> str:
    """A contract of one clause of that kind. Raises KeyError for a kind that has no sample."""
    said = SAMPLES[kind]
    lines = f"kind: {kind}\n{said['indicator']}".splitlines()
    names = {
        "calendar": "",
        **said,
        "deliverable": said["id"],
        "indicator": "".join(f"          {one}\n" for one in lines),
    }
    names["id"] = free_id(said["id"], taken)
    parties = {"supplier": supplier, "client": client, "zone": zone, "owner": owner or "somebody"}
    return HEAD.format(**names, **parties, first=first.isoformat())


def sample_indicator(kind: str) -> Tree:
    """The indicator of the sample of that kind. Raises KeyError."""
    return dict(_sample_tree(kind)["deliverables"][0]["criteria"][0]["indicator"])


def sample_criterion(kind: str) -> Tree:
    """The criterion of the sample of that kind. Raises KeyError."""
    return dict(_sample_tree(kind)["deliverables"][0]["criteria"][0])


@lru_cache(maxsize=len(KINDS))
def _sample_tree(kind: str) -> Tree:
    return read_documents(sample_file(kind, "supplier", "client", "UTC", date(2026, 1, 1)), "sample")[0].tree


def copy_file(tree: Tree, first: date, taken: Sequence[str]) -> str:
    """The same wording for other parties: under another id, from that day on, its days as the boxes of the form say them."""
    kept = {name: value for name, value in tree.items() if name not in ("effective", "rebaseline")}
    return as_file(
        {
            **_days_in_words(kept),
            "contract": free_id(str(tree["contract"]), taken),
            "valid": {"from": first.isoformat()},
        }
    )


def _days_in_words(value: Any) -> Any:
    if isinstance(value, list):
        return [_days_in_words(one) for one in value]
    if not isinstance(value, dict):
        return value
    said = {name: _days_in_words(one) for name, one in value.items()}
    return said | ({"every": days_in_words(said["every"])} if isinstance(said.get("every"), str) else {})


def free_id(wanted: str, taken: Sequence[str]) -> str:
    """That id, or the first with a number that is not taken."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted[:58]}-{number}"
    return found
