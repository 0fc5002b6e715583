"""Addresses of mail: what may stand in a header (RFC 5321 §4.5.3.1, RFC 5322 §3.4.1)."""

from __future__ import annotations

import re
from typing import Final

from domain.saying import said
from services.errors import Invalid

LONGEST: Final = 254
LONGEST_LOCAL: Final = 64
"""Characters before the @."""
_ATOMS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_HOST: Final = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)


def mailable(address: str) -> str:
    """The address, which is one and nothing else: no line ends, no second one, no comment. Raises Invalid, which does not say it."""
    local, mark, host = address.rpartition("@")
    is_short = len(address) <= LONGEST and len(local) <= LONGEST_LOCAL
    if not (mark and is_short and _ATOMS.fullmatch(local) and _HOST.fullmatch(host)):
        raise Invalid(
            said("no mail can be sent to this address"), mend=said("name@example.org"), slug="address-not-mailable"
        )
    return address


def host_of(address: str) -> str:
    return address.rpartition("@")[2]
