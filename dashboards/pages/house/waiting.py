"""The contracts that wait for a file, as pages say it: whose, until when, and up to when all is judged."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.language import first_up
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from services.directory.reading import read_awaited


@dataclass(frozen=True)
class Waiting:
    """`path` and `title` are those of the contract."""

    path: str
    title: str
    sentence: str
    is_late: bool


def waiting_for_files(view: View, contract: str | None = None) -> list[Waiting]:
    """The waits of one contract, or of all that the reader sees, each with the tool that its time waits for."""
    rows = [one for one in read_awaited(view.seen) if contract in (None, one.contract)]
    now, language, found = view.known.watermark or 0, view.language, []
    for one in rows:
        row, feed = view.contracts[one.contract], one.feed
        clock, is_late = view.moments(row.timezone), now > feed.expected_by
        values = {"source": feed.source, "moment": clock.moment(feed.expected_by), "until": clock.moment(feed.until)}
        waits = language.text("sources.waits_late" if is_late else "sources.waits_for", **values)
        reached = view.known.of(one.contract).watermark
        judged = language.text("sources.judged_to", moment=clock.moment(reached)) if reached is not None else ""
        said = first_up(waits) if contract is not None else waits
        found.append(
            Waiting(link(f"/contracts/{row.id}"), view.to(row.terms.title), f"{said} {judged}".strip(), is_late)
        )
    return found
