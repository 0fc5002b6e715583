"""`entente import --dry-run`: what would be stored, and what contracts would make of it; nothing is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from dashboards.charts import counts_sentence
from dashboards.faults import fault_words
from dashboards.language import Language
from dashboards.messages import messages
from domain.events import OperationalEvent
from domain.saying import said
from entente.cli.contracts import documents_of
from entente.cli.session import out, print_json, steps
from entente.cli.unselected import beside_counts, print_unread, print_unselected
from ingestion.cloudevents import Decoded
from ingestion.rehearsing import Rehearsal, rehearse
from services.access import Principal
from services.contract_files.mapping_terms import MappingTerms
from services.explaining.shown import comparison_json
from services.explaining.unread import UnreadRow
from services.store import Store
from services.trying.foreseeing import Foreseeing, Foreseen, drafted, seen_commitments

LONGEST = 2_000
"""Letters of an event that are shown."""
Firsts = list[tuple[bytes, list[Foreseen]]]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """`firsts`: the bytes of the first events, with what each commitment would make of them. `verdicts` and `unread` are of all
    events."""

    counted: Rehearsal
    foreseeing: Foreseeing
    firsts: Firsts
    verdicts: dict[str, Counter[str]]
    unread: list[UnreadRow]


def rehearsed(
    store: Store,
    who: Principal,
    files: Sequence[Path],
    mapping: MappingTerms | None,
    contracts: Sequence[str],
    most: int,
) -> Rehearsed:
    """Looks through files as an import would, with what is stored; nothing of the store is held while they are read. `contracts`: ids,
    or files of drafts; none means all that one sees."""
    drafts = store.read(who, drafted, documents_of([Path(one) for one in contracts if Path(one).is_file()]))
    drawn = {one.contract for one in drafts}
    named = [one for one in contracts if not Path(one).is_file()]
    known = store.read(who, seen_commitments, named) if named or not contracts else []
    foreseeing = Foreseeing([*drafts, *(one for one in known if one.contract not in drawn)], most)
    raws: list[bytes] = []

    def see(item: Decoded, event: OperationalEvent) -> None:
        if len(raws) < most:
            raws.append(item.raw)
        foreseeing.see(event)

    with steps(said("looking through")) as step:
        counted = rehearse(
            store.history, files, mapping, see, lambda count: step(count.accepted + count.quarantined, 0)
        )
    with store.seen(who) as seen:
        foreseen = [found for _, found in foreseeing.first(seen, drawn)]
        concluded = foreseeing.concluded(seen, drawn)
    return Rehearsed(counted, foreseeing, list(zip(raws, foreseen, strict=True)), *concluded)


def print_rehearsed(found: Rehearsed, language: Language) -> None:
    count, text = found.counted.count, language.text
    out.print(text("rehearsal.counts", **_counts(found)), markup=False)
    for place, slug, problem in found.counted.problems:
        what = said("{slug}: {problem}", slug=slug, problem=problem)
        out.print(f"  {place}: {messages(language.code).say(what)}", markup=False)
    if count.quarantined > len(found.counted.problems):
        reasons = ", ".join(f"{slug} {n}" for slug, n in found.counted.reasons.most_common())
        out.print(f"  {text('rehearsal.reasons', reasons=reasons)}", markup=False)
    if found.firsts:
        out.print(text("rehearsal.first"), markup=False)
    for raw, foreseen in found.firsts:
        shown = raw.decode(errors="replace")
        out.print(f"  {shown[:LONGEST]}{'…' if len(shown) > LONGEST else ''}", markup=False)
        for one in foreseen:
            out.print(f"    {foreseen_words(one, language)}", markup=False)
        if not foreseen:
            out.print(f"    {text('rehearsal.unselected')}", markup=False)
    for id in sorted(found.foreseeing.by_commitment):
        out.print(_selected(id, found, language), markup=False)
    print_unselected(found.foreseeing.unselected(), language)
    print_unread(found.unread, language)


def _selected(commitment: str, found: Rehearsed, language: Language) -> str:
    """`meals/lunch/warm selects 12 of 20: 9 kept, 3 unknown`"""
    events, seen = found.foreseeing.by_commitment[commitment], found.foreseeing.seen
    said = language.counted("rehearsal.selects", events, commitment=commitment, events=seen)
    verdicts = found.verdicts.get(commitment)
    if not verdicts:
        return said
    return language.text("rehearsal.because", verdict=said, why=counts_sentence(verdicts, language))


def foreseen_words(one: Foreseen, language: Language) -> str:
    """`meals/lunch/warm, kitchen#1: unknown: temperature is the text “66.8”, …`"""
    why = fault_words(one.changes, language) or (language.text(f"reason.{one.reason}") if one.reason else "")
    if one.key is None:
        return language.text("rehearsal.nowhere", commitment=one.commitment, why=why)
    key = f"verdict.{(one.verdict or 'signal').replace('_', '-')}"
    word = language.text(key) if language.has(key) else ""
    found = language.text("rehearsal.because", verdict=word, why=why) if word and why else word or why
    if one.verdict is None or not found:
        role = f"role.{one.role}"
        found = language.text(role) if language.has(role) else one.role
    return language.text("rehearsal.would_be", commitment=one.commitment, key=one.key, found=found)


def print_rehearsed_json(found: Rehearsed) -> None:
    told: dict[str, Any] = {
        **_counts(found),
        "stored": False,
        "reasons": dict(found.counted.reasons),
        "problems": [one._asdict() | {"problem": str(one.problem)} for one in found.counted.problems],
        "first": [
            {"event": msgspec.Raw(raw), "commitments": [_foreseen_json(one) for one in foreseen]}
            for raw, foreseen in found.firsts
        ],
        "selected": dict(sorted(found.foreseeing.by_commitment.items())),
        "verdicts": {id: dict(counted) for id, counted in sorted(found.verdicts.items())},
    }
    print_json(told | {"unselected": []} | beside_counts(found.foreseeing.unselected(), found.unread))


def _foreseen_json(one: Foreseen) -> dict[str, Any]:
    return {
        "commitment": one.commitment,
        "role": one.role,
        "key": one.key,
        "verdict": one.verdict,
        "reason": one.reason,
        "changes": [comparison_json(change) for change in one.changes],
    }


def _counts(found: Rehearsed) -> dict[str, int]:
    count = found.counted.count
    return {"accepted": count.accepted, "duplicates": count.duplicates, "quarantined": count.quarantined}
