"""Breaches and actions as they stand in the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from domain.breach import Side
from domain.plan import NO_PLAN
from domain.times import local_date, zone
from services.breaches.handling import handled
from services.breaches.rows import ActionRow, AttributionRow, BreachRow, BreachState, Handling
from services.history.databases import Transaction
from services.judging.catalogue import Catalogue, InForce
from services.seeing.known import Known
from services.tables.documents import StoredAction, StoredNote, began


class Asked(NamedTuple):
    """The breaches or actions that are asked for, as a SQL condition on their table."""

    where: str
    params: tuple[str, ...]

    @classmethod
    def beginning(cls, text: str) -> Asked:
        """Whose ids begin so: small letters and figures."""
        return cls("{0}.id >= ? AND {0}.id < ?", (text, f"{text}~"))

    @classmethod
    def of(
        cls,
        *,
        contract: str | None = None,
        commitment: str | None = None,
        state: str | None = None,
        id: str | None = None,
        key: str | None = None,
    ) -> Asked:
        conditions, params = ["1 = 1"], []
        if contract is not None:  # `0` comes right after `/`
            conditions.append("{0}.commitment > ? AND {0}.commitment < ?")
            params += [f"{contract}/", f"{contract}0"]
        for column, value in (("commitment", commitment), ("state", state), ("id", id), ("key", key)):
            if value is not None:
                conditions.append(f"{{0}}.{column} = ?")
                params.append(value)
        return cls(" AND ".join(conditions), tuple(params))


EVERY = Asked.of()


def breaches(
    reads: Transaction,
    catalogue: Catalogue,
    asked: Asked = EVERY,
    *,
    after: BreachRow | None = None,
    limit: int | None = None,
) -> list[BreachRow]:
    """Newest first; with `limit`, the first ones behind `after`."""
    where, params = asked.where.format("view_breach"), list[object](asked.params)
    if after is not None:
        where += " AND (opened_position < ? OR (opened_position = ? AND id > ?))"
        params += [after.opened_position, after.opened_position, after.id]
    sql = (
        "SELECT id, view_breach.commitment, view_breach.period, cause, view_breach.key, target_index, state, opened_position, "
        "opened_at, action, document, root_cause, due, EXISTS (SELECT 1 FROM view_action WHERE view_action.id = view_breach.action "
        "AND view_action.state = 'open') FROM view_breach LEFT JOIN view_occurrence "
        "ON view_occurrence.commitment = view_breach.commitment AND view_occurrence.key = view_breach.key "
        f"WHERE {where} ORDER BY opened_position DESC, id{_limited(limit)}"
    )
    rows, busy = [], set()
    for *stored, is_acted_on in reads.query(sql, params):
        rows.append(_breach(catalogue, *stored))
        if is_acted_on:
            busy.add(rows[-1].id)
    return handled(reads, catalogue, rows, busy)


class _Attributed(msgspec.Struct):
    side: Side
    text: str
    by: str
    at: int


class _Decided(msgspec.Struct):
    review: str


class _Said(msgspec.Struct):
    """What people said of a breach, as its document has it."""

    acknowledged: StoredNote | None = None
    explanations: list[StoredNote] = []
    taken_back_at: int | None = None
    attributions: list[_Attributed] = []
    decided: _Decided | None = None


_decode_said = msgspec.json.Decoder(_Said).decode


def _breach(
    catalogue: Catalogue,
    id: str,
    commitment: str,
    period: str,
    cause: str,
    key: str | None,
    target_index: int | None,
    state: BreachState,
    position: int,
    opened: int | None,
    action: str | None,
    document: str | None,
    root_cause: str | None,
    due: int | None,
) -> BreachRow:
    """A breach that is dealt with is `explained` here still."""
    said = _decode_said(document) if document else _Said()
    owed = catalogue.commitments.get(commitment)
    noted = said.acknowledged
    handling: Handling = "explained" if said.explanations else "acknowledged" if noted else "open"
    return BreachRow(
        id=id,
        commitment=commitment,
        period=period,
        cause=cause,
        key=key,
        target_index=target_index,
        state=state,
        opened_position=position,
        opened_at=opened,
        debtor=owed.newest.debtor if owed else "",
        action=action,
        acknowledged_by=noted["by"] if noted else None,
        acknowledged_at=noted["at"] if noted else None,
        explanations=notes_of(said.explanations),
        due=due,
        handling=handling if state == "open" else None,
        root_cause=root_cause,
        attributions=tuple(AttributionRow(one.side, one.text, one.by, one.at) for one in said.attributions),
        decided_in=said.decided.review if said.decided is not None else None,
    )


class Unexplained(NamedTuple):
    """Open breaches of a commitment that nobody has explained: how many they are, and the position at which the newest was opened."""

    commitment: str
    debtor: str
    newest: int
    breaches: int


def unexplained(reads: Transaction) -> dict[str, tuple[int, int]]:
    """Counts, by commitment, the open breaches that nobody has explained, and gives the position at which the newest
    was opened."""
    sql = (
        "SELECT commitment, COUNT(*), MAX(opened_position) FROM view_breach WHERE state = 'open' AND is_explained = 0 "
        "GROUP BY commitment"
    )
    return {id: (count, newest) for id, count, newest in reads.query(sql)}


def unexplained_at(reads: Transaction, catalogue: Catalogue, commitment: str, position: int) -> BreachRow:
    """The open one that nobody has explained and that was opened there; of several the one with the greatest id."""
    sql = "SELECT MAX(id) FROM view_breach WHERE commitment = ? AND opened_position = ? AND state = 'open' AND is_explained = 0"
    [(id,)] = reads.query(sql, [commitment, position])
    return breaches(reads, catalogue, Asked.of(id=id))[0]


def actions(reads: Transaction, catalogue: Catalogue, known: Known, asked: Asked = EVERY) -> list[ActionRow]:
    """Open ones by due date, then the others, newest first."""
    sql = f"SELECT document FROM view_action WHERE {asked.where.format('view_action')} ORDER BY position DESC, id"
    rows = [_action(msgspec.json.decode(document), catalogue, known) for (document,) in reads.query(sql, asked.params)]
    return sorted(rows, key=lambda row: (row.state != "open", row.due or date.max))


class ActionPlace(NamedTuple):
    """Where an action stands in the order of `actions`: of each no more is read than says that. `due`: the end of all days where
    there is none."""

    is_ended: bool
    due: str
    newest_first: int
    id: str
    commitment: str


def action_order(reads: Transaction, asked: Asked = EVERY) -> list[ActionPlace]:
    """The places of those asked for, in the order of `actions`."""
    sql = f"SELECT id, commitment, state, position, document FROM view_action WHERE {asked.where.format('view_action')}"
    return sorted(
        ActionPlace(state != "open", _decode_due(document).due or date.max.isoformat(), -position, id, commitment)
        for id, commitment, state, position, document in reads.query(sql, asked.params)
    )


def _limited(limit: int | None) -> str:
    return f" LIMIT {limit}" if limit is not None else ""


class _Due(msgspec.Struct):
    """The fields of an action's document that say whether it is overdue."""

    owner: str
    due: str | None
    person: str | None = None


