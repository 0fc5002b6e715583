"""Applies a file, of whatever kind: to the part that takes files of that kind, else to contracts."""

from __future__ import annotations

from typing import Final, cast

from services.access import Principal
from services.contract_files import Document, kind_of
from services.contracts.applied import Applied, Applying
from services.contracts.contracting import Contracting
from services.parts import PARTS
from services.store import Store

_TAKES: Final = {kind: taking for part in PARTS for kind, taking in part.files}


def apply_file(store: Store, who: Principal, document: Document, how: Applying) -> Applied:
    """What it did, or (`dry_run`) would do. Raises DocumentInvalid, Refused, NotAllowed, NotFound."""
    taking = _TAKES.get(kind_of(document) or "")
    if taking is not None:
        return cast(Applied, store.use(taking).apply_file(who, document, how))
    return store.use(Contracting).apply(
        who,
        document,
        sign=tuple(how.sign),
        dry_run=how.dry_run,
        language=how.language,
        backfill=how.backfill,
        beside=how.beside,
    )
