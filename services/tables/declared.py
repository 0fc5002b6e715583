"""The service that a source belongs to: the one that declared it first and declares it still, in the order of the
history (MEANING §3).

The service files say so, one after the other, so the same holds for what two services declared before others were refused.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from services.contract_files import service_from_canonical
from services.history.databases import Transaction

Since = dict[str, int]
"""The positions at which one service declared its sources, by source."""


def sources_of(document: str) -> list[str]:
    """Lists the sources that a service file, as it is stored, declares."""
    return [one.source for one in service_from_canonical(document).sources] if document else []


def declared_since(before: Mapping[str, int], document: str, position: int) -> Since:
    """Gives the sources that a service declares by the description of that position, and since when; those of `before`
    keep their own position."""
    return {source: before.get(source, position) for source in sources_of(document)}


def declarers(since: Mapping[str, Mapping[str, int]]) -> dict[str, list[str]]:
    """Gives the services that declare each source, first the one that it belongs to; `since` is by service."""
    found: dict[str, list[tuple[int, str]]] = {}
    for service, declared in since.items():
        for source, position in declared.items():
            found.setdefault(source, []).append((position, service))
    return {source: [service for _, service in sorted(each)] for source, each in sorted(found.items())}


def shown_to(service: str, opened: tuple[str, ...] | None, above: Mapping[str, str | None]) -> tuple[str, ...] | None:
    """The services whose contracts may take the events of a source of `service`: itself, those that it is part of (`above`: what each
    service is part of), and those that it is `opened` to; None for all. The parts of the service are not among them."""
    if opened is None:
        return None
    found = {service, *opened}
    at = above.get(service)
    seen = {service}
    while at is not None and at not in seen:
        seen.add(at)
        at = above.get(at)
    return tuple(sorted(found | seen))


def stored_since(reads: Transaction) -> dict[str, Since]:
    """Reads the sources that each service declares, by service, as far as is judged."""
    return {
        id: msgspec.json.decode(text) for id, text in reads.query("SELECT id, declared FROM view_service ORDER BY id")
    }
