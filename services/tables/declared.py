"""Whose a source is: the service's that declared it first and declares it still, in the order of the history (MEANING §3).

The service files say so, one after the other, so the same holds for what two services declared before others were refused.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from services.contract_files import service_from_canonical
from services.history.databases import Transaction

Since = dict[str, int]
"""By source, the position at which one service declared it."""


def sources_of(document: str) -> list[str]:
    """Those that a service file declares, as it is stored."""
    return [one.source for one in service_from_canonical(document).sources] if document else []


def declared_since(before: Mapping[str, int], document: str, position: int) -> Since:
    """What a service declares after a description of that position, and since when."""
    return {source: before.get(source, position) for source in sources_of(document)}


def declarers(since: Mapping[str, Mapping[str, int]]) -> dict[str, list[str]]:
    """By source the services that declare it; it belongs to the first. `since` is by service."""
    found: dict[str, list[tuple[int, str]]] = {}
    for service, declared in since.items():
        for source, position in declared.items():
            found.setdefault(source, []).append((position, service))
    return {source: [service for _, service in sorted(each)] for source, each in sorted(found.items())}


def stored_since(reads: Transaction) -> dict[str, Since]:
    """As far as is judged."""
    return {
        id: msgspec.json.decode(text) for id, text in reads.query("SELECT id, declared FROM view_service ORDER BY id")
    }
