"""Who decided or sent something, as the entries of the history say it: the one place that reads `by`.

`sales/anna`, `it/key:3fgh2m9p`, `lab/topic:orders`: the one service that was acted for, and who did. Entries of before may name
several (`it+sales/anna`), all whose things somebody saw: that says for none of them that it is theirs (decision 55).
"""

from __future__ import annotations

from typing import NamedTuple

from services.access import RESERVED, Principal


class By(NamedTuple):
    """`name`: what stands before the person, as it is; empty in an entry that says nobody."""

    name: str
    person: str

    @property
    def service(self) -> str:
        """The service that was acted for; empty for an office, the platform, and where several are named."""
        return "" if self.name in RESERVED or "+" in self.name else self.name

    def is_of(self, who: Principal) -> bool:
        """Says whether it was done for a service of `who`."""
        return bool(self.service) and who.is_of(self.service)


def by_of(text: object) -> By:
    """Reads what an entry says, which may be nothing."""
    name, _, person = str(text or "").partition("/")
    return By(name, person)
