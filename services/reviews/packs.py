"""The review pack: what the parties look at when they meet, made from the history up to one position.

The same position gives the same pack, byte for byte, whatever became of the read models since, and its fingerprint. What the
meeting itself adds (minutes, decisions, signatures) is shown as recorded. Its shape stands in `pack_shapes`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from threading import Lock
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from domain.saying import said
from domain.times import Instant, show, zone
from services.access import ADMINISTRATOR, Principal
from services.checkpoints.making import MadeCheckpoint, covering
from services.contract_files import differences, tree_from_canonical
from services.contracts.reading import read_contract
from services.contracts.rows import ContractRow
from services.directory.reading import read_services
from services.errors import NotFound
from services.figures.reading import read_misses
from services.judging.meetings import meetings, next_meeting
from services.reviews.agenda import agenda_items, with_added
from services.reviews.agenda_state import Item
from services.reviews.decision_words import NOTHING_TOLD, Told, decisions_told
from services.reviews.fingerprints import FORM, NOTHING_ELSE, canonical, pack_fingerprint, signing_fingerprint
from services.reviews.meeting_acts import acts
from services.reviews.meeting_parts import decisions_of, meeting_of
from services.reviews.pack_excuses import excuses_to_decide
from services.reviews.pack_part_shapes import PackAmendment
from services.reviews.pack_parts import PackParts, notes, titles
from services.reviews.pack_shapes import Pack, PackAct, PackCheckpoint, PackMeeting, PackSignature
from services.reviews.reading import read_review, read_reviews
from services.reviews.rows import ReviewRow
from services.seeing.going_on import KeptPasts
from services.seeing.past import seeing_at
from services.seeing.progress import rules_in_force
from services.seeing.seen import Seeing, Seen


class Held(NamedTuple):
    """A pack, the items of the agenda, and what else the meeting adds to what is signed."""

    pack: Pack
    items: tuple[Item, ...]
    meeting: PackMeeting = NOTHING_ELSE
    missed: Mapping[tuple[str, str], str] = MappingProxyType({})
    """What was late, missing or failed since the review before, by commitment and key."""
    told: Told = NOTHING_TOLD
    """What its decisions are about, for who reads: of nothing that is signed, as titles can change."""

    @property
    def signing(self) -> str:
        """The fingerprint of what a signature agrees to."""
        return signing_fingerprint(self.pack, self.meeting)


def review_pack(seeing: Seeing, who: Principal, review: str, *, position: int | None = None) -> Pack:
    """The pack of a review, as of its beginning; of one that is still to come, as things stand now; or, if one is given, as
    they stood at `position`. Judging a contract again takes seconds a ten thousand events, and always comes to the same: that
    of a review that was called is kept. Nothing of the store is held meanwhile, unless who asks holds it. Raises NotFound."""
    return held_pack(seeing, who, review, position=position).pack


def held_pack(
    seeing: Seeing, who: Principal, review: str, *, position: int | None = None, as_is: ReviewRow | None = None
) -> Held:
    """The pack, as `review_pack` gives it, and the agenda that is derived of the same state. `as_is`: the meeting as it is, where the
    tables do not know it yet."""
    with seeing.seen(who) as seen:
        row = as_is or read_review(seen, review)
        contract = read_contract(seen, row.contract)
        known = seen.known
        pinned = position or row.position or known.position
        as_of = row.watermark if position is None else None
        if pinned == known.position and as_of is None:
            everything = seen.by(ADMINISTRATOR)
            return _recorded(seen, _held(everything, row, contract, pinned), row, [])
        rules = rules_in_force(seen) or ""
    found = _judged_again(seeing, row, pinned, as_of, (known.lineage, rules) if row.position else None)
    with seeing.seen(ADMINISTRATOR) as everything:
        done = acts(everything, row, zone(found.pack["contract"]["timezone"]))
        return _recorded(everything.by(who), found, row, done)


def issued_pack(seeing: Seeing, who: Principal, review: str) -> Held:
    """The pack that was issued before its hour, and the agenda as it was then, without what was said and decided since. Raises
    NotFound where none was issued for the time at which it is held."""
    with seeing.seen(who) as seen:
        row = read_review(seen, review)
        read_contract(seen, row.contract)
        issued, kept_as = row.pack_issued, (seen.known.lineage, rules_in_force(seen) or "")
    if issued is None:
        raise NotFound(said("no pack was issued before it"), place=review, mend=said("its pack, without --issued"))
    before = replace(row, state="planned", position=None)
    added = tuple(one for one in row.added if one.at <= issued.at)
    found = _judged_again(seeing, before, issued.position, issued.as_of, kept_as)
    return found._replace(items=with_added(found.items, replace(before, added=added)))


def _judged_again(
    seeing: Seeing, row: ReviewRow, position: int, as_of: Instant | None, kept_as: tuple[int, str] | None
) -> Held:
    """The pack at that position, judged aside as of that moment. `kept_as`: the store and its rules, where it never changes."""

    def aside() -> AbstractContextManager[Seeing]:
        history, documents = seeing.history, seeing.database
        if kept_as is None or as_of is None:
            return seeing_at(history, as_of=as_of, position=position, contract=row.contract, documents=documents)
        kept = seeing.kept(KeptPasts)
        return kept.seeing_at(history, kept_as, as_of, position, contract=row.contract, documents=documents)

    def make() -> Held:
        with aside() as opened, opened.seen(ADMINISTRATOR) as then:
            return _held(then, row, read_contract(then, row.contract), position)

    if kept_as is None:
        return make()
    return seeing.kept(KeptPacks).get((*kept_as, row.id, row.starts, position, as_of), make)


class KeptPacks:
    """The packs that were made last, by what they are made of. Safe for several threads; who asks for one that is being made
    waits for it."""

    def __init__(self, most: int = 64) -> None:
        self._most = most
        self._packs: OrderedDict[Hashable, Held] = OrderedDict()
        self._making: dict[Hashable, Lock] = {}
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Held]) -> Held:
        with self._lock:
            if key in self._packs:
                self._packs.move_to_end(key)
                return self._packs[key]
            making = self._making.setdefault(key, Lock())
        with making:
            with self._lock:
                found = self._packs.get(key)
            try:
                if found is None:
                    found = make()
                with self._lock:
                    self._packs[key] = found
                    while len(self._packs) > self._most:
                        self._packs.popitem(last=False)
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return found


def _recorded(seen: Seen, held: Held, row: ReviewRow, done: Sequence[PackAct]) -> Held:
    """Gives the pack with what the meeting itself has added since: what was said, decided and done, and who has signed it."""
    here = zone(held.pack["contract"]["timezone"])
    items = with_added(held.items, row)
    fresh: Pack = {
        **held.pack,
        "review": {**held.pack["review"], "state": row.state},
        "minutes": [*notes(row.minutes, here), *done],
        "decisions": decisions_of(row, here),
    }
    is_former = bool(row.signatures) and not row.submissions
    meeting = NOTHING_ELSE if is_former else meeting_of(row, items, here)
    signed = signing_fingerprint(fresh, meeting)
    signatures: list[PackSignature] = [
        {
            "party": one.party,
            "service": one.service,
            "by": one.by,
            "at": show(one.at, here),
            "revision": one.revision,
            "fingerprint": one.fingerprint or signed,
            **({} if is_former else {"agreed": meeting}),  # type: ignore[typeddict-item]
        }
        for one in row.signatures
    ]
    with seen.history.database.connect() as reads:  # the store's, also where it is judged aside what stands in the pack
        covers = covering(reads, held.pack["position"])
    made = _covered({**fresh, "signatures": signatures}, covers)
    return Held(made, items, meeting, held.missed, decisions_told(seen, row))


def _covered(pack: Pack, found: MadeCheckpoint | None) -> Pack:
    """The pack with the checkpoint that covers it."""
    if found is None:
        return pack
    checkpoint: PackCheckpoint = {
        "size": found.size,
        "position": found.position,
        "made": show(found.made * 1_000_000),
        "note": found.note,
    }
    return {**pack, "checkpoint": checkpoint}


def pack_bytes(pack: Pack) -> bytes:
    """The canonical JSON of a pack: two packs are the same when these bytes are."""
    return canonical(pack)


def _held(seen: Seen, row: ReviewRow, contract: ContractRow, position: int) -> Held:
    pack = _pack(seen, row, contract, position)
    missed = read_misses(seen, contract.id, _previous_start(seen, row), row.starts)
    return Held(pack, agenda_items(seen, row, pack), missed=missed)


def _pack(seen: Seen, row: ReviewRow, contract: ContractRow, position: int) -> Pack:
    """Makes the pack as of its position: the meeting has not added anything yet."""
    previous = _previous_start(seen, row)
    parts = PackParts(seen, contract, previous, row.starts)
    here = zone(contract.timezone)
    sides = parts.sides()
    breaches = parts.breaches()
    actions = parts.actions()
    excuses = parts.excuses(sides)
    current = next((one for one in contract.versions if one.state == "in force"), contract.versions[-1])
    pack: Pack = {
        "entente": FORM,
        "review": {
            "id": row.id,
            "starts": show(row.starts, here),
            "ends": show(_end(seen, row), here),
            "number": _number(seen, row),
            "state": row.state,
        },
        "contract": {
            "id": contract.id,
            "title": titles(contract.title),
            "supplier": contract.supplier,
            "client": contract.client,
            "timezone": contract.timezone,
            "version": current.number,
            "effective": current.effective.isoformat(),
            "valid_from": contract.valid_from.isoformat(),
            "valid_until": contract.valid_until.isoformat() if contract.valid_until else None,
        },
        "services": {id: {"title": titles(one.title)} for id, one in read_services(seen).items()
                     if id in (contract.supplier, contract.client)},
        "period": {"from": show(previous, here), "until": show(row.starts, here)},
        "facts": parts.facts(sides, breaches, actions, excuses),
        "sides": sides,
        "breaches": breaches,
        "actions": actions,
        "excuses": excuses,
        "to_decide": [*_amendments(contract), *excuses_to_decide(excuses), *parts.to_decide(sides, breaches, actions)],
        "next_review": _next(contract, row, here, seen),
        "position": position,
        "watermark": show(mark, here) if (mark := seen.known.of(contract.id).watermark) is not None else None,
        "minutes": [],
        "decisions": [],
        "fingerprint": "",
        "signatures": [],
    }  # fmt: skip
    return {**pack, "fingerprint": pack_fingerprint(pack)}


def _end(seen: Seen, row: ReviewRow) -> Instant:
    """Gives the instant at which the meeting ends, by the wording in force at the pack's position: what is agreed later
    moves no meeting that was called."""
    in_force = seen.catalogue.contracts[row.contract]
    return next((one.ends for one in meetings(in_force, row.starts - 1, row.starts)), row.ends)


def _previous_start(seen: Seen, row: ReviewRow) -> Instant:
    """Gives the instant at which the review before this one started; at the first, the start of the contract."""
    in_force = seen.catalogue.contracts[row.contract]
    earlier = [one.starts for one in meetings(in_force, -(2**55), row.starts - 1)]
    first = min(version.start for commitment in in_force.commitments for version in commitment.versions)
    return earlier[-1] if earlier else first


def _number(seen: Seen, row: ReviewRow) -> int:
    """1 for the first review of the contract."""
    earlier = [one for one in read_reviews(seen, contract=row.contract) if one.starts < row.starts]
    return len(earlier) + 1


def _next(contract: ContractRow, row: ReviewRow, here: ZoneInfo, seen: Seen) -> str | None:
    meeting = next_meeting(seen.catalogue.contracts[contract.id], row.starts)
    return show(meeting.starts, here) if meeting is not None else None


def _amendments(contract: ContractRow) -> list[PackAmendment]:
    """Proposals that wait for an answer."""
    agreed = [one for one in contract.versions if one.state in ("in force", "past", "signed")]
    before = agreed[-1].document if agreed else None
    return [
        {
            "code": "amendment",
            "version": one.number,
            "effective": one.effective.isoformat(),
            "proposed_by": one.proposed_by,
            "differences": [
                {"clause": list(change.clause_path), "before": change.old_text, "after": change.new_text}
                for change in differences(tree_from_canonical(before), tree_from_canonical(one.document))
            ],
        }
        for one in contract.versions
        if one.state == "proposed" and before is not None
    ]
