"""A town in which people sign in, with a canary in what the parties of each contract say: for the tests of isolation (trust §4)."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from urllib.parse import quote

from entente.serving import web
from entente.settings import Settings
from entente.wiring import program
from services.access import ADMINISTRATOR, Principal, principal
from services.arrivals.reading import read_quarantine
from services.breaches.following_up import FollowingUp
from services.breaches.reading import read_actions, read_breaches
from services.breaches.rows import BreachRow
from services.by import by_of
from services.contracts.contracting import Contracting
from services.contracts.reading import read_contracts
from services.errands.handing_on import HandingOn
from services.errors import EntenteError
from services.excuses.reading import read_excuses
from services.figures.reading import read_commitments, read_occurrences
from services.matches.reading import read_matches, read_unmatched
from services.reminders.reading import read_reminders
from services.reminders.reminding import Reminding, may_be_reminded_of
from services.reviews.reading import read_reviews
from services.reviews.reviewing import Reviewing
from services.store import Store
from tests.dashboards.town import NOW, ORGANISATION
from tests.dashboards.valmoray import built, copied
from tests.entering import Browser, House
from tests.isolation import matrix
from tests.services.costs.charged import offered_to

EACH = int(os.environ.get("ENTENTE_THINGS_EACH", "3"))
"""Things of a sort that are asked for by each who may not see them."""
TOKEN = re.compile(r'value="[\w-]+\.[0-9a-f]{12}(?:[0-9a-f]{52})?"|sent(?:=|%3D)[\w-]{16}')
KINDS = ("head", "reader", "key")
LEAST = 2_000


@dataclass
class Matrix:
    """A town in which people sign in. `parties` of each contract, `canaries` by contract; `things` of each sort by whose they are:
    a contract, or who sent something or works with a service, whose services are in `owners` too."""

    house: House
    url: str
    parties: dict[str, frozenset[str]] = field(default_factory=dict)
    owners: dict[str, frozenset[str]] = field(default_factory=dict)
    things: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    canaries: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    keys: dict[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def nobody(self) -> Browser:
        """A browser in which nobody signed in."""
        return self.house.browser()

    def services(self) -> list[str]:
        return sorted({one for parties in self.parties.values() for one in parties})

    def hidden_from(self, service: str) -> list[str]:
        return [id for id, parties in self.parties.items() if service not in parties]

    def not_of(self, service: str) -> list[str]:
        """Whose things a service does not see."""
        return [of for of, services in self.owners.items() if service not in services]

    def ask(self, kind: str, service: str, address: str, accept: str = "text/html") -> tuple[int, str, str]:
        """Status, headers and body of an answer, without what is another each time."""
        self.asked += 1
        browser, headers = self.who(kind, service)
        answer = browser.http.get(address, headers={"Accept": accept, **headers}, follow_redirects=False)
        return answer.status_code, repr(sorted(answer.headers.items())), TOKEN.sub("", answer.text)

    def who(self, kind: str, service: str) -> tuple[Browser, Mapping[str, str]]:
        """`kind`: a grade, `office` of which `service` is the person, a `key` that reads, or `key:` and what it can."""
        if kind.startswith("key"):
            can = kind.partition(":")[2] or "read"
            if (service, can) not in self.keys:
                self.keys[service, can] = self.house.key(service, can)
            return self.nobody, self.keys[service, can]
        return self.house.as_(f"{kind}.{service}" if kind != "office" else service), {}


@contextmanager
def planted() -> Iterator[Matrix]:
    clock = [NOW]
    file, _ = built()
    with copied(file) as url:
        settings = Settings(store=url, access="accounts", organisation=ORGANISATION)
        with program(settings, clock=lambda: clock[0]) as opened:
            found = Matrix(House(opened, web(opened), clock), url)
            _plant(found)
            yield found


def _plant(town: Matrix) -> None:
    """People of each grade in each service, and a canary in what each contract's parties say."""
    store = town.house.program.store
    rows = store.read(ADMINISTRATOR, read_contracts)
    town.parties = {row.id: frozenset({row.supplier, row.client}) for row in rows}
    town.house.admit(
        *(
            {"person": f"{grade}.{one}", "services": {one: grade}}
            for one in town.services()
            for grade in ("head", "reader")
        ),
        {"person": "ines", "administrator": True},
    )
    for row in rows:
        town.canaries[row.id] = canary = f"canary-of-{row.id}-x"
        _say(store, principal(row.supplier), row.id, canary)
        _remind(store, row.id, canary)
    store.judging.catch_up()
    with store.seen(ADMINISTRATOR) as seen:
        by = {id: {} for id in town.parties}  # type: dict[str, dict[str, list[str]]]
        for id in by:
            by[id] = {
                matrix.CONTRACT: [id],
                matrix.COMMITMENT: [one.id for one in read_commitments(seen, id)],
                matrix.BREACH: [one.id for one in sorted(read_breaches(seen, contract=id), key=_waits_not)],
                matrix.ACTION: [one.id for one in read_actions(seen, contract=id)],
                matrix.EXCUSE: [one.id for one in read_excuses(seen, contract=id)],
                matrix.REMINDER: [one.id for one in read_reminders(seen, contract=id)],
                matrix.REVIEW: [one.id for one in read_reviews(seen, contract=id)],
                matrix.MATCH: [one.id for one in read_matches(seen) if one.commitment.startswith(f"{id}/")],
                matrix.POSITION: [
                    str(one.position)
                    for one in read_unmatched(seen)
                    if all(each.startswith(f"{id}/") for each in one.commitments)
                ],
            }
        sent = [(one.id, frozenset({by_of(one.by).service})) for one in read_quarantine(seen)]
        town.owners = dict(town.parties)
    for service in town.services():
        near = frozenset(one for parties in town.parties.values() if service in parties for one in parties)
        town.owners[f"of {service}"], by[f"of {service}"] = (
            near | {service},
            {matrix.SERVICE: [service] if len(service) > 3 else []},
        )
    for supplier, offered in _offers(store, town.services()).items():
        town.owners[f"offer of {supplier}"], by[f"offer of {supplier}"] = offered
    for id, services in sent:
        of = "sent by " + "+".join(sorted(services))
        town.owners[of] = services
        by.setdefault(of, {}).setdefault(matrix.QUARANTINED, []).append(id)
    town.things = by


