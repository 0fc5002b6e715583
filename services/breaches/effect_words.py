"""What an effect check comes to, in one sentence (MEETING §5)."""

from __future__ import annotations

from domain.effect import EffectVerdict, luck_in
from domain.saying import Said, said
from services.breaches.effects import EffectRow


def effect_sentence(row: EffectRow) -> Said:
    """`It holds. Missed: 0 of 8 after, 2 of 7 before; could be luck: 1 in 5.`"""
    after, before = row.now["after"], row.now["before"]
    if row.verdict == "waiting":
        return said(
            "Not decided yet: {judged} of {of} seen, {missed} missed.",
            judged=after["judged"],
            of=after["of"],
            missed=after["missed"],
        )
    if row.verdict == "incomparable":
        return _incomparable(row)
    if after["missed"] == before["missed"] == 0:
        return said(
            "Nothing was missed before or after: 0 of {n} after, 0 of {m} before.",
            n=after["judged"],
            m=before["judged"],
        )
    return said(
        "{verdict} Missed: {a} of {n} after, {b} of {m} before; {luck}.",
        verdict=_verdict(row.verdict),
        a=after["missed"],
        n=after["judged"],
        b=before["missed"],
        m=before["judged"],
        luck=_luck(row),
    )


def effect_remarks(row: EffectRow) -> list[Said]:
    """What is to be known beside the sentence."""
    remarks = []
    if row.has_turned and row.found is not None:
        found, at = _verdict(row.found["verdict"]), row.found["position"]
        remarks.append(said("What was found, at position {at}: {found} News since has turned it.", at=at, found=found))
    if row.stays_closed:
        remarks.append(said("That is the second time: renegotiate, or accept it as it is."))
    if len(row.shared_with) == 1:
        remarks.append(said("Another action was at work at the same time: the effect is of both."))
    elif row.shared_with:
        others = len(row.shared_with)
        remarks.append(
            said("{others} other actions were at work at the same time: the effect is of all.", others=others)
        )
    return remarks


def _verdict(verdict: EffectVerdict) -> Said:
    match verdict:
        case "effective":
            return said("It helped.")
        case "holding":
            return said("It holds.")
        case "short":
            return said("Better, and not enough.")
        case "ineffective":
            return said("It did not help.")
        case "worse":
            return said("It got worse.")
        case "incomparable":
            return said("It cannot be compared.")
        case "waiting":
            return said("It is not decided.")


def _luck(row: EffectRow) -> Said:
    """Whether luck alone may have done it: of what got worse, that it is as bad; of all else, that it is as good."""
    share = row.share("p_worse" if row.verdict == "worse" else "p_better")
    sure = row.share("sure")
    times = luck_in(share) if share is not None else None
    if share is not None and sure is not None and share <= 1 - sure:
        return said("luck alone does that 1 time in {times}", times=times or 1)
    return said("could be luck: 1 in {times}", times=times) if times is not None else said("could be luck")


def _incomparable(row: EffectRow) -> Said:
    after = row.now["after"]
    match row.now["why"]:
        case "no-unit-before":
            return said("It cannot be compared: nothing was judged before.")
        case "wording-changed":
            return said("It cannot be compared: what was before was judged by another wording.")
        case "contract-ended":
            return said(
                "It cannot be compared: the contract ended after {judged} of {of}.",
                judged=after["judged"],
                of=after["of"],
            )
    return said(
        "It cannot be compared: within a year only {judged} of {of} came.", judged=after["judged"], of=after["of"]
    )
