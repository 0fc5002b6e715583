"""What root causes are called, and the choice among them."""

from __future__ import annotations

from dashboards.language import first_up
from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.words import cause_words
from domain.repeats import Cause
from domain.times import Instant, show
from services.causes.reading import read_causes
from services.causes.windows import since_review


def called(view: View, cause: str) -> str:
    """The title of a root cause in the reader's language; its id, where no list has it any more."""
    found = read_causes(view.seen).get(cause)
    return view.to(found.title) if found is not None else cause


def group_called(view: View, cause: Cause, titles: dict[str, str]) -> str:
    """What a group is called: its root cause, or the deliverable (`titles`) and what the machine saw."""
    if cause.root_cause is not None:
        return called(view, cause.root_cause)
    seen = first_up(cause_words(cause.machine_cause or "", view.language))
    return f"{titles.get(cause.deliverable or '', cause.deliverable or '')} · {seen}"


def repeats_path(view: View, contract: str, starts: Instant) -> str:
    """Where what repeats stands of a review that starts then; empty of a contract that nobody has signed."""
    found = view.seen.catalogue.contracts.get(contract)
    if found is None:
        return ""
    since = since_review(view.seen, found, starts)
    return link("/repeats", contract=contract, since=show(since), until=show(starts))


def choices(view: View) -> list[tuple[str, str]]:
    """The root causes by id and title, in the order of their lists."""
    return [(id, view.to(row.title)) for id, row in read_causes(view.seen).items()]
