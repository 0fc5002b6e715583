"""The names that stand at several places of the format."""

from __future__ import annotations

from typing import Final

from domain.offers.terms import IntentionKind

INTENTIONS: Final[tuple[IntentionKind, ...]] = ("grow", "hold", "cap", "shrink")
PERS = ("week", "month", "quarter", "half", "year", "contract")
RECIPIENTS = ("owner", "supplier", "client", "arbiter")
TARGETS = ("at_least", "at_most", "max_misses", "max_consecutive_misses")
