"""Second factors: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost."""

from __future__ import annotations

import secrets
from typing import Final

import pyotp
import segno

from domain.times import Instant

STEP: Final = 30
"""Seconds that a code is shown."""
DRIFT: Final = 1
"""Steps that the clock of a phone may be off, either way."""
RECOVERY: Final = 10
"""Recovery codes that are handed out at once."""
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that are taken for one another."""


def new_seed() -> str:
    """The secret that an authenticator app keeps: 160 random bits in base32."""
    return pyotp.random_base32()


def step_of(seed: str, code: str, now: Instant, after: int) -> int | None:
    """The step whose code it is, among those around now (microseconds) that are later than `after`, the last that was used:
    each code works once. None for any other code."""
    digits = code.replace(" ", "")
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    here, totp = now // 1_000_000 // STEP, pyotp.TOTP(seed)
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        is_it = pyotp.utils.strings_equal(totp.generate_otp(step), digits)
        if is_it and step > after:
            found = step
    return found


def address_of(seed: str, person: str, organisation: str) -> str:
    """What an authenticator app reads: `otpauth://…`."""
    return pyotp.TOTP(seed).provisioning_uri(name=person, issuer_name=organisation)


def picture_of(address: str) -> str:
    """The QR code of that address as SVG."""
    return str(segno.make(address, error="m").svg_inline(scale=4, border=4, light="#fff"))


def new_recovery_codes() -> list[str]:
    """Each 16 letters in groups of four, 79 random bits."""
    codes = ("".join(secrets.choice(_LETTERS) for _ in range(16)) for _ in range(RECOVERY))
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def as_typed(code: str) -> str:
    """A recovery code without what people add or leave out: capitals, blanks, hyphens."""
    return "".join(letter for letter in code.casefold() if letter.isalnum())
