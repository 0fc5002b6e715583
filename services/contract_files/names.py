"""The names that stand at several places of the format."""

from __future__ import annotations

PERS = ("week", "month", "quarter", "half", "year", "contract")
RECIPIENTS = ("owner", "supplier", "client", "arbiter")
TARGETS = ("at_least", "at_most", "max_misses", "max_consecutive_misses")
