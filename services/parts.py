"""The parts, in their order: each may build on those before it, and knows none behind it."""

from __future__ import annotations

from typing import Final

from services.access_keys.keeping import PLACES as OF_KEYS
from services.access_keys.keeping import TABLES as ACCESS_KEYS
from services.access_log import TABLE as ACCESS_LOG
from services.actions.acting import Acting
from services.arrivals.reports import REPORTS as ARRIVALS
from services.breaches.following_up import FollowingUp
from services.breaches.reports import REPORTS as BREACHES
from services.causes.attributing import Attributing
from services.causes.reports import REPORTS as CAUSES
from services.charters.chartering import Chartering
from services.complaints.complaining import Complaining
from services.contracts.contracting import Contracting
from services.contracts.drafts import PLACES as OF_DRAFTS
from services.contracts.drafts import TABLE as DRAFTS
from services.contracts.drafts import Drafts
from services.contracts.reports import REPORTS as CONTRACTS
from services.costs.costing import Costing
from services.directory.kept_views import PLACES as OF_KEPT_VIEWS
from services.directory.kept_views import TABLE as KEPT_VIEWS
from services.directory.kept_views import KeptViews
from services.directory.names import PLACES as IN_THE_DIRECTORY
from services.directory.names import TABLES as PEOPLE
from services.directory.reports import REPORTS as DIRECTORY
from services.errands.handing_on import HandingOn
from services.excuses.excusing import Excusing
from services.excuses.reports import REPORTS as EXCUSES
from services.figures.reports import REPORTS as FIGURES
from services.matches.matching import Matching
from services.matches.reports import REPORTS as MATCHES
from services.matches.setting_aside import SettingAside
from services.notices.noticing import Noticing
from services.notices.tables import PLACES as OF_NOTICES
from services.notices.tables import TABLES as NOTICES
from services.offers.offering import Offering
from services.part import Part
from services.reminders.reminding import Reminding
from services.reviews.reports import REPORTS as REVIEWS
from services.reviews.reviewing import Reviewing
from services.sign_in.leaving import PLACES as OF_SIGNING_IN
from services.sign_in.of_heads import TABLES as OF_HEADS
from services.sign_in.oidc_tables import TABLES as OIDC
from services.sign_in.tables import TABLES as SIGN_IN
from services.use.reports import REPORTS as USE

PARTS: Final = (
    Part("roles"),
    Part("directory", (KeptViews,), DIRECTORY, (*PEOPLE, KEPT_VIEWS), (*IN_THE_DIRECTORY, *OF_KEPT_VIEWS)),
    Part("sign_in", kept=(ACCESS_LOG, *SIGN_IN, *OIDC, *OF_HEADS), places=OF_SIGNING_IN),
    Part("access_keys", kept=ACCESS_KEYS, places=OF_KEYS),
    Part("figures", reports=FIGURES),
    Part("contracts", (Contracting, Drafts), CONTRACTS, (DRAFTS,), OF_DRAFTS),
    Part("breaches", (FollowingUp,), BREACHES),
    Part("causes", (Attributing,), CAUSES),
    Part("excuses", (Excusing,), EXCUSES),
    Part("arrivals", reports=ARRIVALS),
    Part("matches", (Matching, SettingAside), MATCHES),
    Part("explaining"),
    Part("auditing"),
    Part("trying"),
    Part("actions", (Acting,), files=(("action", Acting),)),
    Part("offers", (Offering,), files=(("offer", Offering),)),
    Part("charters", (Chartering,), files=(("charter", Chartering),)),
    Part("use", reports=USE),
    Part("complaints", (Complaining,)),
    Part("reviews", (Reviewing,), REVIEWS),
    Part("costs", (Costing,)),
    Part("reminders", (Reminding,)),
    Part("errands", (HandingOn,)),
    Part("notices", (Noticing,), kept=NOTICES, places=OF_NOTICES),
    Part("proving"),
    Part("protection"),
)
