"""Checks that a fingerprint, or a file, is that of a review's pack: what `entente reviews check` answers."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from decimal import Decimal

from domain.saying import said
from services.errors import Invalid
from services.json_once import read_once
from services.reviews.fingerprints import (
    SHORTEST,
    canonical,
    former_fingerprints,
    pack_fingerprint,
    signing_fingerprint,
)
from services.reviews.pack_shapes import Pack, PackMeeting, PackOfFile


@dataclass(frozen=True, slots=True)
class Checked:
    """`of`: what the fingerprint is of (`pack`, `signed`, `former`: the pack as programs before printed it), None where it is of
    neither. `differs`: what a file that was signed says otherwise. `pack` and `signed` are those of the content."""

    review: str
    position: int
    given: str
    of: str | None
    pack: str
    signed: str
    differs: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return self.of is not None and not self.differs


def check(pack: PackOfFile, given: str, organisation: str, meeting: PackMeeting | None = None) -> Checked:
    """A fingerprint as people copy it from paper: blanks and capitals play no part, and the first digits are enough. It is of
    nothing in a pack whose content is not that of the fingerprint which it names itself; and what was signed has to be what
    stands in it. Raises Invalid for what is none."""
    digits = _digits(given)
    whole, signed = pack_fingerprint(pack), signing_fingerprint(pack, meeting)
    known = [("pack", whole), ("signed", signed)] if whole == pack["fingerprint"] else []
    known += [("former", one) for one in former_fingerprints(pack, organisation)]
    of = next((name for name, one in known if one.startswith(digits)), None)
    return Checked(pack["review"]["id"], pack["position"], digits, of, whole, signed, _not_signed(pack))


def check_file(kept: PackOfFile, made: Pack | None = None) -> Checked:
    """The content of a file against the fingerprints that stand in it and, where one was made anew, against that pack. What a
    file that nobody had signed lacks of minutes and decisions came later, and is no difference."""
    own, signed = pack_fingerprint(kept), "" if kept["entente"] == 1 else signing_fingerprint(kept)
    differs = [*_not_signed(kept)]
    if made is not None and kept["signatures"] and kept["entente"] == made["entente"]:
        said = {"minutes": (kept["minutes"], made["minutes"]), "decisions": (kept["decisions"], made["decisions"])}
        differs += [name for name, (before, now) in said.items() if canonical(before) != canonical(now)]
    is_own = own == kept["fingerprint"] and (made is None or _is_of(kept, made))
    of = ("former" if kept["entente"] == 1 else "pack") if is_own else None
    return Checked(kept["review"]["id"], kept["position"], kept["fingerprint"], of, own, signed, tuple(differs))


def _not_signed(pack: PackOfFile) -> tuple[str, ...]:
    """`signatures` where one of them stands under something else than what stands in the pack."""
    signed = "" if pack["entente"] == 1 else signing_fingerprint(pack)
    return () if all(one.get("fingerprint", "") == signed for one in pack["signatures"]) else ("signatures",)


def _is_of(kept: PackOfFile, made: Pack) -> bool:
    if kept["entente"] == 1:
        return kept["fingerprint"] in former_fingerprints(made, kept["organisation"])
    return kept["fingerprint"] == made["fingerprint"]


def pack_of_file(content: bytes, place: str) -> PackOfFile:
    """A pack as JSON, its numbers as they are written. It is taken for what its form says: its fingerprints
    are computed here once, so that what they are made of is there, and nothing more of it is proved. Raises Invalid."""
    try:
        found: PackOfFile = read_once(content, Decimal)
        if not isinstance(found["fingerprint"], str) or not isinstance(found["review"]["id"], str):
            raise TypeError
        check_file(found)
        signing_fingerprint(found)
        deque(former_fingerprints(found, ""), maxlen=0)
    except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        mend = said("a file that `entente reviews pack --out FILE.json` wrote")
        raise Invalid(said("it is not the JSON of a pack"), place=place, mend=mend) from error
    return found


def _digits(given: str) -> str:
    digits = "".join(given.split()).lower()
    if not re.fullmatch(rf"[0-9a-f]{{{SHORTEST},64}}", digits):
        mend = said("{least} to 64 digits of 0-9 and a-f, as a pack prints them", least=SHORTEST)
        raise Invalid(said("“{given}” is no fingerprint", given=given), mend=mend)
    return digits
