"""The findings of `entente doctor`: one check each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "wrong", "unreachable"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Whatever is not well says how to mend it."""

    check: str
    state: State
    says: str
    mend: str = ""
