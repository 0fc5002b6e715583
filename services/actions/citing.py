"""What an action rests on: which things of the program may be cited, and what has become of them since (MEETING "References")."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from domain.plan import Ground
from domain.references import Reference, parse_reference
from domain.saying import said
from services.breaches.reading import read_action, read_breach
from services.errors import NotFound, Refused, Unavailable
from services.excuses.reading import read_excuse
from services.figures.reading import read_figures, read_occurrence
from services.history.databases import first_value
from services.seeing.looking_back import seen_then
from services.seeing.seen import Seen

GroundState = Literal["unchanged", "moved", "restated", "gone"]
FOREIGN = "foreign-subject"

Said = tuple[str, ...]
"""What a thing says, as far as it counts for who cites it: a state, a value."""


class Cited(NamedTuple):
    """A ground as somebody reads it now. `state`: None of a document, of what is not shown to them, and while nobody can look;
    `then`, `now`: what the thing said where it was cited, and says."""

    ground: Ground
    is_shown: bool = True
    state: GroundState | None = None
    then: Said | None = None
    now: Said | None = None


def contract_of(seen: Seen, reference: Reference) -> str:
    """The contract of the thing that is named. Raises NotFound for what is not there, or not theirs to see."""
    match reference.kind:
        case "breach":
            return read_breach(seen, reference.id).commitment.partition("/")[0]
        case "action":
            return read_action(seen, reference.id).commitment.partition("/")[0]
        case "excuse":
            return read_excuse(seen, reference.id).scope.partition("/")[0]
        case _:
            seen.require_contract(reference.contract)
            if _says(seen, reference) is None:
                raise NotFound(said("there is no “{reference}”", reference=reference.id))
            return reference.contract


def require_citable(seen: Seen, contract: str, references: Sequence[Reference]) -> None:
    """Raises NotFound, and Refused (`foreign-subject`) for what one of the parties of the contract does not see: what is of a contract
    of others."""
    own = seen.catalogue.contracts[contract]
    for one in references:
        other = seen.catalogue.contracts.get(contract_of(seen, one))
        if other is None or {other.supplier, other.client} != {own.supplier, own.client}:
            what = said("“{reference}” is of a contract of others", reference=one.id)
            raise Refused(what, mend=said("cite what both parties see"), slug=FOREIGN)


def read_grounds(seen: Seen, grounds: Sequence[Ground]) -> list[Cited]:
    """Reads what has become of each since it was cited."""
    then: dict[tuple[str, int], Mapping[str, Said | None] | None] = {}
    found = []
    for one in grounds:
        if one["ref"] is None:
            found.append(Cited(one))
            continue
        reference = parse_reference(one["ref"])
        contract = _contract_now(seen, reference)
        if contract is None:
            found.append(
                Cited(one, is_shown=_is_gone(seen, reference), state="gone" if _is_gone(seen, reference) else None)
            )
            continue
        key = contract, one["position"]
        if key not in then:
            then[key] = _said_then(seen, *key, _cited_at(grounds, one["position"]))
        before = then[key]
        now = _says(seen, reference)
        if before is None:
            found.append(Cited(one, now=now))
        else:
            found.append(Cited(one, True, _state(before.get(one["ref"]), now), before.get(one["ref"]), now))
    return found


def _cited_at(grounds: Sequence[Ground], position: int) -> list[str]:
    return [one["ref"] for one in grounds if one["ref"] is not None and one["position"] == position]


def _contract_now(seen: Seen, reference: Reference) -> str | None:
    try:
        return contract_of(seen, reference)
    except NotFound:
        return None


def _is_gone(seen: Seen, reference: Reference) -> bool:
    """Says of what the reader does not find whether nobody does: its contract is theirs to see, or there is no such row."""
    if reference.contract:
        found = seen.catalogue.contracts.get(reference.contract)
        return found is not None and seen.sees_contract(found.id, found.supplier, found.client)
    table = {"breach": "view_breach", "action": "view_action", "excuse": "view_excuse"}[reference.kind]
    return first_value(seen.reads.query(f"SELECT id FROM {table} WHERE id = ?", [reference.id])) is None


def _said_then(seen: Seen, contract: str, position: int, references: Sequence[str]) -> Mapping[str, Said | None] | None:
    """What these said when the history ended at that position; None while others look back."""
    try:
        with seen_then(seen.seeing, seen.who, position=position, contract=contract) as then:
            return {one: _says(then, parse_reference(one)) for one in references}
    except Unavailable:
        return None


def _state(then: Said | None, now: Said | None) -> GroundState:
    if now is None or now[0] in ("withdrawn", "not needed"):
        return "gone"
    if then == now:
        return "unchanged"
    return "restated" if now[0] == "restated" else "moved"


def _says(seen: Seen, reference: Reference) -> Said | None:
    try:
        return next(_read(seen, reference), None)
    except NotFound:
        return None


def _read(seen: Seen, reference: Reference) -> Iterator[Said]:
    match reference.kind:
        case "breach":
            breach = read_breach(seen, reference.id)
            yield breach.state, breach.cause
        case "action":
            action = read_action(seen, reference.id)
            yield action.state, str(action.due or "")
        case "excuse":
            yield (read_excuse(seen, reference.id).state,)
        case "occurrence":
            if (row := read_occurrence(seen, reference.id, reference.part)) is not None:
                yield (row.verdict,)
        case "figure":
            figures = read_figures(seen, commitment=reference.id, period=reference.part)
            wanted = [one for one in figures if reference.number in (None, one.target_index)]
            yield from ((one.state, one.status, one.value or "") for one in wanted)
        case "review":
            sql = "SELECT document FROM view_review WHERE id = ?"
            yield from (("held",) for _ in seen.reads.query(sql, [reference.id]))
