"""Acting on several rows of a list at once: each as by its own form, with the same use case and the same rights (MORNING §3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

from fastapi import Form, Response

from dashboards.pages.house.frame import View
from dashboards.pages.house.lists import A_PAGE
from dashboards.pages.house.posting import Outcome, Sent
from dashboards.pages.house.sending import Lasting, decided
from domain.saying import said
from services.errors import EntenteError, Invalid

Rows = Annotated[Sequence[str], Form()]
"""The ids of the rows that were chosen."""


def together(
    view: View,
    ticket: str,
    chosen: Sequence[str],
    act: Callable[[str], object],
    *,
    then: str,
    again: Callable[[], Response],
    needs: Callable[[], object] = lambda: None,
    form: str = "together",
    final: Lasting | None = None,
) -> Response:
    """Does to each row that was chosen what its own form would do, and leads to `then`, where it is said to how many it was done, and
    to which not and why. What nobody may send (nothing chosen, more than a page, without what the verb `needs`, which raises) does
    nothing, and shows `again` the page with the form of that name. What is `final` is asked for first."""
    rows = list(dict.fromkeys(chosen))
    view.typed = {**view.typed, "id": form, "rows": "\n".join(rows[:A_PAGE])}

    def each() -> Outcome:
        _require_some(rows)
        needs()
        refused = [(row, error) for row in rows if (error := _refusal(act, row)) is not None]
        return Outcome(view.typed.get("verb", ""), len(rows) - len(refused), tuple(refused))

    def found(outcome: object) -> str:
        assert isinstance(outcome, Outcome)
        left = "\n".join(row for row, _ in outcome.refused)
        typed = {**view.typed, "rows": left} if left else {"verb": outcome.verb, "id": form}
        return view.leading(then, Sent(str(view.who), typed, outcome=outcome))

    return decided(view, ticket, each, then=then, again=again, found=found, final=final, says=False)


def _require_some(rows: Sequence[str]) -> None:
    if not rows:
        mend = said("choose rows of the list, then what is to be done")
        raise Invalid(said("nothing was chosen"), mend=mend, slug="none-chosen")
    if len(rows) > A_PAGE:
        what = said("{count} rows were chosen, and {most} are done at once", count=len(rows), most=A_PAGE)
        raise Invalid(what, slug="too-many-chosen")


def _refusal(act: Callable[[str], object], row: str) -> EntenteError | None:
    """Does it, or says why it was not done."""
    try:
        act(row)
    except EntenteError as error:
        return error
    return None
