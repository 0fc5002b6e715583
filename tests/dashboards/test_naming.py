"""What a version changes, as people say it."""

from __future__ import annotations

import pytest

from dashboards.naming import change_words
from tests.dashboards.town import MEALS


@pytest.mark.parametrize(
    ("written", "code", "said"),
    [
        (
            "midday-ferry / on-time / due / at: 10:00 → 09:30",
            "en",
            "Midday meals, Jules-Ferry · delivered on time / due / at: 10:00 → 09:30",
        ),
        (
            "midday-ferry / on-time / échéance / heure : 10:00, 14:00 → 09:30",
            "fr",
            "Repas de midi, Jules-Ferry · livrés à l'heure / échéance / heure\u00a0: 10\u00a0h et 14\u00a0h → 9\u00a0h\u00a030",
        ),
        (
            "midday-ferry / on-time / objectif : at_least 90 % per quarter → at_least 97.5 % per half year",
            "fr",
            "Repas de midi, Jules-Ferry · livrés à l'heure / objectif\u00a0: "
            "au moins 90\u202f% par trimestre → au moins 97,5\u202f% par semestre",
        ),
        (
            "target: max_misses 1 per month → max_misses 2 per 28 days",
            "en",
            "target: at most 1 miss a month → at most 2 misses over the last 28 days",
        ),
        ("date d’effet : ajouté, 2026-12-29", "fr", "date d’effet\u00a0: ajouté, 29\u00a0déc.\u00a02026"),
        ("late_data: removed (3 days)", "en", "late data: removed (3 days)"),
        ("tolérance : 0 min → 15 min", "fr", "tolérance\u00a0: 0 min → 15\u00a0min"),
        ("tolérance : 1 h → end of day", "fr", "tolérance\u00a0: 1\u00a0h → fin de journée"),
        ("aggregate : mean → min", "fr", "calcul\u00a0: moyenne → la plus petite"),
        ("chaque défaut : retiré (breach)", "fr", "chaque défaut\u00a0: retiré (manquement)"),
        ("jour fermé : same → next", "fr", "jour fermé\u00a0: le même jour → jour ouvert suivant"),
        ("jour fermé : same → next", "en", "jour fermé : same day → next open day"),
        ("titre : same → next", "fr", "titre\u00a0: same → next"),
        (
            "target max_misses per month : max_misses 1 per month → max_misses 2 per month",
            "fr",
            "objectif (manquements, par mois)\u00a0: au plus 1 manquement par mois → au plus 2 manquements par mois",
        ),
        (
            "midday-ferry / titre : Repas : midi → Repas",
            "fr",
            "Repas de midi, Jules-Ferry / titre\u00a0: Repas : midi → Repas",
        ),
        ("contract : ajouté, meals", "fr", "identifiant\u00a0: ajouté, meals"),
        ("titre / en : ajouté, Meals", "fr", "titre / en anglais\u00a0: ajouté, Meals"),
        (
            "calendrier / ouverture / mon-fri : ajouté, 09:00-12:00",
            "fr",
            "calendrier / ouverture / lundi – vendredi\u00a0: ajouté, 09:00-12:00",
        ),
        (
            "midday-ferry / on-time / nature : ajouté, punctuality",
            "fr",
            "Repas de midi, Jules-Ferry · livrés à l'heure / nature\u00a0: ajouté, ponctualité",
        ),
        ("échéance / jours : monday → friday", "fr", "échéance / jours\u00a0: lundi → vendredi"),
        ("due / every: monday → friday", "en", "due / every: Monday → Friday"),
        ("midday-ferry : ajouté, midday-ferry", "fr", "Repas de midi, Jules-Ferry\u00a0: ajouté, midday-ferry"),
        ("new", "en", "new"),
    ],
)
def test_what_changes_is_said_in_words_and_not_as_files_write_it(written: str, code: str, said: str) -> None:
    assert change_words(written, MEALS, code) == said
