"""What is said at the meetings of the demo that go by the agenda, each in the language of its parties."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Protocol:
    """`refused` and `skipped`: the how many-th review of the contract it happens to; `added`: by that number, what the client puts on
    the agenda before. `agreed`: decisions that are text alone; `actions` and `plans`: what is to be done about what repeats, and in
    which steps; `later`, `let_be`, `excused`: why an action gets another day, is let be, why an excuse is accepted; `settled`: why
    a revision is taken back. `mended`: what
    the minutes say after `refusal`."""

    present: tuple[str, ...]
    minutes: tuple[str, ...]
    agreed: tuple[str, ...]
    actions: tuple[str, ...]
    plans: tuple[str, ...]
    later: str
    let_be: str
    excused: str
    settled: str
    refusal: str
    mended: str
    added: tuple[tuple[int, str], ...] = ()
    refused: int | None = None
    skipped: int | None = None


PROTOCOLS: Final[Mapping[str, Protocol]] = {
    "canteen-deliveries": Protocol(
        present=("central-kitchen/omar.diallo", "education/claire.dubois", "education/marc.leroy"),
        minutes=(
            "Les retards du mois sont lus un par un. La cuisine les reconnaît, sauf celui du jour où la rue était barrée.",
            "Chiffres lus ensemble, sans contestation. Les écoles sont contentes de la qualité, moins des horaires.",
            "La cuisine rappelle que l’effectif arrivé après 9 h 30 retarde toute la tournée. Marc Leroy en parle aux deux écoles.",
            "Les températures relevées à l’arrivée sont bonnes sur les deux écoles ; restent les repas manquants.",
        ),
        agreed=(
            "L’objectif de ponctualité est maintenu jusqu’à la fin du trimestre.",
            "Les relevés de température sont joints au dossier de la prochaine revue.",
            "La liste des menus sans porc est envoyée le lundi pour toute la semaine.",
        ),
        actions=(
            "Réserver un second véhicule les jours de marché",
            "Peser et fermer chaque bac avant le départ, avec une fiche signée",
            "Nommer un remplaçant en cuisine pour chaque semaine",
            "Faire partir la tournée de Jules-Ferry dix minutes plus tôt",
        ),
        plans=(
            """
steps:
  - {id: devis, text: Demander deux devis, weight: 1}
  - {id: essai, text: Essayer pendant une semaine, weight: 2}
  - {id: tournee, text: "Changer la feuille de tournée", weight: 1}
means: {hours: 12, money: [{year: 2026, amount: "1800.00", currency: EUR}]}
""",
            """
steps:
  - {id: fiche, text: "Écrire la fiche de contrôle", weight: 1}
  - {id: equipe, text: "La montrer à toute l’équipe", weight: 2}
means: {hours: 6}
""",
        ),
        later="Le loueur ne livre le véhicule que dans trois semaines.",
        let_be="Deux essais sans effet : le contrat sera revu plutôt que l’action.",
        excused="Accepté en séance.",
        settled="Une décision était déjà réglée entre-temps ; elle est retirée du compte rendu.",
        refusal="Le compte rendu ne dit pas que l’effectif du 12 était arrivé à l’heure. À ajouter avant signature.",
        mended="Ajouté à la demande de l’éducation : l’effectif était arrivé à l’heure ce jour-là.",
        added=((4, "Menus de la classe de découverte de mai"), (9, "Accès à la cour pendant les travaux")),
        refused=7,
        skipped=10,
    ),
    "sales-to-marketing": Protocol(
        present=("sales/anna.martin", "marketing/luc.petit"),
        minutes=(
            "We went through the late weeks one by one. Sales agrees with all of them but the one of the till change.",
            "Figures read together, nothing contested. Marketing would rather have fewer products and no gaps.",
            "Luc explains that a promotion without a price stops the whole export; Anna did not know.",
        ),
        agreed=(
            "The target stays until the end of the quarter.",
            "Promotions reach sales on Wednesday evening, also before a bank holiday.",
            "Anna calls Luc when the report will be late, before ten.",
        ),
        actions=(
            "Check the promotions the evening before the export",
            "Send an alert when the export has not run by eight",
            "One product, one number: clean the list with the shops",
        ),
        plans=(
            """
steps:
  - {id: script, text: A script checks that every promotion has a price, weight: 2}
  - {id: rota, text: Rota for Sunday evenings, weight: 1}
means: {hours: 24}
""",
        ),
        later="The till supplier delivers the change three weeks later than it said.",
        let_be="Tried twice without effect: we would rather agree on another hour.",
        excused="Announced and agreed.",
        settled="One of the decisions was settled meanwhile; it is left out.",
        refusal="The minutes say that marketing was late; the agenda of that week was there on Wednesday.",
        mended="Corrected: the promotions of that week were there on Wednesday.",
        added=((6, "Opening of the shop in the station"),),
        refused=9,
    ),
}
"""By contract. All others note what was said, and sign."""
