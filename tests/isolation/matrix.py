"""Every address that reads, with whose things stand behind it: the rows of the matrix of isolation (trust §4).

Generated from the route table: an address that has no row here fails the tests, so that whoever adds one says whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from fastapi import FastAPI
from starlette.routing import BaseRoute, Route

OPEN: Final = frozenset(
    {
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/static/{name}",
        "/favicon.ico",
        "/language/{code}",
        "/theme/{name}",
        "/as",
    }
)
"""Answered to everybody: they say nothing of anybody."""
SIGNING_IN: Final = frozenset(
    {
        "/sign-in",
        "/sign-in/again",
        "/sign-in/code",
        "/sign-in/factor",
        "/welcome/{secret}",
        "/sign-in/oidc",
        "/sign-in/oidc/back",
        "/feeds/{key}.ics",
        "/wall",
        "/notices/stop/{token}",
        "/answer/{token}",
    }
)
"""For who is not in yet."""
LASTING: Final = frozenset({"/v1/stream", "/live"})
"""Answers without end, which say how far the judging is, and nothing else."""
ONES_OWN: Final = frozenset(
    {
        "/", "/portfolio", "/new-contract", "/contracts", "/calendars", "/excuses", "/breaches", "/actions", "/reviews", "/quarantine",
        "/unmatched", "/views", "/search/words",
        "/history", "/account", "/people", "/search", "/style", "/accessibility", "/v1/figures", "/v1/occurrences", "/v1/contracts",
        "/v1/services", "/v1/excuses", "/v1/breaches", "/v1/actions", "/v1/reviews", "/v1/quarantine", "/v1/outages", "/v1/unmatched",
        "/v1/match", "/v1/history", "/v1/checkpoints", "/v1/consistency", "/metrics", "/exports/{name}.{form}",
        "/access-log", "/kept", "/v1/access-log", "/v1/kept", "/new-contract/check", "/account/{verb}", "/people/{person}/{verb}",
        "/calendar-feeds", "/drafts/{id}/throw-away", "/calendar-feeds/{key}/{verb}", "/access-keys", "/access-keys/{key}/{verb}",
        "/notices", "/notices/preferences", "/notices/{id}/again", "/notices/test",
        "/v1/notices",
        "/v1/reminders", "/v1/errands", "/v1/escalated", "/v1/costs",
        "/connect", "/words", "/new-calendar", "/calendars/{id}/edit", "/new-service", "/new-source", "/sources/edit", "/new-person",
        "/people/{person}/edit", "/causes", "/new-causes", "/causes/{id}/edit", "/repeats", "/v1/causes",
        "/v1/offers", "/v1/charters",
    }
)  # fmt: skip
"""Lists and forms: whoever asks sees what is theirs, or is refused."""

CONTRACT, COMMITMENT, EXCUSE, BREACH, ACTION, REMINDER, REVIEW, MATCH, QUARANTINED, POSITION, SERVICE, OFFER, CHARTER, COST = (
    "contract", "commitment", "excuse", "breach", "action", "reminder", "review", "match", "quarantined", "position", "service",
    "offer", "charter", "cost",
)  # fmt: skip


class Row(NamedTuple):
    """An address of one thing: `{thing}` in `address` is its id; a commitment's parts stand one by one in it."""

    of: str
    address: str


