"""French before names: elision and contraction."""

from __future__ import annotations

import pytest

from dashboards.french import of, to
from dashboards.language import language


@pytest.mark.parametrize(
    ("name", "behind_of", "behind_to"),
    [
        ("Éducation", "d’Éducation", "à Éducation"),
        ("Urbanisme", "d’Urbanisme", "à Urbanisme"),
        ("Marketing", "de Marketing", "à Marketing"),
        ("Œuvres sociales", "d’Œuvres sociales", "à Œuvres sociales"),
        ("Hôpital Nord", "d’Hôpital Nord", "à Hôpital Nord"),
        ("Habitat", "d’Habitat", "à Habitat"),
        ("Halles et marchés", "de Halles et marchés", "à Halles et marchés"),
        ("Haut débit", "de Haut débit", "à Haut débit"),
        ("Handicap", "de Handicap", "à Handicap"),
        ("Ypres", "d’Ypres", "à Ypres"),
        ("Yaourts", "de Yaourts", "à Yaourts"),
        ("Onze", "de Onze", "à Onze"),
        ("RH", "d’RH", "à RH"),
        ("HLM", "d’HLM", "à HLM"),
        ("DSI", "de DSI", "à DSI"),
        ("ATSEM", "d’ATSEM", "à ATSEM"),
        ("Le Service achats", "du Service achats", "au Service achats"),
        ("Les Archives", "des Archives", "aux Archives"),
        ("La Cuisine centrale", "de la Cuisine centrale", "à la Cuisine centrale"),
        ("L’Atelier", "de l’Atelier", "à l’Atelier"),
        ("Lesparre", "de Lesparre", "à Lesparre"),
        ("Lavoirs", "de Lavoirs", "à Lavoirs"),
        ("311", "de 311", "à 311"),
        ("« Écoles »", "d’« Écoles »", "à « Écoles »"),
        ("", "de ", "à "),
    ],
)
def test_prepositions_before_names(name: str, behind_of: str, behind_to: str) -> None:
    assert (of(name), to(name)) == (behind_of, behind_to)


def test_texts_name_the_preposition_with_the_place() -> None:
    french, english = language("fr"), language("en")
    assert (
        french.text("word.owes", debtor="Marketing", creditor="Le Service achats") == "Marketing doit au Service achats"
    )
    assert english.text("word.owes", debtor="Marketing", creditor="Le Service") == "Marketing owes Le Service"
