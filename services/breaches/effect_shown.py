"""Effect checks in JSON, the same over HTTP and for `--json`."""

from __future__ import annotations

from fractions import Fraction

from domain.figures import shown
from domain.terms import Target
from domain.times import local_date, zone
from services.api.showing import moment_json, zone_of
from services.breaches.effect_shapes import Effect, EffectWindow
from services.breaches.effects import EffectRow, read_effect
from services.seeing.known import Known
from services.seeing.seen import Seen
from services.tables.documents import StoredWindow


def no_effect_json(action: str, known: Known) -> Effect:
    """Of an action that was never closed."""
    return {
        "action": action,
        "check": None,
        "verdict": None,
        "why": None,
        "kept": None,
        "after": None,
        "before": None,
        "between": [],
        "trigger": None,
        "p_better": None,
        "p_worse": None,
        "at_most": None,
        "sure": None,
        "shared_with": [],
        "found": None,
        "position": known.position,
        "watermark": moment_json(known.watermark, None),
    }


def effect_of(seen: Seen, action: str) -> Effect:
    """The effect of the action, as it is shown. Raises NotFound."""
    row = read_effect(seen, action)
    if row is None:
        return no_effect_json(action, seen.known)
    return effect_json(row, zone_of(seen.catalogue, row.commitment))


def effect_json(row: EffectRow, zone_name: str | None) -> Effect:
    now, found = row.now, row.found
    sure = row.share("sure") or Fraction(0)
    return {
        "action": row.action,
        "check": row.check,
        "verdict": row.verdict,
        "why": now["why"],
        "kept": now["kept"],
        "after": _window(now["after"], zone_name),
        "before": _window(now["before"], zone_name),
        "between": [key for key, _, _ in now["between"]],
        "trigger": now["trigger"],
        "p_better": _places(row.share("p_better")),
        "p_worse": _places(row.share("p_worse")),
        "at_most": _places(row.share("at_most")),
        "sure": str(Target("at_least", sure, "month")).removeprefix("at_least "),
        "shared_with": list(row.shared_with),
        "found": None
        if found is None
        else {
            "verdict": found["verdict"],
            "position": found["position"],
            "at": moment_json(found["at"], zone_name),
        },
        "position": row.known.position,
        "watermark": moment_json(row.known.watermark, zone_name),
    }


def _places(share: Fraction | None) -> str | None:
    return shown(share) if share is not None else None


def _window(window: StoredWindow, zone_name: str | None) -> EffectWindow:
    days = [local_date(place, zone(zone_name or "UTC")).isoformat() for _, place, _ in window["units"]]
    return {
        "missed": window["missed"],
        "judged": window["judged"],
        "of": window["of"],
        "from": days[0] if days else None,
        "to": days[-1] if days else None,
    }
