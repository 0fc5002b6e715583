"""The rules themselves have a number (DESIGN §3.16, MEANING §7): which judging rules and time zone data a store follows, and
taking on those of a newer program by a decision, never by itself."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from domain.saying import said
from domain.times import Clock, tzdata_version
from services.access import PLATFORM_NAME, Principal, Right
from services.errors import NotAllowed, Unavailable
from services.history.databases import Transaction
from services.history.entries import RULES, pack, rules_stream, unpack
from services.history.history import Fact, History
from services.judging.lens import Lens
from services.judging.period_rows import decode_final
from services.judging.reshaping import throw_away
from services.judging.views import JUDGING
from services.seeing.past import Progress, judged_anew

PeriodKey = tuple[str, int, int, str]
"""Commitment, target index, start, name."""


@dataclass(frozen=True, slots=True)
class Rules:
    judging: int
    tzdata: str

    def __str__(self) -> str:
        return f"judging {self.judging}, tzdata {self.tzdata}"


@dataclass(frozen=True, slots=True)
class Restated:
    """A final figure that the newer rules change: what it was, and what it is now, as good of total or a value."""

    commitment: str
    period: str
    before: str
    after: str


def own_rules() -> Rules:
    """The rules of this program."""
    return Rules(JUDGING, tzdata_version())


def adopted_rules(history: History) -> Rules | None:
    """Reads the rules that the store follows; None while the history is empty."""
    last: Rules | None = None
    after = 0
    while entries := history.read(after, 1_000, [RULES]):
        header, _ = unpack(entries[-1].state)
        last, after = Rules(header["judging"], header["tzdata"]), entries[-1].position
    return last


def begin_with_rules(history: History, now: Clock) -> None:
    """A new store begins with the rules of the program that made it; a store that has some keeps them."""
    if not history.read(0, 1, [RULES]):
        _append(history, now, PLATFORM_NAME, [])


def adopt(
    history: History, who: Principal, now: Clock, *, dry_run: bool = False, progress: Progress | None = None
) -> list[Restated]:
    """The store follows the rules of this program from now on: the final figures that they change, which are restated with
    that cause. What is served is judged anew. Nothing happens where it follows them already. Raises NotAllowed."""
    if not who.may(Right.ADMINISTER):
        raise NotAllowed(
            said("rules are adopted by the administrator"), mend=who.named_as(said("act as administrator"))
        )
    if adopted_rules(history) == own_rules():
        return []
    with history.database.connect() as reads:
        found = reads.query("SELECT position, slices FROM view_position WHERE shard = 0")
        stands, slices = found[0] if found else (0, 0)
        if slices:
            raise Unavailable(said("a step of time is being judged"), mend=said("try again when it is"))
        before = _finals(reads)
    with (
        judged_anew(history, Lens(last_position=stands), progress=progress) as judge,
        judge.database.connect() as aside,
    ):
        after = _finals(aside)
    changed = {key: kept for key, kept in before.items() if _figure(after.get(key)) != _figure(kept)}
    if not dry_run:
        kept_finals = [[*key, kept] for key, kept in changed.items()]
        _append(history, now, who.by(Right.ADMINISTER), kept_finals)
        throw_away(history.database)
    return [
        Restated(commitment, name, _shown(kept), _shown(after.get((commitment, index, start, name))))
        for (commitment, index, start, name), kept in changed.items()
    ]


def _append(history: History, now: Clock, by: str, finals: list[list[object]]) -> None:
    """The rules are everybody's; the figures that they change stand in entries of their contracts, right behind."""
    rules = own_rules()
    header: dict[str, object] = {"judging": rules.judging, "tzdata": rules.tzdata, "received": now(), "by": by}
    by_contract: dict[str, list[list[object]]] = {}
    for kept in finals:
        by_contract.setdefault(str(kept[0]).partition("/")[0], []).append(kept)
    of_each = [
        Fact(
            rules_stream(str(rules.judging), rules.tzdata, contract),
            RULES,
            pack(header | {"contract": contract, "finals": some}, b""),
        )
        for contract, some in by_contract.items()
    ]
    history.append_facts([Fact(rules_stream(str(rules.judging), rules.tzdata), RULES, pack(header, b"")), *of_each])


def _finals(reads: Transaction) -> dict[PeriodKey, str]:
    """Closed periods with their figure as it was kept, as JSON."""
    sql = (
        "SELECT commitment, target_index, start_at, period, final FROM view_period WHERE final IS NOT NULL "
        "ORDER BY commitment, target_index, start_at"
    )
    return {(commitment, index, start, period): final for commitment, index, start, period, final in reads.query(sql)}


def _figure(kept: str | None) -> dict[str, object] | None:
    """Gives what is compared of a kept figure: everything but the place in the history."""
    return (
        {name: value for name, value in decode_final(kept).items() if name != "position"} if kept is not None else None
    )


def _shown(kept: str | None) -> str:
    if kept is None:
        return "—"
    it = msgspec.json.decode(kept)
    return str(it["value"]) if it["good"] is None else f"{it['good']}/{it['total']}"
