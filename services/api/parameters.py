"""Checks what stands behind the `?` of an address: nothing that the address does not know, and nothing twice. A
misspelt filter that is passed over would be answered with everything, which reads like an answer to what was asked; so
would one of two be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import Final

from fastapi.routing import APIRoute
from starlette.requests import Request

from domain.saying import said
from services.contract_files.suggesting import did_you_mean
from services.errors import DocumentInvalid, Invalid

CAMPAIGN: Final = re.compile(
    r"(?:utm|mtm|pk|at|mc|_hs)_\w+|_hs(?:enc|mi)|(?:fb|g|gb|wb|d|msc|y|tw|li_)clid|gclsrc|li_fat_id|mkt_tok|igsh(?:id)?|_ga|_gl|srsltid"
)
"""What programs that send mails or count readers add to the links of others; none of it is a name of ours."""


def parameters_of(route: APIRoute) -> frozenset[str]:
    """The names that an address takes."""
    names: set[str] = set()
    waiting = [route.dependant]
    while waiting:
        one = waiting.pop()
        names.update(field.alias for field in one.query_params)
        waiting += one.dependencies
    return frozenset(names)


def require_known(request: Request, known: Collection[str]) -> None:
    """Raises DocumentInvalid, with every name that is not known and the nearest that is, or that is given twice."""
    if not request.scope["query_string"]:
        return
    problems: list[str] = [
        said(
            "query.{name}: no such parameter ({did_you_mean})",
            name=name[:60],
            did_you_mean=did_you_mean(name[:60], known) or _those(known),
        )
        for name in dict.fromkeys(request.query_params)
        if name not in known
    ]
    if problems:
        raise DocumentInvalid(problems[:20], slug="unknown-parameter")
    given = Counter(name for name, _ in request.query_params.multi_items())
    if twice := [name for name, times in given.items() if times > 1]:
        raise DocumentInvalid(
            [said("query.{name}: given twice (say it once; ask once for each)", name=name) for name in twice],
            slug="invalid",
        )


def require_known_to_people(request: Request, known: Collection[str]) -> None:
    """As `require_known`, for an address that somebody opens: what mails and advertisements add to a link is passed over, and the rest
    is said in words. Raises Invalid."""
    given = Counter(name for name, _ in request.query_params.multi_items() if not CAMPAIGN.fullmatch(name))
    for name, times in given.items():
        if name not in known:
            raise Invalid(
                said("this page knows nothing called “{name}”, which its address says", name=name[:60]),
                mend=did_you_mean(name[:60], known) or said("leave it out of the address"),
                slug="unknown-parameter",
            )
        if times > 1:
            raise Invalid(
                said("the address says “{name}” twice", name=name),
                mend=said("once is enough"),
            )


def _those(known: Collection[str]) -> str:
    return said("one of {known}", known=", ".join(sorted(known))) if known else said("this address takes none")
