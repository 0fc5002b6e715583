"""Explains an occurrence, or the figures of a period, as values and in words of every language: what `/v1/explain` and
`entente explain --json` answer."""

from __future__ import annotations

from dashboards.explanations import occurrence_sentences
from dashboards.figure_explanations import figure_sentences
from dashboards.language import LANGUAGES, language
from dashboards.moments import Moments
from services.contracts.reading import read_contract
from services.explaining.figures import explain_figure
from services.explaining.occurrences import explain_occurrence
from services.explaining.shapes import WhyFigureInWords, WhyOccurrenceInWords
from services.explaining.shown import explanation_json, figure_explanation_json
from services.seeing.seen import Seen


def explained(
    seen: Seen, commitment: str, key: str | None, period: str | None = None
) -> WhyOccurrenceInWords | list[WhyFigureInWords]:
    """Why an occurrence has its verdict or, without a key, why the figures of a period are what they are; as values, and in
    words of every language."""
    contract = read_contract(seen, commitment.partition("/")[0])
    clocks = {code: Moments.of(language(code), contract.timezone, seen.known.watermark) for code in LANGUAGES}
    if key is not None:
        row = explain_occurrence(seen, commitment, key)
        words = {code: occurrence_sentences(row, contract, clock) for code, clock in clocks.items()}
        return {**explanation_json(row, contract.timezone), "words": words}
    return [
        {
            **figure_explanation_json(one, contract.timezone),
            "words": {code: figure_sentences(one, contract, clock) for code, clock in clocks.items()},
        }
        for one in explain_figure(seen, commitment, period)
    ]
