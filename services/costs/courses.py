"""The courses of charters: which of their versions, and of their offer's, hold when; as they are, and as they were at a moment."""

from __future__ import annotations

from datetime import date

from domain.offers.charging import AsKnown
from domain.offers.course import Agreed, Course
from domain.offers.pricing import Units
from domain.offers.terms import OfferTerms
from domain.times import Instant, local_date, zone
from services.charters.rows import CharterRow, CharterVersionRow
from services.offers.rows import OfferRow


def course_of(row: CharterRow, offer: OfferRow, at: Instant | None = None) -> Course | None:
    """The course of what both have signed; `at`: as it was at that moment. None where nothing was agreed."""
    versions = [one for one in row.agreed if at is None or signed_at(one) <= at]
    if not versions or row.begins is None:
        return None
    agreed = tuple(_agreed(one, offer, at) for one in versions)
    return Course(row.id, row.client, row.begins, agreed, row.until)


def proposed_course(row: CharterRow, offer: OfferRow) -> Course:
    """As it would be: what is agreed, and the wording that waits; of a charter that nobody has signed, its last wording."""
    waits = (row.pending,) if row.pending is not None else () if row.agreed else (row.shown,)
    versions = sorted((*row.agreed, *waits), key=lambda one: one.effective)
    begins = row.begins or versions[0].effective
    return Course(row.id, row.client, begins, tuple(_agreed(one, offer, None) for one in versions), row.until)


def as_known(row: CharterRow, offer: OfferRow, units: Units, at: Instant | None = None) -> AsKnown | None:
    """A charter and its use, as they are or were known; None where nothing was agreed."""
    course = course_of(row, offer, at)
    if course is None:
        return None
    first = min(row.agreed, key=lambda one: one.version).reached
    signed = course.begins if first is None else local_date(first, zone(offer.terms.timezone))
    return AsKnown(course, signed, units)


def signed_at(version: CharterVersionRow) -> Instant:
    """When the second signature made it a version."""
    return max(one.at for one in version.signatures)


def _agreed(version: CharterVersionRow, offer: OfferRow, at: Instant | None) -> Agreed:
    """A charter that follows its offer is priced by every newer version of it that has its level."""
    offers: list[tuple[date, OfferTerms]] = [(date.min, version.offer)]
    if version.terms.follow:
        newer = (one for one in offer.versions if one.number > version.offer_version and (at is None or one.at <= at))
        levels = ((one.terms, {level.id for level in one.terms.levels}) for one in newer)
        offers += [(terms.effective or date.min, terms) for terms, some in levels if version.terms.level in some]
    return Agreed(version.effective, version.terms, tuple(_in_order(offers)))


def _in_order(offers: list[tuple[date, OfferTerms]]) -> list[tuple[date, OfferTerms]]:
    """By the day from which each holds, without those that a newer one of an earlier day takes the place of."""
    found: list[tuple[date, OfferTerms]] = []
    for since, terms in offers:
        found = [one for one in found if one[0] < since]
        found.append((since, terms))
    return found
