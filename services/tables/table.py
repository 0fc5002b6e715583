"""The shapes of a table of the read models, and of a fold.

Instants are microseconds since 1970 UTC. `document` columns hold JSON.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import msgspec
from eventsourcing.domain import Aggregate

from services.history.databases import Transaction
from services.history.entries import Position

Cut = Literal["no", "own", "with shadows"]
Tried = Literal["no", "whole", "contract", "commitment"]
_encode = msgspec.json.Encoder(order="deterministic").encode


@dataclass(frozen=True)
class Table:
    """`sql` are its columns and its key, as they are created.

    `cut`: whether every shard has a part of it, of its own commitments alone or of those that it judges along (`shadows.py`)
    too; of the other tables each shard has the whole, or (what belongs to no commitment) the first has it.
    `is_rebuilt`: the rows of a commitment are thrown away and made anew when it is built anew.
    `is_canonical`: it does not depend on how the history was cut into batches, so that it is a part of the dump.
    `tried`: what the trial of a draft is given of it: nothing, all, or the rows of the contract or of its commitments.
    `stamps`: SQL, which of its rows say what is in force; None where none does.
    `indexes`: the statements that create them.
    """

    name: str
    sql: str
    cut: Cut = "no"
    is_rebuilt: bool = False
    is_canonical: bool = True
    tried: Tried = "no"
    stamps: str | None = None
    indexes: tuple[str, ...] = ()

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Their names, in the order in which they are created."""
        return tuple(part.split()[0] for part in self.sql.partition(", PRIMARY KEY (")[0].split(", "))


@dataclass(frozen=True)
class Fold:
    """The way in which an aggregate `of` a sort, which people decided, is written as it then is, right after the entry
    at that position.

    `kind`: with what the page *History* lists its entries.
    `commitment`: to which commitment it belongs, so that the shard of that one alone writes it; None where every shard does.
    """

    of: type[Aggregate]
    write: Callable[[Transaction, Any, Position], None]
    commitment: Callable[[Any], str] | None = None
    kind: Literal["decisions", "contracts"] = "decisions"


def text_of(content: dict[str, Any]) -> str:
    """The JSON of a `document` column; the same content always gives the same text."""
    return _encode(content).decode()
