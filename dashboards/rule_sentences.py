"""The sentences of alerts, around the titles of the contract; `{{ … }}` is filled by Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

_ENGLISH: Mapping[str, str] = {
    "lost": "{title}: the target {target} is lost",
    "tight": "{title}: one more miss loses the target {target}",
    "missed": "{title}: missed, and each miss is a breach",
    "overdue": "{title}: overdue",
    "owes": "{contract}: {debtor} owes “{deliverable}” to {creditor} ({commitment}).",
    "silent": "Nothing is known of the contracts: Entente gives no metrics",
    "time stalled": "Time stands still since {{ $value | humanizeDuration }}: nothing falls due until it moves again",
    "judging stalled": "What was received a quarter of an hour ago is not judged yet",
    "store damaged": "The store is damaged: restore it from a backup; the log says what was found",
    "source silent": (
        "Nothing happened at {{ $labels.source }} for {{ $value | humanizeDuration }}, twice what was declared"
    ),
}
_FRENCH: Mapping[str, str] = {
    "lost": "{title} : l’objectif {target} est perdu",
    "tight": "{title} : un manquement de plus et l’objectif {target} est perdu",
    "missed": "{title} : non tenu, et chaque écart est un manquement",
    "overdue": "{title} : en retard",
    "owes": "{contract} : {debtor} doit « {deliverable} » à {creditor} ({commitment}).",
    "silent": "On ne sait plus rien des contrats : Entente ne donne aucune mesure",
    "time stalled": (
        "Le temps est arrêté depuis {{ $value | humanizeDuration }} : rien n’arrive à échéance tant qu’il n’avance pas"
    ),
    "judging stalled": "Ce qui a été reçu il y a un quart d’heure n’est pas encore jugé",
    "store damaged": "La base de données est endommagée : restaurez-la depuis une sauvegarde ; le journal dit ce qui a été trouvé",
    "source silent": (
        "Rien de {{ $labels.source }} depuis {{ $value | humanizeDuration }}, deux fois ce qui était déclaré"
    ),
}


def sentences(language: str) -> Mapping[str, str]:
    """The sentences in that language, else in English."""
    return _FRENCH if language == "fr" else _ENGLISH
