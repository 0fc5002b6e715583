"""The time that is looked at where nobody says which: from review to review (MEETING §3)."""

from __future__ import annotations

from datetime import date

from domain.saying import said, said_by
from domain.times import Instant, NotATime, TimeWithoutOffset, day_start, instant, zone
from services.contracts.kept import Kept
from services.deciding import within_bounds
from services.errors import Invalid
from services.history.databases import first_value
from services.judging.catalogue import InForce
from services.seeing.seen import Seen


def window(seen: Seen, contract: InForce) -> tuple[Instant, Instant | None]:
    """[from, until): from the start of the last review that was held or skipped to that of the next one; None where none comes."""
    watermark = seen.known.of(contract.id).watermark
    beginning = _beginning(contract)
    after = watermark if watermark is not None else beginning - 1
    following = seen.kept(Kept).next_meeting(contract, after)
    return since_review(seen, contract, after + 1), following.starts if following is not None else None


def since_review(seen: Seen, contract: InForce, before: Instant) -> Instant:
    """The start of the last review that was held or skipped before that instant; of the contract's validity, where none was."""
    sql = "SELECT MAX(starts) FROM view_review WHERE contract = ? AND starts < ?"
    last: Instant | None = first_value(seen.reads.query(sql, [contract.id, before]))
    return last if last is not None else _beginning(contract)


def _beginning(contract: InForce) -> Instant:
    terms = contract.versions[0].terms
    return day_start(terms.valid_from, zone(terms.timezone))


def bound(contract: InForce, text: str | None, name: str) -> Instant | None:
    """An end of the time that is looked at, as somebody says it: an instant with its offset, or a local day, which means its
    beginning. None where nothing is said. Raises Invalid."""
    text = (text or "").strip()
    if not text:
        return None
    try:
        if len(text) == len("2026-03-10"):
            return day_start(within_bounds(date.fromisoformat(text)), zone(contract.versions[0].terms.timezone))
        return instant(text)
    except TimeWithoutOffset as error:
        raise Invalid(said("{name}: {error}", name=name, error=said_by(error)), slug="time-without-offset") from error
    except (NotATime, ValueError):
        what = said("{name}: “{text}” is no day and no time", name=name, text=text)
        raise Invalid(what, mend=said("2026-03-10, or 2026-03-10T12:00:00+01:00"), slug="invalid") from None
