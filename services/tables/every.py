"""All tables and folds, the engine's and those of each part: what is created, cut among shards, rebuilt, dumped, tried is made of
this list."""

from __future__ import annotations

from services.tables import (
    asides,
    causes,
    complaints,
    contracts,
    costs,
    engine,
    errands,
    excuses,
    offers,
    reminders,
    reviews,
    services,
)

RELEASE = 10
"""Counts the shapes of the tables: raised with every change of them, so that of two programs on one store, while one is
being upgraded, the older gives way. A test holds both to each other."""

TABLES = (
    engine.POSITION,
    engine.OUTAGE,
    engine.SPARED,
    engine.OWN_TIME,
    contracts.CONTRACT,
    contracts.CALENDAR,
    services.SERVICE,
    causes.CAUSES,
    offers.OFFER,
    offers.CHARTER,
    offers.USE,
    offers.USE_LATE,
    offers.USE_AHEAD,
    complaints.COMPLAINT,
    costs.COST,
    engine.OCCURRENCE,
    engine.HORIZON,
    engine.TALLY,
    engine.PERIOD,
    engine.EFFECT,
    engine.BREACH,
    engine.ACTION,
    excuses.EXCUSE,
    engine.MATCH,
    asides.ASIDE,
    reviews.REVIEW,
    reminders.REMINDER,
    errands.ERRAND,
    engine.QUARANTINE,
    engine.STRAY,
    engine.CORRECTION,
    engine.SIGNAL,
    engine.SEEN,
    engine.TOUCHED,
    engine.OUTBOX,
)

_OF_PARTS = (
    *contracts.FOLDS,
    *services.FOLDS,
    *causes.FOLDS,
    *complaints.FOLDS,
    *offers.FOLDS,
    *costs.FOLDS,
    *asides.FOLDS,
    *excuses.FOLDS,
    *reviews.FOLDS,
    *reminders.FOLDS,
    *errands.FOLDS,
)
FOLDS = {fold.of: fold for fold in _OF_PARTS}
"""Folds by their aggregate. Actions and what is said of breaches are the engine's own (services/judging/folding.py)."""

_INDEXED = (
    engine.OCCURRENCE,
    engine.SIGNAL,
    engine.PERIOD,
    engine.BREACH,
    excuses.EXCUSE,
    reviews.REVIEW,
    engine.ACTION,
    engine.STRAY,
)
INDEXES = tuple(
    index for table in (*_INDEXED, *(each for each in TABLES if each not in _INDEXED)) for index in table.indexes
)
"""In the order in which they were released first, which the number of the shape depends on."""
BY_NAME = {table.name: table for table in TABLES}
CUT = frozenset(table.name for table in TABLES if table.cut != "no")
SHADOWED = tuple(table.name for table in TABLES if table.cut == "with shadows")
"""The tables in which shadows have rows like other commitments. They have neither breaches nor actions: those are their
own shard's."""
REBUILT = tuple(table.name for table in TABLES if table.is_rebuilt)


def columns_of(table: str) -> list[str]:
    """The names of a table's columns, as created."""
    return list(BY_NAME[table].columns)


def table_names() -> list[str]:
    return sorted(BY_NAME)
