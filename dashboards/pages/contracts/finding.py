"""What a search finds of contracts, and of the services that are party to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from dashboards.pages.house.frame import View
from dashboards.pages.house.templates import link
from dashboards.pages.part import Group, Query
from services.contracts.rows import ContractRow


class FoundService(NamedTuple):
    name: str
    path: str
    contracts: int
    is_external: bool


def finds(view: View, query: Query) -> Sequence[Group]:
    contracts = [row for row in view.contracts.values() if _is_meant(view, query, row)]
    services = [
        FoundService(view.to(row.title), link(f"/services/{row.id}"), _contracts_of(view, row.id), row.is_external)
        for row in view.services.values()
        if query.is_said_by(row.id, row.title)
    ]
    return [
        Group("contracts.search", len(contracts), contracts[: query.most], "contracts/found_contract.html", rank=0),
        Group(
            "contracts.search_services", len(services), services[: query.most], "contracts/found_service.html", rank=1
        ),
    ]


def _is_meant(view: View, query: Query, row: ContractRow) -> bool:
    parties = [view.services[id].title for id in (row.supplier, row.client) if id in view.services]
    return query.is_said_by(row.id, row.title, row.supplier, row.client, *parties)


def _contracts_of(view: View, service: str) -> int:
    return sum(service in (one.supplier, one.client) for one in view.contracts.values())
