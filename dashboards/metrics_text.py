"""The page of metrics, written as the encoders of `prometheus-client` write it, but several times as fast.

Ten thousand series differ from one scrape to the next in their values only: what stands before a value is written once and kept.
The head of a family (HELP, TYPE) is the library's own. A test compares the page with the library's, byte for byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from functools import lru_cache
from typing import Any, Final

from prometheus_client.metrics_core import Metric
from prometheus_client.utils import floatToGoString

Encode = Callable[[Any], bytes]
END: Final = b"# EOF\n"
MOST_KEPT: Final = 200_000
"""Series whose beginnings are kept; labels come from contracts, so that there are no more in a healthy store."""


class Series:
    """The series of one metric: the values of its labels, and its value; a label set is said once, the first wins."""

    def __init__(self, name: str, labels: tuple[str, ...], empty: Metric):
        self.name = name
        self.labels = labels
        self.values: dict[tuple[str, ...], float] = {}
        self._empty = empty

    def add(self, labels: tuple[str, ...], value: float) -> None:
        self.values.setdefault(labels, value)

    @property
    def head(self) -> Metric:
        """The family without any series."""
        return self._empty

    @property
    def family(self) -> Metric:
        """The family with its samples, as the library knows it."""
        family = copy(self._empty)
        family.samples = []
        for labels, value in self.values.items():
            family.add_sample(self.name, dict(zip(self.labels, labels, strict=True)), value)
        return family


class _Heads:
    def __init__(self, families: Iterable[Metric]):
        self._families = list(families)

    def collect(self) -> Iterator[Metric]:
        yield from self._families


class Writer:
    """Writes series, and keeps the beginnings of lines. `form` names the encoder by its media type."""

    def __init__(self) -> None:
        self._heads: dict[tuple[str, str], bytes] = {}
        self._begun: dict[str, dict[tuple[str, ...], str]] = {}

    def text(self, series: Iterable[Series], encode: Encode, form: str) -> bytes:
        """The page of these series, without the line that ends one of OpenMetrics."""
        return b"".join(part for each in series for part in (self._head(each, encode, form), self._lines(each)))

    def _head(self, series: Series, encode: Encode, form: str) -> bytes:
        key = form, series.name
        if key not in self._heads:
            self._heads[key] = without_end(encode(_Heads([series.head])))
        return self._heads[key]

    def _lines(self, series: Series) -> bytes:
        begun = self._begun.setdefault(series.name, {})
        if len(begun) > MOST_KEPT:
            begun.clear()
        lines = []
        for labels, value in series.values.items():
            before = begun.get(labels)
            if before is None:
                before = begun[labels] = _before(series, labels)
            lines.append(before + _number(value))
        return "".join(lines).encode()


def without_end(page: bytes) -> bytes:
    return page.removesuffix(END)


def _before(series: Series, labels: tuple[str, ...]) -> str:
    said = ",".join(f'{name}="{_escaped(value)}"' for name, value in sorted(zip(series.labels, labels, strict=True)))
    return f"{series.name}{{{said}}} " if said else f"{series.name} "


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")


@lru_cache(maxsize=10_000)
def _number(value: float) -> str:
    return f"{floatToGoString(float(value))}\n"  # type: ignore[no-untyped-call]
