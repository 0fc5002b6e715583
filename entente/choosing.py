"""Whom the reader of the pages may be, where nobody signs in: `serve` on loopback."""

from __future__ import annotations

from dataclasses import replace

from dashboards.pages import Choice, Choices
from domain.terms import Text
from services.access import ADMINISTRATOR, AUDITOR, Principal, principal
from services.directory.reading import read_services
from services.directory.rows import ServiceRow
from services.directory.service_rows import undescribed
from services.errors import Invalid, NotAllowed
from services.seeing.known import Known
from services.seeing.seen import Seeing

MOST = 20
"""Services that are offered as buttons; any other can be typed."""
OFFICES = (
    Choice("administrator", Text((("en", "Administrator"), ("fr", "Administration"))), ADMINISTRATOR),
    Choice("auditor", Text((("en", "Auditor"), ("fr", "Auditeur"))), AUDITOR),
)


def choices(seeing: Seeing, first: Principal) -> Choices:
    """`first`, until the reader chooses: the administrator, an auditor, the first services, and whoever is named. Raises
    NotAllowed where the service of `first` says that it is nobody of its people."""
    seeing.history.require_people([str(first)])
    whom = _Whom(seeing)
    return Choices(lambda: _without_repeats([whom.called(first), *OFFICES, *whom.services()]), whom.named)


class _Whom:
    def __init__(self, seeing: Seeing):
        self._seeing = seeing
        self._kept: tuple[Known, dict[str, ServiceRow]] | None = None

    def services(self) -> list[Choice]:
        return [Choice(id, row.title, principal(id)) for id, row in list(self._rows().items())[:MOST]]

    def named(self, value: str) -> Choice | None:
        """Nobody of a service that is not there, or that does not name that person."""
        try:
            who = principal(value)
            self._seeing.history.require_people([value])
        except (Invalid, NotAllowed):
            return None
        return self.called(who) if all(one in self._rows() for one in who.services) else None

    def called(self, who: Principal) -> Choice:
        if who.sees_everything:
            title, people = next(one.label for one in OFFICES if str(replace(who, person=None)) == one.value), {}
        else:
            [service] = who.services
            row = self._rows().get(service) or undescribed(service)
            title, people = row.title, {id: name for id, name, _ in row.people}
        return Choice(str(who), _titled(people.get(who.person or "", who.person), title), who)

    def _rows(self) -> dict[str, ServiceRow]:
        with self._seeing.seen(ADMINISTRATOR) as seen:
            known, rows = self._kept or (None, {})
            if known != seen.known:
                rows = read_services(seen)
                self._kept = seen.known, rows
            return rows


def _titled(person: str | None, title: Text) -> Text:
    if person is None:
        return title
    return Text(tuple((code, f"{person}, {text}") for code, text in title.by_language))


def _without_repeats(found: list[Choice]) -> list[Choice]:
    """Each once, where it stood first."""
    first: dict[str, Choice] = {}
    for one in found:
        first.setdefault(one.value, one)
    return list(first.values())