THINGS: Final[Mapping[str, tuple[Row, ...]]] = {
    "/contracts/{id}": (Row(CONTRACT, "/contracts/{thing}"),),
    "/v1/offers/{id}": (Row(OFFER, "/v1/offers/{thing}"),),
    "/v1/charters/{id}": (Row(CHARTER, "/v1/charters/{thing}"),),
    "/contracts/{id}/edit": (Row(CONTRACT, "/contracts/{thing}/edit"),),
    "/contracts/{id}/terminate": (Row(CONTRACT, "/contracts/{thing}/terminate"),),
    "/contracts/{id}/edit/check": (Row(CONTRACT, "/contracts/{thing}/edit/check"),),
    "/contracts/{id}/versions/{number}": (Row(CONTRACT, "/contracts/{thing}/versions/1"),),
    "/contracts/{id}/versions/{number}/{verb}": (Row(CONTRACT, "/contracts/{thing}/versions/1/comment"),),
    "/excuses/ask": (Row(CONTRACT, "/excuses/ask?scope={thing}"), Row(COMMITMENT, "/excuses/ask?scope={thing}")),
    "/new-action": (Row(COMMITMENT, "/new-action?commitment={thing}"),),
    "/reminders/new": (Row(COMMITMENT, "/reminders/new?commitment={thing}&key=2026-11-03"),),
    "/reminders/{id}": (Row(REMINDER, "/reminders/{thing}"),),
    "/reminders/{id}/{verb}": (Row(REMINDER, "/reminders/{thing}/answer"),),
    "/errands/{verb}": tuple(
        Row(of, f"/errands/hand-on?thing={sort}:{{thing}}")
        for of, sort in (
            (COMMITMENT, "breaches"),
            (ACTION, "action"),
            (REMINDER, "reminder"),
            (EXCUSE, "excuse"),
            (REVIEW, "review"),
        )
    ),
    "/v1/reminders/{id}": (Row(REMINDER, "/v1/reminders/{thing}"),),
    "/excuses/{id}": (Row(EXCUSE, "/excuses/{thing}"),),
    "/excuses/{id}/{verb}": (Row(EXCUSE, "/excuses/{thing}/accept"),),
    "/breaches/{id:path}": (Row(BREACH, "/breaches/{thing}"),),
    "/breaches/{id:path}/acknowledge": (Row(BREACH, "/breaches/{thing}/acknowledge"),),
    "/breaches/{id:path}/explain": (Row(BREACH, "/breaches/{thing}/explain"),),
    "/breaches/{id:path}/attribute": (Row(BREACH, "/breaches/{thing}/attribute"),),
    "/actions/{id:path}": (Row(ACTION, "/actions/{thing}"),),
    "/actions/{id}/plan": (Row(ACTION, "/actions/{thing}/plan"),),
    "/actions/{id:path}/progress": (Row(ACTION, "/actions/{thing}/progress"),),
    "/actions/{id:path}/close": (Row(ACTION, "/actions/{thing}/close"),),
    "/reviews/{id}": (Row(REVIEW, "/reviews/{thing}"),),
    "/reviews/{id}/invitation.ics": (Row(REVIEW, "/reviews/{thing}/invitation.ics"),),
    "/reviews/{id}/pack": (Row(REVIEW, "/reviews/{thing}/pack"),),
    "/reviews/{id}/together": (Row(REVIEW, "/reviews/{thing}/together"),),
    "/reviews/{id}/minutes": (Row(REVIEW, "/reviews/{thing}/minutes"),),
    "/reviews/{id}/minutes.pdf": (Row(REVIEW, "/reviews/{thing}/minutes.pdf"),),
    "/reviews/{id}/agenda.{form}": (Row(REVIEW, "/reviews/{thing}/agenda.csv"),),
    "/reviews/{id}/pack.{form}": (Row(REVIEW, "/reviews/{thing}/pack.json"), Row(REVIEW, "/reviews/{thing}/pack.html")),
    "/reviews/{id}/{verb}": (Row(REVIEW, "/reviews/{thing}/decide"),),
    "/quarantine/{id}/{verb}": (Row(QUARANTINED, "/quarantine/{thing}/retry"),),
    "/unmatched/{id}/{verb}": (Row(POSITION, "/unmatched/{thing}/match"),),
    "/matches/{id}/{verb}": (Row(MATCH, "/matches/{thing}/accept"),),
    "/commitments/{contract}/{deliverable}/{criterion}": (Row(COMMITMENT, "/commitments/{thing}"),),
    "/commitments/{contract}/{deliverable}/{criterion}/explain": (
        Row(COMMITMENT, "/commitments/{thing}/explain?key=2026-11-03"),
    ),
    "/badges/{contract}/{deliverable}/{criterion}.svg": (Row(COMMITMENT, "/badges/{thing}.svg"),),
    "/calendars/{service}.ics": (Row(SERVICE, "/calendars/{thing}.ics"),),
    "/services/{id}": (Row(SERVICE, "/services/{thing}"),),
    "/services/{id}/edit": (Row(SERVICE, "/services/{thing}/edit"),),
    "/v1/contracts/{id}": (Row(CONTRACT, "/v1/contracts/{thing}"),),
    "/v1/excuses/{id}": (Row(EXCUSE, "/v1/excuses/{thing}"),),
    "/v1/breaches/{id}": (Row(BREACH, "/v1/breaches/{thing}"),),
    "/v1/repeats": (Row(CONTRACT, "/v1/repeats?contract={thing}"),),
    "/v1/actions/{id}": (Row(ACTION, "/v1/actions/{thing}"),),
    "/v1/consumption": (Row(OFFER, "/v1/consumption?offer={thing}"),),
    "/v1/offers/{id}/clients": (Row(OFFER, "/v1/offers/{thing}/clients"),),
    "/v1/offers/{id}/forecast": (Row(OFFER, "/v1/offers/{thing}/forecast"),),
    "/v1/actions/{id}/effect": (Row(ACTION, "/v1/actions/{thing}/effect"),),
    "/v1/reviews/{id}": (Row(REVIEW, "/v1/reviews/{thing}"),),
    "/v1/reviews/{id}/agenda": (Row(REVIEW, "/v1/reviews/{thing}/agenda"),),
    "/v1/reviews/{id}/signing": (Row(REVIEW, "/v1/reviews/{thing}/signing"),),
    "/v1/reviews/{id}/pack": (Row(REVIEW, "/v1/reviews/{thing}/pack"),),
    "/v1/quarantine/{id}": (Row(QUARANTINED, "/v1/quarantine/{thing}"),),
    "/v1/unmatched/{position}": (Row(POSITION, "/v1/unmatched/{thing}"),),
    "/v1/offers/{id}/costs": (Row(OFFER, "/v1/offers/{thing}/costs"),),
    "/v1/offers/{id}/charges": (Row(OFFER, "/v1/offers/{thing}/charges?period=2026-10"),),
    "/v1/charters/{id}/cost": (Row(CHARTER, "/v1/charters/{thing}/cost"),),
    "/v1/costs/{id}": (Row(COST, "/v1/costs/{thing}"),),
    "/v1/match/{id}": (Row(MATCH, "/v1/match/{thing}"),),
    "/v1/explain": (
        Row(COMMITMENT, "/v1/explain?commitment={thing}&key=2026-11-03"),
        Row(POSITION, "/v1/explain?position={thing}"),
    ),
    "/personal/{position}": (Row(POSITION, "/personal/{thing}"),),
    "/personal/{position}/show": (Row(POSITION, "/personal/{thing}/show"),),
    "/v1/events/{position}/personal": (Row(POSITION, "/v1/events/{thing}/personal"),),
    "/v1/proof": (Row(POSITION, "/v1/proof?position={thing}"),),
}


