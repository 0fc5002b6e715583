"""`POST /v1/webhooks/{mapping}`: what other tools call when something happens becomes events, as a mapping says.

The body is JSON. Its values are columns by their path (`object_attributes.action`); with `read: {format: json, each: alerts}` each
item of that list is a row, beside the fields of the whole. Where no event's `if` holds nothing is stored, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from domain.times import Instant
from ingestion.cloudevents import Bad, Decoded
from ingestion.door import Door, Submission
from ingestion.events_api import pushing, summary
from ingestion.mapping import CompiledMapping, UnmappedRow, columns_of
from ingestion.signatures import Secrets, read_secrets
from ingestion.strict_json import LARGEST_EVENT, decode_exactly
from services.access import Principal
from services.api.problems import PROBLEM_JSON, problem, problem_bytes, problem_of
from services.contract_files import MappingTerms, mapping_terms, read_bytes
from services.errors import EntenteError, Invalid

MOST_ROWS: Final = 1_000
_encode = msgspec.json.Encoder(decimal_format="number").encode


class Webhook:
    """One mapping for JSON, compiled for the columns that it names."""

    def __init__(self, terms: MappingTerms, secrets: Secrets | None = None):
        self.id = terms.id
        self.secrets = secrets
        self._each = terms.read.each
        self._columns = columns_of(terms)
        self._mapping = CompiledMapping(terms, self._columns, terms.id)

    def items(self, body: bytes) -> list[Decoded | Bad]:
        """The events that a call gives; what gives none as the mapping asks, with its bytes. Raises Invalid for a body that is no
        JSON, or holds no such list."""
        tree, wrong = decode_exactly(body)
        if wrong is not None:
            raise Invalid(wrong.text, slug=wrong.slug)
        found: list[Decoded | Bad] = []
        for row, raw in self._rows(tree, body):
            cells = [row.get(column, "") for column in self._columns]
            try:
                made = self._mapping.events(cells)
            except UnmappedRow as error:
                found.append(Bad(raw, "unmapped-row", str(error)))
                continue
            found += [Bad(raw, one.slug, one.problem, one.id, one.source) if type(one) is Bad else one for one in made]
        return found

    def _rows(self, tree: Any, body: bytes) -> Iterator[tuple[dict[str, str], bytes]]:
        if self._each is None:
            yield dict(_flat(tree)), body
            return
        held: Any = tree
        for name in self._each.split("."):
            held = held.get(name) if isinstance(held, dict) else None
        if not isinstance(held, list):
            raise Invalid(
                f"the call has no list `{self._each}`", mend=f"as the mapping {self.id} says", slug="no-such-list"
            )
        if len(held) > MOST_ROWS:
            raise Invalid(f"the call has more than {MOST_ROWS} items", mend="send less at once", slug="too-large")
        whole = dict(_flat(tree))
        for item in held:
            yield {**whole, **dict(_flat(item))}, _encode(item)


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value that a cell can hold, by its path; null and lists are absent."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from _flat(inner, f"{path}.{name}" if path else str(name))
        case bool():
            yield path, "true" if value else "false"
        case str():
            yield path, value
        case int() | Decimal():
            yield path, str(value)


def read_webhooks(folder: Path, secrets: Path | None = None) -> dict[str, Webhook]:
    """The mappings for JSON of a folder, by name, and the files of another with what their calls are signed with. Raises Invalid, which
    stops the start."""
    if not folder.is_dir():
        raise Invalid(f"{folder} is no folder", place="ENTENTE_WEBHOOKS", mend="a folder with mapping files")
    if secrets is not None and not secrets.is_dir():
        raise Invalid(f"{secrets} is no folder", place="ENTENTE_WEBHOOK_SECRETS", mend="a folder with a file for each")
    found: dict[str, Webhook] = {}
    for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml"), *folder.glob("*.json")]):
        for document in read_bytes(file.read_bytes(), str(file)):
            terms = mapping_terms(document)
            if terms.read.format != "json":
                raise Invalid(f"{file} is a mapping for files", place="ENTENTE_WEBHOOKS", mend="read: {format: json}")
            if terms.id in found:
                raise Invalid(f"{file} names {terms.id} again", place="ENTENTE_WEBHOOKS", mend="one file for each name")
            found[terms.id] = Webhook(terms, read_secrets(terms.id, terms.signed, secrets))
    if secrets is not None:
        _require_used(secrets, found)
    return found


def _require_used(secrets: Path, found: Mapping[str, Webhook]) -> None:
    for file in sorted(secrets.iterdir()):
        if file.is_file() and not file.name.startswith(".") and file.name not in found:
            raise Invalid(
                f"{file.name} is the secret of no webhook",
                place="ENTENTE_WEBHOOK_SECRETS",
                mend="the name of its mapping",
            )


def webhooks_router(
    door: Door, who: Callable[[Request], Principal], webhooks: Mapping[str, Webhook], now: Callable[[], Instant]
) -> APIRouter:
    """`now` tells how old a signature is."""
    router = APIRouter()

    @router.post("/v1/webhooks/{name}", status_code=202, response_class=Response, tags=["events"])
    async def call(name: str, request: Request) -> Response:
        """A tool calls: its JSON becomes events as the mapping of that name says."""
        try:
            principal = pushing(who(request))
            webhook = webhooks.get(name)
            if webhook is None:
                known = ", ".join(sorted(webhooks)) or "none"
                return _problem(404, "not-found", f"there is no webhook {name}: those that there are: {known}")
            body = bytearray()
            async for chunk in request.stream():
                body += chunk
                if len(body) > LARGEST_EVENT:
                    return _problem(413, "too-large", f"a call may have {LARGEST_EVENT:,} bytes: send less at once")
            if webhook.secrets is not None:
                webhook.secrets.check(request.headers, bytes(body), now())
            items = webhook.items(bytes(body))
            origin = f"webhook {name}"
            submission = Submission(items, principal, "http", origin)
            answers = await run_in_threadpool(door.submit, *submission[:3], submission.origin) if items else []
        except EntenteError as error:
            return Response(problem_bytes(problem_of(error)), error.status, None, PROBLEM_JSON)
        return Response(_encode(summary(answers)), 202, media_type="application/json")

    return router


def _problem(status: int, slug: str, detail: str) -> Response:
    return Response(problem_bytes(problem(slug, status, detail)), status, None, PROBLEM_JSON)