def _offers(store: Store, services: Sequence[str]) -> dict[str, tuple[frozenset[str], dict[str, list[str]]]]:
    """Two offers, each with a charter of one client and a cost: who sees them, and what they are."""
    found = {}
    for supplier, client in ((services[0], services[1]), (services[2], services[0])):
        cost = offered_to(store, supplier, client, supplier)
        things = {matrix.OFFER: f"offer-of-{supplier}", matrix.CHARTER: f"charter-of-{supplier}", matrix.COST: cost}
        found[supplier] = frozenset({supplier, client}), {of: [id] for of, id in things.items()}
    return found


def _waits_not(breach: BreachRow) -> bool:
    """Puts first of what something can be said still."""
    return not breach.waits


def _say(store: Store, who: Principal, contract: str, canary: str) -> None:
    """Wherever something can be said about the contract."""
    breaches = store.read(who, read_breaches, contract=contract)
    reviews = store.read(who, read_reviews, contract=contract)
    following_up, reviewing = store.use(FollowingUp), store.use(Reviewing)
    said: list[Callable[[], object]] = [
        lambda: store.use(Contracting).comment(who, contract, "", canary),
        *(partial(following_up.explain_breach, who, one.id, canary) for one in breaches[:3]),
        *(partial(reviewing.minutes, who, one.id, canary) for one in reviews[:2]),
    ]
    for say in said:
        with suppress(EntenteError):  # nothing is proposed, or it is over
            say()


def _remind(store: Store, contract: str, canary: str) -> None:
    """Of something that is missing, late or at risk under the contract; and hands it on, to whoever it is."""
    with store.seen(ADMINISTRATOR) as seen:
        found = [
            (row.creditor, one.commitment, one.key)
            for row in read_commitments(seen, contract)
            for one in read_occurrences(seen, row.id)
            if may_be_reminded_of(one)
        ]
    for creditor, commitment, key in found[:2]:
        store.use(Reminding).remind(principal(creditor), commitment, key, canary)
        store.use(HandingOn).hand_on(principal(creditor), f"occurrence:{commitment}:{key}", f"head.{creditor}", canary)


UNKNOWN: Mapping[str, str] = {
    matrix.CONTRACT: "no-such-contract",
    matrix.REVIEW: "no-such-contract@2026-11-10",
    matrix.SERVICE: "no-such-service",
    matrix.QUARANTINED: "00000000-0000-4000-8000-000000000000",
    matrix.COMMITMENT: "none/none/none",
    matrix.BREACH: "00000000-0000-4000-8000-000000000000",
    matrix.ACTION: "00000000-0000-4000-8000-000000000000",
    matrix.POSITION: "900000000",
    matrix.MATCH: "00000000-0000-4000-8000-000000000000",
    matrix.REMINDER: "00000000-0000-4000-8000-000000000000",
    matrix.EXCUSE: "00000000-0000-4000-8000-000000000000",
    matrix.OFFER: "no-such-offer",
    matrix.CHARTER: "no-such-charter",
    matrix.COST: "00000000-0000-4000-8000-000000000000",
}


def without(body: str, thing: str) -> str:
    """The body without the id, in each form that an id may have there, nor its parts."""
    forms = {
        thing,
        quote(thing, safe=""),
        quote(thing, safe="/@"),
        quote(thing),
        quote(quote(thing, safe="/@"), safe=""),
    }
    forms |= {part for part in thing.split("/") if len(part) > 3}
    for form in sorted(forms, key=len, reverse=True):
        body = body.replace(form, "…")
    return re.sub(r"…(?:[/@…]|%2F|%252F)*", "…", body)
