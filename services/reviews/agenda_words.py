"""The sentences of an agenda, in both languages: they stand in what a review's addresses answer, whatever language is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from babel.dates import format_date

from services.deciding import LONGEST_TITLE
from services.errors import short
from services.reviews.pack_part_shapes import PackNamed, Title

Sentence = dict[str, str]
"""By language: en, fr."""
LANGUAGES: Final = ("en", "fr")

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "unsigned": (
        "{count} earlier reviews are not signed, the first of {day}",
        "{count} revues antérieures ne sont pas signées, la première du {day}",
    ),
    "unsigned.1": ("The review of {day} is not signed", "La revue du {day} n’est pas signée"),
    "restated": (
        "{what}: {before} became {after} {within}, which was final",
        "{what} : {before} est devenu {after} {within}, période pourtant close",
    ),
    "restated.same": (
        "{what}: the figure stays at {after} {within}, which was final, but other verdicts make it up",
        "{what} : le chiffre reste {after} {within}, période pourtant close, mais d’autres constats le composent",
    ),
    "last-time": ("Decided on {day}: {list}", "Décidé le {day} : {list}"),
    "breach": ("{what}: breach {within}, not explained", "{what} : manquement {within}, non expliqué"),
    "breach.explained": ("{what}: breach {within}, explained", "{what} : manquement {within}, expliqué"),
    "breach.withdrawn": (
        "{what}: the breach {within} was withdrawn",
        "{what} : le manquement {within} a été retiré",
    ),
    "repeat": (
        "{what}: {count} breaches with {misses} misses",
        "{what} : {count} manquements, {misses} défauts",
    ),
    "escalated": (
        "{what}: “{text}” reached step {step} of the ladder",
        "{what} : « {text} » a atteint l’échelon {step}",
    ),
    "effect.effective": ("{what}: “{text}” helped", "{what} : « {text} » est efficace"),
    "effect.holding": (
        "{what}: “{text}” holds, it could be luck",
        "{what} : « {text} » tient, ce pourrait être la chance",
    ),
    "effect.nothing": (
        "{what}: nothing was missed before or after “{text}”",
        "{what} : rien n’a été manqué ni avant ni après « {text} »",
    ),
    "effect.short": ("{what}: “{text}” made it better, not enough", "{what} : « {text} » : mieux, pas assez"),
    "effect.ineffective": ("{what}: “{text}” did not help", "{what} : « {text} » est sans effet"),
    "effect.worse": ("{what}: it got worse after “{text}”", "{what} : c’est pire depuis « {text} »"),
    "effect.incomparable": (
        "{what}: the effect of “{text}” cannot be compared",
        "{what} : l’effet de « {text} » ne se compare pas",
    ),
    "effect.waiting": ("{what}: the effect of “{text}” waits", "{what} : l’effet de « {text} » est en attente"),
    "amendment": (
        "Version {number} waits to be signed, in force from {day}",
        "La version {number} attend d’être signée, en vigueur à partir du {day}",
    ),
    "excuse.asked": ("{what}: an excuse is asked, for {of}", "{what} : une excuse est demandée ({of})"),
    "excuse.refused": ("{what}: an excuse was refused, for {of}", "{what} : une excuse a été refusée ({of})"),
    "excuse.disputed": (
        "{what}: the refusal of an excuse is disputed, for {of}",
        "{what} : le refus d’une excuse est contesté ({of})",
    ),
    "overdue": ("{what}: the action was due on {day}", "{what} : l’action était attendue le {day}"),
    "overdue.text": ("{what}: “{text}” was due on {day}", "{what} : « {text} » était attendu le {day}"),
    "tight": (
        "{what}: one more miss, and the target is lost ({target}, {period})",
        "{what} : un défaut de plus, et l’objectif est perdu ({target}, {period})",
    ),
    "tight.below": (
        "{what}: below its target so far ({target}, {period})",
        "{what} : sous l’objectif à ce jour ({target}, {period})",
    ),
    "tight.below-by": (
        "{what}: below its target so far; it takes {count} more, all kept, to reach it ({target}, {period})",
        "{what} : sous l’objectif à ce jour ; il en faut encore {count}, toutes tenues, pour l’atteindre "
        "({target}, {period})",
    ),
    "always-met": (
        "{what}: kept in {count} periods one after the other ({target}); it could be {after}",
        "{what} : tenu {count} périodes de suite ({target}) ; on pourrait viser {after}",
    ),
    "always-met.perfect": (
        "{what}: kept in {count} periods one after the other ({target}); it may be dropped",
        "{what} : tenu {count} périodes de suite ({target}) ; l’objectif peut disparaître",
    ),
    "never-met": (
        "{what}: missed in {count} periods one after the other ({target}); to be negotiated anew",
        "{what} : manqué {count} périodes de suite ({target}) ; à renégocier",
    ),
    "met-if.1": (
        "{what}: the one period that was judged would have been kept with {after}, instead of {target}",
        "{what} : la seule période jugée aurait été tenue avec {after} (aujourd’hui : {target})",
    ),
    "met-if": (
        "{what}: all {count} periods would have been kept with {after}, instead of {target}",
        "{what} : les {count} périodes auraient toutes été tenues avec {after} (aujourd’hui : {target})",
    ),
    "unmatched": (
        "{what}: {count} events match nothing that is owed",
        "{what} : {count} événements ne correspondent à rien de dû",
    ),
    "unmatched.1": (
        "{what}: an event matches nothing that is owed",
        "{what} : un événement ne correspond à rien de dû",
    ),
    "quarantine": (
        "{count} events that the parties sent could not be read, and wait in quarantine",
        "{count} événements envoyés par les parties n’ont pas pu être lus et attendent en quarantaine",
    ),
    "quarantine.1": (
        "An event that a party sent could not be read, and waits in quarantine",
        "Un événement envoyé par une partie n’a pas pu être lu et attend en quarantaine",
    ),
    "calendar-ends": (
        "The calendar ends on {day}: what is counted in working time is judged no further",
        "Le calendrier s’arrête le {day} : rien de ce qui se compte en temps ouvré n’est jugé au-delà",
    ),
    "unmonitored": ("{what}: nothing measures it", "{what} : rien ne le mesure"),
    "contract-ends": ("The contract ends on {day}", "Le contrat prend fin le {day}"),
    "carried.1": ("{sentence} (carried since {day})", "{sentence} (reporté depuis le {day})"),
    "carried": ("{sentence} (carried {count} times since {day})", "{sentence} (reporté {count} fois depuis le {day})"),
    "beside.1": ("{sentence} (see also item {places})", "{sentence} (voir aussi le point {places})"),
    "beside": ("{sentence} (see also items {places})", "{sentence} (voir aussi les points {places})"),
    "apart": ("{sentence} ({what})", "{sentence} ({what})"),
    "opened": ("{cause}, opened on {day}", "{cause}, ouverte le {day}"),
    "since": ("since {day}", "depuis le {day}"),
    "gone": ("{what}: its ground is gone", "{what} : le motif a disparu"),
    "took-effect": ("took effect", "a pris effet"),
    "text": ("noted", "noté"),
    "action.open": ("action open, due {day}", "action en cours, attendue le {day}"),
    "action.open.undated": ("action open", "action en cours"),
    "action.closed": ("action closed", "action close"),
    "action.not needed": ("action not needed", "action sans objet"),
}
_PERIODS: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "M": (("{month}", "{month}"), ("in {month}", "en {month}")),
    "Q": (("Q{n} {year}", "{nth} trimestre {year}"), ("in Q{n} {year}", "au {nth} trimestre {year}")),
    "H": (("H{n} {year}", "{nth} semestre {year}"), ("in H{n} {year}", "au {nth} semestre {year}")),
    "W": (("week {n} of {year}", "semaine {n} de {year}"), ("in week {n} of {year}", "en semaine {n} de {year}")),
    "rolling": (
        ("the last {n} days", "les {n} derniers jours"),
        ("in the last {n} days", "sur les {n} derniers jours"),
    ),
    "contract": (("the whole contract", "tout le contrat"), ("in the whole contract", "sur tout le contrat")),
    "other": (("{period}", "{period}"), ("in {period}", "sur {period}")),
}
"""What periods are called: by itself, and as that in which something is."""
_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "at_least": ("at least {bound}", "au moins {bound}"),
    "at_most": ("at most {bound}", "au plus {bound}"),
    "max_misses": ("misses: at most {bound}", "défauts : au plus {bound}"),
    "max_consecutive_misses": ("misses in a row: at most {bound}", "défauts de suite : au plus {bound}"),
}
_CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    "late": ("late", "en retard"),
    "missing": ("missing", "manquante"),
    "failed": ("failed", "non conforme"),
    "no-data": ("no data", "sans donnée"),
    "target-lost": ("target lost", "objectif perdu"),
    "client-obligation": ("the client’s obligation", "obligation du client"),
}
"""Why the platform opens actions; people say it in a text."""
_CODES: Final[Mapping[str, tuple[str, str]]] = {
    "unsigned": ("Unsigned reviews", "Revues non signées"),
    "restated": ("Restated figure", "Chiffre rectifié"),
    "effect": ("Effect of an action", "Effet d’une action"),
    "last-time": ("Decisions of last time", "Décisions de la dernière fois"),
    "repeat": ("Repeated breaches", "Manquements répétés"),
    "breach": ("Breach", "Manquement"),
    "amendment": ("Amendment", "Avenant"),
    "excuse": ("Excuse", "Excuse"),
    "overdue": ("Action past its day", "Action en retard"),
    "escalated": ("Escalated action", "Action escaladée"),
    "tight": ("Tight target", "Objectif sans marge"),
    "always-met": ("Target always kept", "Objectif toujours tenu"),
    "never-met": ("Target never kept", "Objectif jamais tenu"),
    "met-if": ("Target kept with another bound", "Objectif tenu avec un autre seuil"),
    "unmonitored": ("Unmonitored", "Non suivi"),
    "unmatched": ("Unmatched events", "Événements non rattachés"),
    "quarantine": ("Quarantine", "Quarantaine"),
    "calendar-ends": ("End of the calendar", "Fin du calendrier"),
    "contract-ends": ("End of the contract", "Fin du contrat"),
}


def sentence(key: str, **of: Any) -> Sentence:
    """`of`: a text, a day, or texts by language, each by its name in the words."""
    return worded(_WORDS[key], **of)


def worded(pair: tuple[str, str], **of: Any) -> Sentence:
    """These words, in English and in French, with what stands in them as `sentence` has it."""
    return {
        language: words.format(**{name: told(value, language) for name, value in of.items()})
        for language, words in zip(LANGUAGES, pair, strict=True)
    }


def told(value: Any, language: str) -> str:
    match value:
        case date():
            first = "1er" if language == "fr" and value.day == 1 else str(value.day)
            return f"{first} {format_date(value, 'MMMM y', locale=language)}"
        case Mapping():
            return str(
                next((value[one] for one in (language, "", "en") if one in value), next(iter(value.values()), ""))
            )
    return str(value)


def named(one: PackNamed) -> Title:
    """What a commitment is called: its deliverable, then its criterion."""
    if not one["deliverable"]:
        return {"": one["commitment"]}
    return {
        language: f"{told(one['deliverable'], language)}, {told(one['criterion'], language)}" for language in LANGUAGES
    }


def code_called(code: str) -> Sentence:
    """What items of that code are."""
    return dict(zip(LANGUAGES, _CODES.get(code, (code, code)), strict=True))


def target_words(target: str) -> Sentence:
    """`at_least 90 %`, as one reads it."""
    form, _, bound = target.partition(" ")
    words = _FORMS.get(form, (form.replace("_", " ") + " {bound}",) * 2)
    bounds = number_called(bound)
    return {language: word.format(bound=bounds[language]) for language, word in zip(LANGUAGES, words, strict=True)}


def number_called(text: str) -> Sentence:
    """`99.4 %`, and `99,4 %` in French."""
    return {"en": text, "fr": re.sub(r"(?<=\d)\.(?=\d)", ",", text)}


def period_called(period: str) -> Sentence:
    """`November 2026`, `Q3 2026`."""
    return _of_period(period, 0)


def within_period(period: str) -> Sentence:
    """`in November 2026`, `au 3e trimestre 2026`."""
    return _of_period(period, 1)


def _of_period(period: str, form: int) -> Sentence:
    """`form`: which of the pairs of words; another period than these is said as it is named."""
    if found := re.fullmatch(r"(\d{4})-(\d{2})", period):
        day = date(int(found[1]), int(found[2]), 1)
        return {
            language: words.format(month=format_date(day, "MMMM y", locale=language))
            for language, words in zip(LANGUAGES, _PERIODS["M"][form], strict=True)
        }
    found = re.fullmatch(r"(?P<year>\d{4})-(?P<unit>[QHW])(?P<n>\d+)|rolling-(?P<days>\d+)d", period)
    of = found.groupdict() if found else {}
    unit = of.get("unit") or ("rolling" if of.get("days") else "contract" if period == "contract" else "other")
    n = int(of.get("n") or of.get("days") or 0)
    nth = {"en": str(n), "fr": "1er" if n == 1 else f"{n}e"}
    return {
        language: words.format(year=of.get("year"), n=n, nth=nth[language], period=period)
        for language, words in zip(LANGUAGES, _PERIODS[unit][form], strict=True)
    }


def action_called(text: str, cause: str) -> Sentence:
    """The text of an action; of one that the platform opened, its cause."""
    called = short(text, LONGEST_TITLE)
    words = (called, called) if text else _CAUSES.get(cause, (cause, cause))
    return dict(zip(LANGUAGES, words, strict=True))


def machine_cause_called(deliverable: Title, cause: str | None) -> Sentence:
    """What a group is called of which nobody has named a root cause: its deliverable, and what the machine saw."""
    words = _CAUSES.get(cause or "", (cause or "",) * 2)
    return {language: f"{told(deliverable, language)}, {word}" for language, word in zip(LANGUAGES, words, strict=True)}


def moment_called(moment: datetime) -> Sentence:
    """`5 November 2026, 10:55`, by the clock that it is given in."""
    clock = {"en": f"{moment:%H:%M}", "fr": f"{moment.hour} h" + (f" {moment.minute:02}" if moment.minute else "")}
    return {language: f"{told(moment.date(), language)}, {clock[language]}" for language in LANGUAGES}


def key_called(key: str) -> Sentence:
    """An occurrence by name: a date is said as one, the id of a case stays as it is."""
    try:
        day = date.fromisoformat(key)
    except ValueError:
        return dict.fromkeys(LANGUAGES, key)
    return {language: told(day, language) for language in LANGUAGES}


def joined(parts: Sequence[Sentence]) -> Sentence:
    """One after the other, as they stand."""
    return {language: "".join(one[language] for one in parts) for language in LANGUAGES}


def listed(parts: Sequence[Sentence]) -> Sentence:
    return {language: " ; ".join(one[language] for one in parts) if language == "fr" else "; ".join(one[language] for one in parts)
            for language in LANGUAGES}  # fmt: skip
