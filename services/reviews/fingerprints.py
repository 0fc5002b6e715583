"""The fingerprints of a review: that of its pack, and that of what its parties sign.

Each is the SHA-256, in lower-case hex, of a canonical JSON text (RFC 8785: keys sorted, no spaces, UTF-8). That of a pack is over
all that the position pins, so it is the same for every reader, in every form and language, whatever is said and signed
afterwards; what is signed names that fingerprint beside minutes and decisions. Programs before wrote packs of another form
(`"entente": 1`), whose fingerprint was over everything, and its first 32 digits alone: they can still be checked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, Literal, cast

import msgspec

from services.contract_files.difference import Difference, sentences
from services.reviews.pack_part_shapes import PackAmendment, PackDecision, PackFigure
from services.reviews.pack_shapes import Agreed, FormerPack, Pack, PackMeeting, PackOfFile, PackSigned, Signing

FORM: Final[Literal[2]] = 2
"""The form of packs. Whatever changes what the same position gives needs another number, and `of_form_1` for the one before."""
RECORDED: Final = ("minutes", "decisions", "signatures", "checkpoint")
"""The parts of a pack that come after its position: what the meeting itself adds, and what shows that nothing was altered since."""
NOTHING_ELSE: Final[PackMeeting] = {"revision": 1, "attendance": [], "items": [], "refusals": []}
"""What was signed when there were neither submissions nor an agenda."""
SHORTEST: Final = 16
"""Digits that a printed page shows at least, and that tell two packs apart."""
_FORMER_LENGTH: Final = 32

_encode = msgspec.json.Encoder(order="deterministic", decimal_format="number").encode


def canonical(content: object) -> bytes:
    """The canonical JSON text (RFC 8785); a number is written in one way, whatever zeros it was computed with."""
    return _encode(_plain(content))


def pack_fingerprint(pack: PackOfFile) -> str:
    """Gives the fingerprint of all that the pack's position pins."""
    if pack["entente"] == 1:
        return _former(pack)
    pinned = {name: value for name, value in pack.items() if name not in (*RECORDED, "fingerprint")}
    return _of({**pinned, "review": {name: value for name, value in pack["review"].items() if name != "state"}})


def signing(pack: PackOfFile, meeting: PackMeeting | None = None) -> Agreed:
    """Gives what a signature agrees to: the pack, by its position and fingerprint, and what the meeting has added: as it is given, else
    as the signatures in the pack have it."""
    meeting = meeting or _agreed(pack) or NOTHING_ELSE
    return {
        "review": pack["review"]["id"],
        "revision": meeting["revision"],
        "pack": {"position": pack["position"], "fingerprint": pack["fingerprint"]},
        "attendance": list(meeting["attendance"]),
        "items": list(meeting["items"]),
        "minutes": [*pack["minutes"]],
        "decisions": [*pack["decisions"]],
        "refusals": list(meeting["refusals"]),
    }


def signing_fingerprint(pack: PackOfFile, meeting: PackMeeting | None = None) -> str:
    return _of(signing(pack, meeting))


def _agreed(pack: PackOfFile) -> PackMeeting | None:
    found: PackMeeting | None = next((one["agreed"] for one in pack["signatures"] if "agreed" in one), None)  # type: ignore[typeddict-item]
    return found


def can_be_signed(pack: Pack) -> bool:
    """Says whether the parties have met, or were to: what is planned, or lies before the contract was in use, waits for
    nobody."""
    return pack["review"]["state"] not in ("planned", "cancelled", "past") or bool(pack["signatures"])


def signing_json(pack: Pack, meeting: PackMeeting | None = None) -> Signing:
    """`signing` and its `fingerprint`; null for a review that was not called, as there is nothing to sign."""
    if not can_be_signed(pack):
        return {"signing": None, "fingerprint": None}
    return {"signing": signing(pack, meeting), "fingerprint": signing_fingerprint(pack, meeting)}


def former_fingerprints(pack: PackOfFile, organisation: str) -> Iterator[str]:
    """Gives the fingerprints that programs before printed on this pack while nobody, one party, or both had signed."""
    for signed in range(len(pack["signatures"]) + 1):
        yield _former(of_form_1(pack, organisation, pack["signatures"][:signed]))


def of_form_1(pack: PackOfFile, organisation: str, signatures: Sequence[PackSigned]) -> FormerPack:
    """The pack as programs wrote it that put the organisation's name into it, and the sentences of an amendment."""
    state = "held" if pack["review"]["state"] != "planned" and len(signatures) < 2 else pack["review"]["state"]
    former = {
        **{name: value for name, value in pack.items() if name != "fingerprint"},
        **({} if pack["entente"] == 1 else _contents_of_form_1(pack)),
        "entente": 1,
        "organisation": organisation,
        "review": {**pack["review"], "state": state},
        "minutes": [one for one in pack["minutes"] if "kind" not in one],
        "signatures": [
            {"party": one["party"], "service": one["service"], "by": one["by"], "at": one["at"]} for one in signatures
        ],
    }
    return cast(FormerPack, former)


def _contents_of_form_1(pack: Pack) -> Mapping[str, object]:
    return {
        "facts": {name: value for name, value in pack["facts"].items() if name != "unknown"},
        "sides": [{**one, "figures": [_without_unknown(figure) for figure in one["figures"]]} for one in pack["sides"]],
        "to_decide": [_with_sentences(one) for one in pack["to_decide"]],
    }


def changes_of(item: PackAmendment) -> list[Difference]:
    """Gives the differences that an amendment that waits makes, clause by clause."""
    return [Difference(tuple(one["clause"]), one["before"], one["after"]) for one in item["differences"]]


def _without_unknown(figure: PackFigure) -> Mapping[str, object]:
    return {name: value for name, value in figure.items() if name != "unknown"}


def _with_sentences(item: PackDecision) -> Mapping[str, object]:
    if item["code"] != "amendment":
        return item
    found = changes_of(item)
    return {**item, "differences": {language: sentences(found, language) for language in ("en", "fr")}}


def _former(pack: FormerPack) -> str:
    content = {name: value for name, value in pack.items() if name != "fingerprint"}
    return hashlib.sha256(_encode(content)).hexdigest()[:_FORMER_LENGTH]


def _of(content: object) -> str:
    return hashlib.sha256(canonical(content)).hexdigest()


def _plain(content: object) -> object:
    match content:
        case Mapping():
            return {name: _plain(value) for name, value in content.items()}
        case list() | tuple():
            return [_plain(one) for one in content]
        case Decimal():
            return int(content) if content == content.to_integral_value() else content.normalize()
        case _:
            return content
