"""One line of the table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """`wanted` is the largest ratio (or, without a reference, the largest value) that the design asks for, `at_least` the
    smallest where more is better."""

    name: str
    value: float
    unit: str
    reference: float | None = None
    reference_name: str = ""
    wanted: float | None = None
    at_least: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.reference if self.reference else None

    def as_json(self) -> dict[str, object]:
        return {
            "name": self.name,
            "value": round(self.value, 6),
            "unit": self.unit,
            "reference": round(self.reference, 6) if self.reference is not None else None,
            "reference_name": self.reference_name or None,
            "ratio": round(self.ratio, 3) if self.ratio is not None else None,
            "wanted": self.wanted,
            "at_least": self.at_least,
        }

    def as_row(self) -> tuple[str, ...]:
        reference = f"{self.reference:.4g} ({self.reference_name})" if self.reference is not None else ""
        ratio = f"{self.ratio:.2f}" if self.ratio is not None else ""
        wanted = f"≤ {self.wanted:g}" if self.wanted is not None else ""
        wanted = f"≥ {self.at_least:g}" if self.at_least is not None else wanted
        return self.name, f"{self.value:.4g}", self.unit, reference, ratio, wanted
