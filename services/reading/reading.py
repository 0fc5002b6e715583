"""Every read, scoped by who asks in one place (services/reading/scoped.py).

Reads come from the read models only; each sees one consistent state.
"""

from __future__ import annotations

from services.reading.reading_decisions import DecisionReading
from services.reading.reading_figures import FigureReading
from services.reading.reading_queues import QueueReading


class Reading(FigureReading, DecisionReading, QueueReading):
    """Reads of one store; safe for several threads. `NotFound` means: no such thing, or not yours to see."""
