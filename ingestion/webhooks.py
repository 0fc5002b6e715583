"""`POST /v1/webhooks/{mapping}`: what other tools call when something happens becomes events, as a mapping says.

The body is JSON. Its values are columns by their path (`object_attributes.action`); with `read: {format: json, each: alerts}` each
item of that list is a row, beside the fields of the whole. A path may lead through a list in `if` (`changelog.items.field`): the
condition holds when it does of one of its items. Where no event's `if` holds nothing is stored, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from domain.saying import said, said_by
from domain.times import Clock, Instant
from ingestion.cloudevents import Bad, Decoded
from ingestion.door import Answer, Door, Submission
from ingestion.events_api import LARGEST_BATCH, pushing, refused, sender, summary
from ingestion.hall import Hall
from ingestion.headers import columns_of
from ingestion.mapping import CompiledMapping, Several, UnmappedRow
from ingestion.signatures import NotSigned, Secrets, read_secrets
from ingestion.strict_json import LARGEST_EVENT, decode_exactly
from services.access import PLATFORM, Principal, Right
from services.api.asking import chosen
from services.api.problems import PROBLEM_JSON, problem, problem_bytes
from services.contract_files import MappingTerms, mapping_terms, read_bytes
from services.errors import EntenteError, Invalid, NotFound, NotSignedIn, TooLarge

MOST_ROWS: Final = 1_000
MOST_LISTED: Final = 100
"""The items of a list, from its first, that conditions are held against."""
_encode = msgspec.json.Encoder(decimal_format="number", enc_hook=str).encode


class Webhook:
    """One mapping for JSON, compiled for the columns that it names."""

    def __init__(self, terms: MappingTerms, secrets: Secrets | None = None):
        self.id = terms.id
        self.secrets = secrets
        self.service, self.sources = terms.service, terms.sources
        self._each = terms.read.each
        self._columns = columns_of(terms)
        self._paths = [column.split(".") for column in self._columns]
        self._mapping = CompiledMapping(terms, self._columns, terms.id)

    def speaker(self, door: Door) -> Principal:
        """Who sends what is signed: the service whose calls these are, else each that declares one of the mapping's sources. A source
        that the call itself says is for nobody to speak for then: whoever has the secret could speak for every service."""
        name = f"webhook-{self.id}"
        if self.service is not None:
            return Principal("member", frozenset({self.service}), name, frozenset({(Right.PUSH, self.service)}))
        return door.speaker(name, self.sources or ())

    def items(self, body: bytes) -> list[Decoded | Bad]:
        """Makes the events of a call; in place of those that the mapping cannot make, what is wrong, with the bytes. Raises
        Invalid for a body that is no JSON, or holds no such list, TooLarge for one that holds or gives too much: what stands
        beside the list is in the events of each of its items."""
        tree, wrong = decode_exactly(body)
        if wrong is not None:
            raise Invalid(wrong.text, slug=wrong.slug)
        found: list[Decoded | Bad] = []
        size = 0
        for row, raw in self._rows(tree, body):
            made = self._made(row, raw)
            size += sum(len(one.raw) for one in made)
            if size > LARGEST_BATCH:
                what = said(
                    "the events of a call may have {largest_batch:,} bytes together", largest_batch=LARGEST_BATCH
                )
                raise TooLarge(what, mend=said("send less at once"))
            found += made
        return found

    def _made(self, row: Sequence[str], raw: bytes) -> list[Decoded | Bad]:
        try:
            made = self._mapping.events(row)
        except UnmappedRow as error:
            return [Bad(raw, "unmapped-row", said_by(error))]
        return [Bad(raw, one.slug, one.problem, one.id, one.source) if type(one) is Bad else one for one in made]

    def _rows(self, tree: Any, body: bytes) -> Iterator[tuple[list[str], bytes]]:
        """Gives the cells of each row, and its bytes. Only what the mapping names is looked for."""
        whole = [_cell(tree, path) for path in self._paths]
        if self._each is None:
            yield ["" if cell is None else cell for cell in whole], body
            return
        for item in self._listed(tree):
            cells = [_cell(item, path) for path in self._paths]
            yield (
                [next((one for one in each if one is not None), "") for each in zip(cells, whole, strict=True)],
                _encode(item),
            )

    def _listed(self, tree: Any) -> list[Any]:
        assert self._each is not None
        held: Any = tree
        for name in self._each.split("."):
            held = held.get(name) if isinstance(held, dict) else None
        if not isinstance(held, list):
            raise Invalid(
                said("the call has no list `{each}`", each=self._each),
                mend=said("as the mapping {self} says", self=self.id),
                slug="no-such-list",
            )
        if len(held) > MOST_ROWS:
            raise TooLarge(
                said("the call has more than {most_rows} items", most_rows=MOST_ROWS), mend=said("send less at once")
            )
        return held


def _cell(value: Any, path: Sequence[str]) -> str | None:
    """Gives the text of what stands at a path; None where nothing does that a cell can hold: null is absent. A list gives the texts
    of its first items. A name may hold dots itself (`app.kubernetes.io/name`)."""
    if isinstance(value, list):
        return _several(value[:MOST_LISTED], path)
    if not path:
        return _text(value)
    if not isinstance(value, dict):
        return None
    for end in range(1, len(path) + 1):
        inner = value.get(".".join(path[:end]))
        if inner is not None and (cell := _cell(inner, path[end:])) is not None:
            return cell
    return None


def _several(values: Sequence[Any], path: Sequence[str]) -> str | None:
    """Gives the texts of the items together; a list within a list is absent."""
    cells = [_cell(value, path) for value in values if not isinstance(value, list)]
    texts = dict.fromkeys(cell for cell in cells if cell)
    return Several(texts) if texts else None


def _text(value: Any) -> str | None:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int() | Decimal():
            return str(value)
    return None


def read_webhooks(folder: Path, secrets: Path | None = None) -> dict[str, Webhook]:
    """Reads the mappings for JSON of a folder, by name, with the secrets of their calls from the files of another folder.
    Raises Invalid, which stops the start."""
    if not folder.is_dir():
        raise Invalid(
            said("{folder} is no folder", folder=folder),
            place="ENTENTE_WEBHOOKS",
            mend=said("a folder with mapping files"),
        )
    if secrets is not None and not secrets.is_dir():
        raise Invalid(
            said("{secrets} is no folder", secrets=secrets),
            place="ENTENTE_WEBHOOK_SECRETS",
            mend=said("a folder with a file for each"),
        )
    found: dict[str, Webhook] = {}
    for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml"), *folder.glob("*.json")]):
        for document in read_bytes(file.read_bytes(), str(file)):
            terms = mapping_terms(document)
            if terms.read.format != "json":
                raise Invalid(
                    said("{file} is a mapping for files", file=file),
                    place="ENTENTE_WEBHOOKS",
                    mend=said("read: {format: json}"),
                )
            if terms.id in found:
                raise Invalid(
                    said("{file} names {terms} again", file=file, terms=terms.id),
                    place="ENTENTE_WEBHOOKS",
                    mend=said("one file for each name"),
                )
            found[terms.id] = Webhook(terms, read_secrets(terms.id, terms.signed, secrets))
    if secrets is not None:
        _require_used(secrets, found)
    return found


def require_owned(webhooks: Mapping[str, Webhook]) -> None:
    """Asked where people sign in. Raises Invalid for a webhook that is signed, whose calls say the source, and that does not say
    whose they are."""
    for name, one in webhooks.items():
        if one.secrets is not None and one.service is None and one.sources is None:
            raise Invalid(
                said("the calls of {name} say their source, and its mapping does not say whose they are", name=name),
                place="ENTENTE_WEBHOOKS",
                mend=said("`service:` in the mapping: the service that declares these sources"),
            )


def _require_used(secrets: Path, found: Mapping[str, Webhook]) -> None:
    for file in sorted(secrets.iterdir()):
        if file.is_file() and not file.name.startswith(".") and file.name not in found:
            raise Invalid(
                said("{file} is the secret of no webhook", file=file.name),
                place="ENTENTE_WEBHOOK_SECRETS",
                mend=said("the name of its mapping"),
            )


def webhooks_router(
    door: Door,
    who: Callable[[Request], Principal],
    webhooks: Mapping[str, Webhook],
    now: Clock,
    hall: Hall | None = None,
) -> APIRouter:
    """The route for calls of tools. `now` tells how old a signature is; `hall` is that of the door, where others wait in it too."""
    router = APIRouter()
    hall = hall or Hall(door)

    @router.post("/v1/webhooks/{name}", status_code=202, response_class=Response, tags=["events"])
    async def call(name: str, request: Request) -> Response:
        """A tool calls: its JSON becomes events as the mapping of that name says."""
        try:
            webhook = webhooks.get(name)
            principal = await _caller(who, request, webhook)
            if webhook is None:
                raise NotFound(
                    said("there is no webhook {name}", name=name), mend=said("ENTENTE_WEBHOOKS has its mapping")
                )
            _, key = sender(request, principal or PLATFORM)
            with door.entering(is_coming=True) as entering:
                async with hall.body(request, key, LARGEST_EVENT) as body:
                    entering.has_come()
                    if webhook.secrets is not None:
                        _check(webhook.secrets, request, body, now(), is_told=principal is not None)
                    items = await hall.decoded(body, partial(webhook.items, body))
                    speaker = principal or webhook.speaker(door)
                    submission = Submission(items, speaker, "http", f"webhook {name}")
                    answers = await hall.submit(submission, key) if items else []
        except ClientDisconnect:
            return Response(status_code=400)
        except EntenteError as error:
            return refused(error)
        if answers and all(one.result == "quarantined" for one in answers):
            return _nothing_accepted(name, answers)
        return Response(_encode(summary(answers)), 202, media_type="application/json")

    return router


async def _caller(who: Callable[[Request], Principal], request: Request, webhook: Webhook | None) -> Principal | None:
    """Who calls; None for a webhook whose signature says that. Where people sign in, one that is not signed needs a key that may
    push: a call without one is refused as one is whose signature is wrong, whether there is such a webhook or not."""
    if who is chosen:
        return pushing(who(request))
    try:
        return pushing(await run_in_threadpool(who, request))
    except NotSignedIn as error:
        if webhook is None or webhook.secrets is None:
            raise _refused() from error
        return None


def _check(secrets: Secrets, request: Request, body: bytes, now: Instant, *, is_told: bool) -> None:
    """`is_told`: the caller is known, and is told what is wrong with the signature."""
    try:
        secrets.check(request.headers, body, now)
    except NotSigned as error:
        if is_told:
            raise
        raise _refused() from error


def _refused() -> NotSignedIn:
    return NotSignedIn(
        said("it is not known who calls"),
        mend=said("a signature (`signed:` in the mapping), or an access key that may push"),
    )


def _nothing_accepted(name: str, answers: list[Answer]) -> Response:
    """Answers with an error, for a tool shows in its log what its call was answered, and nobody reads the body of a 202."""
    why = said(
        "nothing of this call was accepted, as the mapping {name} reads it: {problem}",
        name=name,
        problem=answers[0].problem,
    )
    told = problem("nothing-accepted", 422, why) | summary(answers)
    return Response(problem_bytes(told), 422, None, PROBLEM_JSON)


def _problem(status: int, slug: str, detail: str) -> Response:
    return Response(problem_bytes(problem(slug, status, detail)), status, None, PROBLEM_JSON)
