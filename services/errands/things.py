"""The things that wait for somebody on *Today*, by name: `SORT:NAME`, and for which services each of them waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from domain.saying import said
from services.breaches.reading import read_action
from services.contracts.reading import read_contract
from services.directory.mentioning import MENTION
from services.errors import NotFound
from services.excuses.reading import read_excuse
from services.figures.reading import read_commitment, read_occurrence
from services.reminders.reading import read_reminder
from services.reviews.reading import read_review
from services.seeing.seen import Seen


def services_of(seen: Seen, thing: str) -> tuple[str, ...]:
    """The services for which the thing may wait. Raises NotFound for what is not there, or not theirs to see."""
    sort, _, name = thing.partition(":")
    if sort not in _SERVICES or not name or "\0" in name:
        raise NotFound(said("nothing waits by the name “{thing}”", thing=thing))
    return _SERVICES[sort](seen, name)


def _of_occurrence(seen: Seen, name: str) -> tuple[str, ...]:
    commitment, _, key = name.partition(":")
    row = read_commitment(seen, commitment)
    if read_occurrence(seen, row.id, key) is None:
        raise NotFound(said("{scope} has no occurrence “{key}”", scope=row.id, key=key))
    return row.debtor, row.creditor


def _of_breaches(seen: Seen, name: str) -> tuple[str, ...]:
    return (read_commitment(seen, name).debtor,)


def _of_action(seen: Seen, name: str) -> tuple[str, ...]:
    return (read_action(seen, name).owner,)


def _of_reminder(seen: Seen, name: str) -> tuple[str, ...]:
    return (read_reminder(seen, name).debtor,)


def _of_answer(seen: Seen, name: str) -> tuple[str, ...]:
    """Whoever has reminded; the answer is named by its instant, for another one may come."""
    id, _, at = name.partition("@")
    row = read_reminder(seen, id)
    if at not in {str(answered) for _, answered, _ in row.answers}:
        raise NotFound(said("the reminder {id} has no such answer", id=id))
    return (row.service,)


def _of_excuse(seen: Seen, name: str) -> tuple[str, ...]:
    row = read_excuse(seen, name)
    return row.supplier, row.client


def _of_refusal(seen: Seen, name: str) -> tuple[str, ...]:
    """Whoever asked for what was refused."""
    row = read_excuse(seen, name)
    if row.state != "refused":
        raise NotFound(said("the excuse {id} is not refused", id=name))
    return (row.supplier if row.party == "supplier" else row.client,)


def _of_version(seen: Seen, name: str) -> tuple[str, ...]:
    contract, _, number = name.partition("/")
    row = read_contract(seen, contract)
    if number not in {str(one.number) for one in row.versions}:
        raise NotFound(said("{contract} has no version {number}", contract=contract, number=number))
    return row.supplier, row.client


def _of_refused(seen: Seen, name: str) -> tuple[str, ...]:
    """Whoever proposed what was refused, by which of all proposals it is: a version that comes after has the same number."""
    contract, _, proposal = name.partition("/")
    row = read_contract(seen, contract)
    found = next((one for one in row.versions if str(one.position) == proposal and one.state == "refused"), None)
    if found is None:
        raise NotFound(said("{contract} has no refused wording {number}", contract=contract, number=proposal))
    return (row.service_of(found.party),)


def _of_review(seen: Seen, name: str) -> tuple[str, ...]:
    row = read_contract(seen, read_review(seen, name).contract)
    return row.supplier, row.client


def _of_mention(seen: Seen, name: str) -> tuple[str, ...]:
    """The service of whoever was named: nobody else has anything to see there."""
    sql = "SELECT service FROM view_errand WHERE thing = ? AND person = ?"
    found = seen.reads.query(sql, [f"{MENTION}:{name}", seen.who.person])
    services = tuple(service for (service,) in found if seen.who.is_of(service))
    if not services:
        raise NotFound(said("nothing waits by the name “{thing}”", thing=f"{MENTION}:{name}"))
    return services


_SERVICES: Final[Mapping[str, Callable[[Seen, str], tuple[str, ...]]]] = {
    "occurrence": _of_occurrence,
    "breaches": _of_breaches,
    "action": _of_action,
    "reminder": _of_reminder,
    "answer": _of_answer,
    "excuse": _of_excuse,
    "refusal": _of_refusal,
    "version": _of_version,
    "refused": _of_refused,
    "review": _of_review,
    MENTION: _of_mention,
}
"""An occurrence is named `COMMITMENT:KEY`, the breaches of one commitment by it, a version `CONTRACT/NUMBER`, one that is refused
`CONTRACT/PROPOSAL`, the answer to a reminder `REMINDER@INSTANT`."""
NEWS: Final = frozenset({"answer", "refusal", "refused", MENTION})
"""Sorts that ask for nothing, and are over once somebody has seen them."""