class Change(NamedTuple):
    """A changing address of one thing, with a body that is well formed: `{thing}` in either is its id, `{contract}` its contract.
    `is_form`: a page sends it, with the token of its session."""

    of: str
    address: str
    body: Mapping[str, object] | None = None
    is_form: bool = False


def _forms(of: str, address: str, **verbs: Mapping[str, object]) -> tuple[Change, ...]:
    return tuple(Change(of, address.format(verb=verb.replace("_", "-")), body, True) for verb, body in verbs.items())


_SAID: Final[Mapping[str, object]] = {"text": "Some words."}
_NOTHING: Final[Mapping[str, object]] = {}
_TAKEN: Final[Mapping[str, object]] = {"what": "explanation", "at": "1"}
_BACK: Final[Mapping[str, object]] = {"what": "explanation", "at": "2026-11-03T10:00:00Z"}
_FILE: Final[Mapping[str, object]] = {"file": "entente: 1\ncontract: {thing}\n", "verb": "propose", "based_on": "1"}
_EXCUSE: Final[Mapping[str, object]] = {"reason": "client-fault", "text": "Some words."}
CHANGES: Final[Mapping[tuple[str, str], tuple[Change, ...]]] = {
    ("POST", "/contracts/{id}/edit"): _forms(
        CONTRACT, "/contracts/{{thing}}/edit", propose=_FILE, check={**_FILE, "verb": "check"},
        keep={**_FILE, "verb": "keep-draft"},
    ),
    ("POST", "/contracts/{id}/terminate"): _forms(CONTRACT, "/contracts/{{thing}}/terminate", terminate={"last": "2027-06-30"}),
    ("POST", "/contracts/{id}/edit/check"): _forms(CONTRACT, "/contracts/{{thing}}/edit/check", check=_FILE),
    ("POST", "/contracts/{id}/versions/{number}/{verb}"): _forms(
        CONTRACT, "/contracts/{{thing}}/versions/1/{verb}", sign={"party": "client"}, refuse=_SAID, withdraw=_NOTHING, comment=_SAID
    ),
    ("POST", "/excuses/ask"): (
        Change(CONTRACT, "/excuses/ask", {**_EXCUSE, "scope": "{thing}", "first": "2026-11-02", "last": "2026-11-03"}, True),
        Change(COMMITMENT, "/excuses/ask", {**_EXCUSE, "scope": "{thing}", "key": "2026-11-03"}, True),
    ),
    ("POST", "/excuses/{id}/{verb}"): _forms(EXCUSE, "/excuses/{{thing}}/{verb}", accept=_SAID, refuse=_SAID, dispute=_SAID),
    ("POST", "/breaches/{id:path}/{verb}"): _forms(
        BREACH, "/breaches/{{thing}}/{verb}", acknowledge=_NOTHING, explain=_SAID, take_back=_TAKEN,
        attribute={"cause": "van-down"},
    ),
    ("POST", "/actions/{id:path}/{verb}"): _forms(
        ACTION, "/actions/{{thing}}/{verb}", progress=_SAID, close=_SAID, comment=_SAID, name=_SAID, step={"step": "a"},
        unstep={**_SAID, "step": "a"}, spend={**_SAID, "amount": "1", "currency": "EUR"}, evidence={"title": "Minutes"},
        reschedule={**_SAID, "due": "2027-12-31"}, reassign=_SAID, reopen=_SAID, ground={"references": "review:x@2026-11-03"},
    ),
    ("POST", "/actions/{id}/plan"): _forms(ACTION, "/actions/{{thing}}/{verb}", plan={"verb": "look", "hours": "1"}),
    ("POST", "/new-action"): (Change(COMMITMENT, "/new-action", {**_SAID, "commitment": "{thing}"}, True),),
    ("POST", "/reminders/new"): (
        Change(COMMITMENT, "/reminders/new", {**_SAID, "commitment": "{thing}", "key": "2026-11-03"}, True),
    ),
    ("POST", "/reminders/{id}/{verb}"): _forms(REMINDER, "/reminders/{{thing}}/{verb}", answer=_SAID),
    ("POST", "/errands/{verb}"): (
        Change(COMMITMENT, "/errands/hand-on", {"thing": "breaches:{thing}", "person": "ines"}, True),
        Change(EXCUSE, "/errands/seen", {"thing": "refusal:{thing}"}, True),
    ),
    ("POST", "/reviews/{id}/{verb}"): _forms(
        REVIEW, "/reviews/{{thing}}/{verb}", minutes=_SAID, decide=_SAID, sign={"party": "client"}, take_back=_TAKEN,
        propose={**_SAID, "kind": "next", "a-date": "2027-12-31"}, withdraw={"decision": "1"}, rest={"outcome": "noted"},
        settle={"item": "1", "outcome": "noted"}, add={**_SAID, "takes": "5"}, attend=_NOTHING, submit=_NOTHING,
        refuse=_SAID, revise=_SAID, move={**_SAID, "date": "2027-12-31"}, cancel=_SAID,
        answer={"answer": "accepted", "sequence": "0"},
    ),
    ("POST", "/unmatched/{event}/{verb}"): (
        *_forms(POSITION, "/unmatched/{{thing}}/{verb}", set_aside=_SAID, take_back=_SAID),
        Change(COMMITMENT, "/unmatched/1/match", {"to": "{thing}", "key": "2026-11-03"}, True),
    ),
    ("POST", "/matches/{id}/{verb}"): _forms(MATCH, "/matches/{{thing}}/{verb}", take_back=_SAID, accept=_SAID, refuse=_SAID),
    ("POST", "/quarantine/{id}/{verb}"): _forms(
        QUARANTINED, "/quarantine/{{thing}}/{verb}", retry=_NOTHING, discard=_SAID, take_back=_NOTHING
    ),
    ("POST", "/personal/{position}/show"): (Change(POSITION, "/personal/{thing}/show", _NOTHING, True),),
    ("POST", "/v1/contracts/{id}/sign"): (Change(CONTRACT, "/v1/contracts/{thing}/sign", {"party": "client"}),),
    ("POST", "/v1/contracts/{id}/refuse"): (Change(CONTRACT, "/v1/contracts/{thing}/refuse", {"reason": "Some words."}),),
    ("POST", "/v1/contracts/{id}/withdraw"): (Change(CONTRACT, "/v1/contracts/{thing}/withdraw", _NOTHING),),
    ("POST", "/v1/contracts/{id}/comment"): (Change(CONTRACT, "/v1/contracts/{thing}/comment", _SAID),),
    ("POST", "/v1/contracts/{id}/terminate"): (Change(CONTRACT, "/v1/contracts/{thing}/terminate", {"until": "2027-12-31"}),),
    ("POST", "/v1/offers/{id}/withdraw"): (Change(OFFER, "/v1/offers/{thing}/withdraw", {"reason": "Some words."}),),
    ("POST", "/v1/charters/{id}/sign"): (Change(CHARTER, "/v1/charters/{thing}/sign", {"party": "client"}),),
    ("POST", "/v1/charters/{id}/refuse"): (Change(CHARTER, "/v1/charters/{thing}/refuse", {"reason": "Some words."}),),
    ("POST", "/v1/charters/{id}/withdraw"): (Change(CHARTER, "/v1/charters/{thing}/withdraw", _NOTHING),),
    ("POST", "/v1/charters/{id}/terminate"): (Change(CHARTER, "/v1/charters/{thing}/terminate", {"until": "2027-12-31"}),),
    ("POST", "/v1/excuses"): (
        Change(COMMITMENT, "/v1/excuses", {**_EXCUSE, "commitment": "{thing}", "keys": ["2026-11-03"]}),
        Change(CONTRACT, "/v1/excuses",
               {**_EXCUSE, "commitment": "{thing}", "from": "2026-11-02T00:00:00Z", "until": "2026-11-03T00:00:00Z"}),
    ),
    ("POST", "/v1/excuses/{id}/accept"): (Change(EXCUSE, "/v1/excuses/{thing}/accept", _SAID),),
    ("POST", "/v1/excuses/{id}/refuse"): (Change(EXCUSE, "/v1/excuses/{thing}/refuse", _SAID),),
    ("POST", "/v1/excuses/{id}/dispute"): (Change(EXCUSE, "/v1/excuses/{thing}/dispute", _SAID),),
    ("POST", "/v1/breaches/{id}/acknowledge"): (Change(BREACH, "/v1/breaches/{thing}/acknowledge", _NOTHING),),
    ("POST", "/v1/breaches/{id}/explain"): (Change(BREACH, "/v1/breaches/{thing}/explain", _SAID),),
    ("POST", "/v1/breaches/{id}/attribute"): (
        Change(BREACH, "/v1/breaches/{thing}/attribute", {"root_cause": "van-down"}),
    ),
    ("POST", "/v1/breaches/{id}/take-back"): (Change(BREACH, "/v1/breaches/{thing}/take-back", _BACK),),
    ("POST", "/v1/actions"): (Change(COMMITMENT, "/v1/actions", {**_SAID, "commitment": "{thing}"}),),
    ("POST", "/v1/actions/{id}/progress"): (Change(ACTION, "/v1/actions/{thing}/progress", _SAID),),
    ("POST", "/v1/actions/{id}/comment"): (Change(ACTION, "/v1/actions/{thing}/comment", _SAID),),
    ("POST", "/v1/actions/{id}/name"): (Change(ACTION, "/v1/actions/{thing}/name", {"title": "Some words."}),),
    ("POST", "/v1/actions/{id}/close"): (Change(ACTION, "/v1/actions/{thing}/close", _SAID),),
    ("POST", "/v1/actions/{id}/plan"): (Change(ACTION, "/v1/actions/{thing}/plan", {"steps": [{"id": "a", "text": "x"}]}),),
    ("POST", "/v1/actions/{id}/steps/{step}"): (Change(ACTION, "/v1/actions/{thing}/steps/a", _NOTHING),),
    ("POST", "/v1/actions/{id}/spend"): (
        Change(ACTION, "/v1/actions/{thing}/spend", {**_SAID, "amount": "1", "currency": "EUR"}),
    ),
    ("POST", "/v1/actions/{id}/evidence"): (Change(ACTION, "/v1/actions/{thing}/evidence", {"title": "Minutes"}),),
    ("POST", "/v1/actions/{id}/reschedule"): (
        Change(ACTION, "/v1/actions/{thing}/reschedule", {"due": "2027-12-31", "reason": "x"}),
    ),
    ("POST", "/v1/actions/{id}/reopen"): (Change(ACTION, "/v1/actions/{thing}/reopen", {"reason": "x"}),),
    ("POST", "/v1/actions/{id}/reassign"): (Change(ACTION, "/v1/actions/{thing}/reassign", {"reason": "x"}),),
    ("POST", "/v1/actions/{id}/grounds"): (
        Change(ACTION, "/v1/actions/{thing}/grounds", {"references": ["review:x@2026-11-03"]}),
    ),
    ("POST", "/v1/reminders"): (Change(COMMITMENT, "/v1/reminders", {**_SAID, "commitment": "{thing}", "key": "2026-11-03"}),),
    ("POST", "/v1/reminders/{id}/answer"): (Change(REMINDER, "/v1/reminders/{thing}/answer", _SAID),),
    ("POST", "/v1/errands/hand-on"): (
        *(
            Change(of, "/v1/errands/hand-on", {"thing": f"{sort}:{{thing}}", "person": "ines"})
            for of, sort in ((COMMITMENT, "breaches"), (ACTION, "action"), (REMINDER, "reminder"), (EXCUSE, "excuse"))
        ),
    ),
    ("POST", "/v1/errands/seen"): (Change(EXCUSE, "/v1/errands/seen", {"thing": "refusal:{thing}"}),),
    ("POST", "/v1/reviews/{id}/minutes"): (Change(REVIEW, "/v1/reviews/{thing}/minutes", _SAID),),
    ("POST", "/v1/reviews/{id}/decisions"): (Change(REVIEW, "/v1/reviews/{thing}/decisions", _SAID),),
    ("POST", "/v1/reviews/{id}/decisions/{decision}/withdraw"): (
        Change(REVIEW, "/v1/reviews/{thing}/decisions/1/withdraw", _NOTHING),
    ),
    ("POST", "/v1/reviews/{id}/attend"): (Change(REVIEW, "/v1/reviews/{thing}/attend", {"present": []}),),
    ("POST", "/v1/reviews/{id}/items"): (Change(REVIEW, "/v1/reviews/{thing}/items", _SAID),),
    ("POST", "/v1/reviews/{id}/items/{item:path}/settle"): (
        Change(REVIEW, "/v1/reviews/{thing}/items/rest/settle", {"outcome": "noted"}),
    ),
    ("POST", "/v1/reviews/{id}/move"): (
        Change(REVIEW, "/v1/reviews/{thing}/move", {"starts": "2027-12-31T10:00:00Z", "reason": "Some words."}),
    ),
    ("POST", "/v1/reviews/{id}/cancel"): (Change(REVIEW, "/v1/reviews/{thing}/cancel", {"reason": "Some words."}),),
    ("POST", "/v1/reviews/{id}/answer"): (
        Change(REVIEW, "/v1/reviews/{thing}/answer", {"answer": "accepted", "person": "kitchen/anne"}),
    ),
    ("POST", "/v1/reviews/{id}/submit"): (Change(REVIEW, "/v1/reviews/{thing}/submit", _NOTHING),),
    ("POST", "/v1/reviews/{id}/refuse"): (Change(REVIEW, "/v1/reviews/{thing}/refuse", {"reasons": ["Some words."]}),),
    ("POST", "/v1/reviews/{id}/sign"): (Change(REVIEW, "/v1/reviews/{thing}/sign", {"party": "client"}),),
    ("POST", "/v1/reviews/{id}/take-back"): (Change(REVIEW, "/v1/reviews/{thing}/take-back", {**_BACK, "what": "minutes"}),),
    ("POST", "/v1/quarantine/{id}/retry"): (Change(QUARANTINED, "/v1/quarantine/{thing}/retry", _NOTHING),),
    ("POST", "/v1/quarantine/{id}/discard"): (Change(QUARANTINED, "/v1/quarantine/{thing}/discard", {"reason": "Some words."}),),
    ("POST", "/v1/quarantine/{id}/take-back"): (Change(QUARANTINED, "/v1/quarantine/{thing}/take-back", _NOTHING),),
    ("POST", "/v1/unmatched/{position}/set-aside"): (Change(POSITION, "/v1/unmatched/{thing}/set-aside", _SAID),),
    ("POST", "/v1/unmatched/{position}/take-back"): (Change(POSITION, "/v1/unmatched/{thing}/take-back", _SAID),),
    ("POST", "/v1/match"): (
        Change(COMMITMENT, "/v1/match", {"position": 1, "commitment": "{thing}", "key": "2026-11-03"}),
        Change(POSITION, "/v1/match", {"position": "{thing}", "commitment": "none/none/none", "key": "2026-11-03"}),
    ),
    ("POST", "/v1/match/{id}/take-back"): (Change(MATCH, "/v1/match/{thing}/take-back", _SAID),),
    ("POST", "/v1/match/{id}/accept"): (Change(MATCH, "/v1/match/{thing}/accept", _SAID),),
    ("POST", "/v1/match/{id}/refuse"): (Change(MATCH, "/v1/match/{thing}/refuse", _SAID),),
    ("POST", "/v1/costs"): (
        Change(OFFER, "/v1/costs", {"offer": "{thing}", "pool": "staff", "month": "2026-02", "amount": "1.00"}),
    ),
    ("POST", "/v1/costs/{id}/correct"): (Change(COST, "/v1/costs/{thing}/correct", {**_SAID, "amount": "1.00"}),),
    ("POST", "/v1/advance"): (Change(CONTRACT, "/v1/advance", {"to": "2027-01-01T00:00:00Z", "contract": "{thing}"}),),
}  # fmt: skip
"""What changes one thing."""
TOGETHER: Final[Mapping[tuple[str, str], tuple[Change, ...]]] = {
    ("POST", "/breaches"): (
        Change(BREACH, "/breaches", {"verb": "acknowledge", "row": "{thing}"}, True),
        Change(BREACH, "/breaches", {"verb": "explain", "row": "{thing}", **_SAID}, True),
        Change(BREACH, "/breaches", {"verb": "attribute", "row": "{thing}", "cause": "van-down"}, True),
    ),
    ("POST", "/reviews/{id}/together"): (
        Change(REVIEW, "/reviews/{thing}/together", {"row": "{thing}", "service": "it", "confirmed": "yes"}, True),
    ),
    ("POST", "/quarantine"): (
        Change(QUARANTINED, "/quarantine", {"verb": "retry", "row": "{thing}"}, True),
        Change(QUARANTINED, "/quarantine", {"verb": "discard", "row": "{thing}", **_SAID}, True),
    ),
    ("POST", "/unmatched"): (
        Change(POSITION, "/unmatched", {"verb": "set-aside", "row": "{thing}", **_SAID}, True),
        Change(COMMITMENT, "/unmatched", {"verb": "match", "row": "1 {thing} 2026-11-03"}, True),
    ),
}
"""What does the same to several things, and says of each on the next page why it was not done."""
OF_ONESELF: Final = frozenset(
    {
        ("POST", one)
        for one in (
            "/sign-in", "/sign-in/again", "/sign-in/code", "/sign-in/factor", "/welcome/{secret}", "/sign-out", "/account/password",
            "/sign-out/back-channel", "/account/sessions", "/account/factor", "/as", "/views", "/wall",
            "/notices/preferences", "/notices/test",
            "/notices/stop/{token}", "/answer/{token}", "/notices/{id}/again",
        )
    }
)  # fmt: skip
"""What changes how one is in and what one is told, and nothing of anybody else (what others were told: tests/notices)."""
MAKING: Final = frozenset(
    {
        ("POST", "/v1/events"), ("POST", "/new-contract"), ("POST", "/new-contract/check"), ("POST", "/new-person"),
        ("POST", "/people/{person}/edit"), ("POST", "/new-calendar"), ("POST", "/calendars/{id}/edit"), ("POST", "/new-service"),
        ("POST", "/services/{id}/edit"), ("POST", "/new-source"), ("POST", "/sources/edit"),
        ("POST", "/people/{person}/{verb}"), ("PUT", "/v1/contracts/{id}"), ("PUT", "/v1/calendars/{id}"), ("PUT", "/v1/services/{id}"),
        ("PUT", "/v1/access/{id}"), ("PUT", "/v1/causes/{id}"), ("PUT", "/v1/actions/{name}"),
        ("PUT", "/v1/offers/{id}"), ("PUT", "/v1/charters/{id}"),
        ("POST", "/new-causes"), ("POST", "/causes/{id}/edit"),
        ("POST", "/v1/outages/{id}/withdraw"),
        ("POST", "/calendar-feeds"), ("POST", "/calendar-feeds/{key}/revoke"),
        ("POST", "/access-keys"), ("POST", "/access-keys/{key}/revoke"), ("POST", "/connect"), ("POST", "/drafts/{id}/throw-away"),
    }
)  # fmt: skip
"""What makes something of its own, or is of the whole organisation: tried in a test each (test_changes.py)."""
NARROWED: Final = tuple(
    Row(of, f"{address}?{of}={{thing}}")
    for of, addresses in (
        (CONTRACT, ("/v1/figures", "/v1/breaches", "/v1/actions", "/v1/excuses", "/v1/reviews", "/v1/occurrences")),
        (COMMITMENT, ("/v1/figures", "/v1/occurrences")),
        (OFFER, ("/v1/charters",)),
    )
    for address in addresses
)
"""Lists that are narrowed to a thing of somebody else."""


def reads(app: FastAPI) -> Iterator[str]:
    """The path of every route that answers GET."""
    return (route.path for route in _routes(app.routes) if "GET" in (route.methods or ()))


def writes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of every route that changes something."""
    for route in _routes(app.routes):
        yield from (
            (method, route.path)
            for method in sorted(route.methods or ())
            if method in ("POST", "PUT", "DELETE", "PATCH")
        )


def _routes(routes: list[BaseRoute]) -> Iterator[Route]:
    for route in routes:
        if isinstance(route, Route):
            yield route
        elif (inner := getattr(route, "original_router", None)) is not None:
            yield from _routes(inner.routes)
