"""Puts into words what figures suggest for the next version of a contract."""

from __future__ import annotations

from datetime import time

from dashboards.language import Language
from dashboards.standing import figure_words
from dashboards.words import bound_value_words, duration_words, period_words, share_of
from domain.durations import parse_duration
from services.trying.proposing import Change, Proposal, Support


def proposal_words(proposal: Proposal, language: Language) -> str:
    """`Always met for 6 periods, from January to June 2026: tighten the target from 90 % to 95 %, or drop it.`"""
    periods = proposal.periods
    span = _span(periods[0].period, periods[-1].period, language)
    change = proposal.change
    key = f"proposal.{proposal.code}"
    if change is None:
        return language.counted(key if proposal.code != "always-met" else f"{key}-perfect", len(periods), span=span)
    name = change.path.replace(".", "_")
    before, after = _value(change, change.before, language), _value(change, change.after, language)
    what = language.text(f"proposal.change.{name}", before=before, after=after)
    return language.counted(key, len(periods), span=span, what=what)


def support_words(support: Support, language: Language) -> str:
    """`March 2026: 3 of 5, with it 5 of 5`"""
    figure = figure_words(support.figure, language)
    words = f"{period_words(support.period, language)}{language.text('proposal.colon')}{figure}"
    if support.with_change is None:
        return words
    good, total = support.with_change
    return language.text("proposal.with_it", before=words, after=language.text("word.of", good=good, total=total))


def _span(first: str, last: str, language: Language) -> str:
    if first == last:
        return period_words(first, language)
    return language.text("proposal.span", first=period_words(first, language), last=period_words(last, language))


def _value(change: Change, text: str, language: Language) -> str:
    if change.path.endswith("due.at"):
        return language.listing([language.clock(time.fromisoformat(one)) for one in text.split(", ")])
    if change.path in ("target.at_least", "target.at_most"):
        return (
            language.percent(share)
            if (share := share_of(f"at_least {text}")) is not None
            else bound_value_words(text, language)
        )
    if change.path.startswith("target."):
        return text
    if text == "end of day":
        return language.text("rule.until_end_of_day")
    return duration_words(parse_duration(text), language)
