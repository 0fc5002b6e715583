"""The only place that knows every part: opens a store and hands each part what it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dashboards.metrics import ProgramMetrics
from domain.saying import said
from domain.times import Clock
from entente.keys_wiring import data_keys
from entente.settings import Settings
from ingestion.door import Door
from ingestion.quarantine import Quarantine
from services.access_keys.feeds import Feeds
from services.access_keys.keeping import KeyKeeping
from services.access_keys.walls import Walls
from services.checkpoints.keeping import Keeping
from services.contracts.admitting import admit_unknown
from services.errors import Invalid
from services.history.history import History
from services.notices.preferences import Untold
from services.opening import open_store, system_clock
from services.sealing.data_keys import DataKeys
from services.sign_in.leaving import Leaving
from services.sign_in.oidc import Provider
from services.sign_in.oidc_sessions import OidcSignIn
from services.sign_in.oidc_values import OidcSettings, read_secret
from services.sign_in.sessions import DAY, MINUTE, Lasting
from services.sign_in.signing_in import Rules, SignIn
from services.store import Store


@dataclass(frozen=True, slots=True)
class Program:
    settings: Settings
    store: Store
    door: Door
    quarantine: Quarantine
    metrics: ProgramMetrics
    checkpoints: Keeping
    sign_in: SignIn
    access_keys: KeyKeeping
    feeds: Feeds
    walls: Walls
    oidc: OidcSignIn | None
    leaving: Leaving
    untold: Untold
    keys: DataKeys | None = None
    """None where there is no file of keys: then nothing is sealed."""


def sign_in_of(settings: Settings, history: History, clock: Clock) -> SignIn:
    """The ways in, as the operator has set them."""
    lasting = Lasting(settings.session_idle * MINUTE, settings.session_hours * 60 * MINUTE, settings.session_days * DAY)
    rules = Rules(settings.zone, settings.organisation, lasting, settings.totp == "all", settings.log_days)
    return SignIn(history, clock, rules)


def oidc_of(settings: Settings, store: Store, sign_in: SignIn) -> OidcSignIn | None:
    """Signing in by an identity provider; None where that is none of the ways in. Raises Invalid for settings that lack something."""
    if "oidc" not in settings.ways:
        return None
    for value, name in ((settings.oidc_issuer, "ENTENTE_OIDC_ISSUER"), (settings.oidc_client, "ENTENTE_OIDC_CLIENT")):
        if not value:
            raise Invalid(
                said("is not set"),
                place=name,
                mend=said("the way oidc (ENTENTE_ACCESS) needs it: docs/settings.md says what it holds"),
            )
    told = OidcSettings(
        settings.oidc_issuer,
        settings.oidc_client,
        read_secret(Path(settings.oidc_secret_file)) if settings.oidc_secret_file else "",
        settings.oidc_groups,
        settings.oidc_person,
    )
    create = partial(admit_unknown, store) if settings.oidc_create == "yes" else None
    return OidcSignIn(Provider(told, store.clock), sign_in, store.history.database, store.clock, create)


@contextmanager
def program(settings: Settings, *, clock: Clock = system_clock, renews: bool = True) -> Iterator[Program]:
    """Everything, on an open store; closed at the end. Raises what opening a store raises; `renews` as there."""
    counted: list[ProgramMetrics] = []
    store = open_store(
        settings.store,
        clock=clock,
        observe=lambda _, seconds: counted[0].judged_in(seconds),
        settle=round(settings.settle * 1_000_000),
        renews=renews,
        keeps=True,
    )
    try:
        with data_keys(settings, store.history) as keys:
            door = Door(store.history, clock, keys=keys)
            counted.append(ProgramMetrics(door.answered))
            quarantine = Quarantine(store.history, door, clock)
            sign_in = sign_in_of(settings, store.history, clock)
            access_keys = KeyKeeping(store.history, clock, sign_in.today)
            yield Program(
                settings=settings,
                store=store,
                door=door,
                quarantine=quarantine,
                metrics=counted[0],
                checkpoints=_checkpoints(settings, store),
                sign_in=sign_in,
                access_keys=access_keys,
                feeds=Feeds(access_keys, sign_in.throttle, sign_in.log),
                walls=Walls(access_keys, sign_in.throttle, sign_in.log),
                oidc=oidc_of(settings, store, sign_in),
                leaving=Leaving(store.history),
                untold=Untold(store.history.database),
                keys=keys,
            )
    finally:
        store.close()


def _checkpoints(settings: Settings, store: Store) -> Keeping:
    return Keeping(
        store.history,
        store.clock,
        store.judging.leading,
        keys=[Path(one.strip()) for one in settings.checkpoint_key.split(",") if one.strip()],
        name=settings.signs_as,
        to=Path(settings.checkpoints_to) if settings.checkpoints_to else None,
    )
