"""Whose what comes in is, and who may send it (TRUST §3 "Whose event").

An event belongs to the service that declares its source. What no declared source tells of belongs to the service of its sender, where
that has but one; else to nobody: it is for who sees everything (decision 55).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from domain.events import OWN
from domain.saying import said
from ingestion.cloudevents import Bad, Decoded
from services.access import PLATFORM_NAME, Principal, Right
from services.access_keys.keeping import may_push
from services.directory.declaring import Declared

NOT_ALLOWED: Final = "not-allowed"
FOREIGN: Final = "foreign-source"
"""Where people sign in: a source that is not for who sends it."""


class Whose:
    """Asks what services declare."""

    def __init__(self, declared: Declared):
        self._declared = declared

    def is_foreign(self, who: Principal, source: str) -> bool:
        """Says whether a source is not for `who` to speak for. Where people sign in it has to be declared by a service for which one
        may push, and a key pushes only what it is for; else those that nobody declares are anybody's.
        The platform's own are nobody's."""
        if source.startswith(OWN):
            return True
        owner = self._declared.owner(source)
        if who.granted is None:
            return not who.sees_everything and owner is not None and owner not in who.services
        return owner is None or not who.may(Right.PUSH, owner) or not may_push(who.sources, source)

    def by(self, who: Principal, source: str | None, sender: str = "") -> str:
        """The name under which `who` sends something of that source, which is for one service alone. `sender`: whose it was, where it
        is sent again."""
        if who.granted is None:
            return str(who)
        owner = self._declared.owner(source) if source is not None else None
        for service in (owner, sender):
            if service and who.may(Right.PUSH, service):
                return who.called(service)
        own = [one for one in who.services if who.may(Right.PUSH, one)]
        return who.called(own[0] if len(own) == 1 else PLATFORM_NAME)

    def speaker(self, name: str, sources: Collection[str] | None = None) -> Principal:
        """Whoever sends by a way in of its own, a signed webhook or a topic that nobody named: for each of these sources, or of all,
        the service that declares it. What tells of none of them is nobody's, whatever else came with it."""
        found = self._declared.owners()
        owners = found.values() if sources is None else (found[one] for one in sources if one in found)
        return Principal("member", frozenset(), name, frozenset((Right.PUSH, owner) for owner in owners))


def not_theirs(event: Decoded, who: Principal) -> Bad:
    """What is set aside of an event under a source that is not for `who` to speak for."""
    if event.source.startswith(OWN):
        slug, problem = (
            FOREIGN,
            said("`source` {source} is one of the platform's own, and nobody sends under it", source=event.source),
        )
    elif who.granted is None:
        slug, problem = (
            NOT_ALLOWED,
            said(
                (
                    "`source` {source} belongs to another service: send what is yours under a source of your own, or "
                    "let the administrator retry this"
                ),
                source=event.source,
            ),
        )
    else:
        slug, problem = (
            FOREIGN,
            said(
                (
                    "`source` {source} is not for this key or person to push: its service declares it in its file (`sources`), "
                    "and the key is for it"
                ),
                source=event.source,
            ),
        )
    return Bad(event.raw, slug, problem, event.id, event.source, event.attributes, event.datacontenttype)