_decode_due = msgspec.json.Decoder(_Due).decode


class Overdue(NamedTuple):
    """An open action whose day is over, with where it stands in the order of `actions`."""

    due: str
    newest_first: int
    id: str
    commitment: str
    owner: str
    person: str


def overdue(reads: Transaction, catalogue: Catalogue, known: Known) -> list[Overdue]:
    """The open actions whose day is over, in the order of `actions`."""
    today: dict[str, str] = {}
    found = []
    sql = "SELECT id, commitment, position, document FROM view_action WHERE state = 'open'"
    for id, commitment, position, document in reads.query(sql):
        it, contract = _decode_due(document), commitment.partition("/")[0]
        if contract not in today:
            here = _zone_of(catalogue.contracts.get(contract))
            today[contract] = local_date(known.watermark, here).isoformat() if known.watermark is not None else ""
        if it.due is not None and it.due < today[contract]:
            found.append(Overdue(it.due, -position, id, commitment, it.owner, it.person or ""))
    return sorted(found)


def _zone_of(contract: InForce | None) -> ZoneInfo:
    return zone(contract.versions[-1].terms.timezone) if contract else zone("UTC")


def _action(it: StoredAction, catalogue: Catalogue, known: Known) -> ActionRow:
    here = _zone_of(catalogue.contracts.get(it["commitment"].partition("/")[0]))
    due = date.fromisoformat(it["due"]) if it["due"] else None
    today = local_date(known.watermark, here) if known.watermark is not None else None
    closing = it["closing"]
    return ActionRow(
        id=it["action"],
        commitment=it["commitment"],
        period=it["period"],
        cause=it["cause"],
        text=it.get("title") or it["text"],
        owner=it["owner"],
        person=it["person"],
        due=due,
        state=it["state"],
        opened_at=began(it),
        is_overdue=it["state"] == "open" and due is not None and today is not None and due < today,
        progress=notes_of(it["progress"]),
        closed_by=closing["by"] if closing is not None else None,
        closed_at=closing["at"] if closing is not None else None,
        closing_text=closing["text"] if closing is not None else None,
        details=it["text"] if it.get("title") else "",
        comments=notes_of(it.get("comments", ())),
        scope=it.get("scope") or it["commitment"],
        trigger=it.get("trigger"),
        review=it.get("review"),
        grounds=tuple(it.get("grounds", ())),
        plan=it.get("plan", NO_PLAN),
        steps_done=it.get("done", {}),
        evidence=tuple(it.get("evidence", ())),
        spent=tuple(it.get("spent", ())),
        changes=tuple(it.get("changes", ())),
        closings=tuple(it.get("closings", ())),
        checks=tuple(it.get("checks", ())),
        escalations=tuple(it.get("escalations", ())),
        accepted=it.get("accepted"),
    )


def notes_of(notes: Sequence[StoredNote]) -> tuple[tuple[str, int, str], ...]:
    return tuple((one["by"], one["at"], one["text"]) for one in notes)
