"""What is said to whoever is not let in: the same, whatever is wrong (trust §3)."""

from __future__ import annotations

from domain.saying import said
from services.errors import NotFound, NotSignedIn


def refused(why: str | None = None) -> NotSignedIn:
    return NotSignedIn(
        why or said("that is not a name and a password that belong together"),
        mend=said("try again"),
        slug="sign-in-refused",
    )


def wrong_code() -> NotSignedIn:
    return refused(said("that is not the code of now, or it was used already"))


def too_late() -> NotSignedIn:
    return NotSignedIn(said("that took too long, or it was done already"), mend=said("sign in again"))


def dead_link(mend: str | None = None) -> NotFound:
    return NotFound(said("this link does not work, or no longer"), mend=mend)
