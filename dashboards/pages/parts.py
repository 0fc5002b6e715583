"""The parts that have pages, in the order in which readers meet them: in the menu, on *Today*, in what is found."""

from __future__ import annotations

from typing import Final

from dashboards.pages.arrivals.part import ARRIVALS
from dashboards.pages.auditing.part import AUDITING
from dashboards.pages.breaches.part import BREACHES
from dashboards.pages.causes.part import CAUSES
from dashboards.pages.charters.part import CHARTERS
from dashboards.pages.contracts.part import CONTRACTS
from dashboards.pages.costs.part import COSTS
from dashboards.pages.errands.part import ERRANDS
from dashboards.pages.excuses.part import EXCUSES
from dashboards.pages.explaining.part import EXPLAINING
from dashboards.pages.figures.part import FIGURES
from dashboards.pages.matches.part import MATCHES
from dashboards.pages.notices.part import NOTICES
from dashboards.pages.offers.part import OFFERS
from dashboards.pages.part import PagePart
from dashboards.pages.protection.part import PROTECTION
from dashboards.pages.reminders.part import REMINDERS
from dashboards.pages.reviews.part import REVIEWS
from dashboards.pages.services.part import SERVICES
from dashboards.pages.sign_in.part import SIGN_IN
from dashboards.pages.use.part import USE

PARTS: Final[tuple[PagePart, ...]] = (
    FIGURES,
    CONTRACTS,
    OFFERS,
    CHARTERS,
    USE,
    SERVICES,
    REMINDERS,
    EXCUSES,
    BREACHES,
    CAUSES,
    REVIEWS,
    COSTS,
    ARRIVALS,
    MATCHES,
    EXPLAINING,
    AUDITING,
    ERRANDS,
    PROTECTION,
    NOTICES,
    SIGN_IN,
)
