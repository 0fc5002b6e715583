"""What the people of the demo say: each contract has words of its own, so that they fit what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from domain.excuses import Category


@dataclass(frozen=True, slots=True)
class Plea:
    """An excuse that is asked for, and what the other party says to it."""

    reason: Category
    text: str
    accepted: str
    refused: str


@dataclass(frozen=True, slots=True)
class Words:
    """Why something went wrong, what is done about it, what came of that; and the excuses that are asked for."""

    causes: tuple[str, ...]
    steps: tuple[str, ...]
    closings: tuple[str, ...]
    pleas: tuple[Plea, ...] = ()


_KITCHEN: Final = Words(
    (
        "Panne du véhicule de livraison.",
        "Fournisseur de pain en rupture, tournée partie en retard.",
        "Deux absences le même jour en cuisine, sans remplaçant prévu.",
        "Un bac est resté ouvert pendant le trajet.",
    ),
    ("Un second véhicule est réservé les jours de marché.", "Contrôle des bacs ajouté avant le départ."),
    ("Fait ; plus aucun cas depuis deux semaines.", "Mis en service, effet à vérifier à la prochaine revue."),
    (
        Plea(
            "force-majeure",
            "Rue barrée par les pompiers jusqu’à midi.",
            "Nous l’avons vu aussi.",
            "La rue était ouverte à dix heures.",
        ),
        Plea(
            "client-fault",
            "La grille de l’école était fermée à notre arrivée.",
            "C’est exact, le gardien était absent.",
            "Le gardien était là.",
        ),
    ),
)
OF_CONTRACT: Final[Mapping[str, Words]] = {
    "canteen-deliveries": _KITCHEN,
    "home-meals": Words(
        (
            "Tournée coupée en deux faute de chauffeur.",
            "Glacières restées dehors pendant le chargement.",
            "Fiches de régime reçues après la préparation.",
        ),
        ("Le chargement se fait maintenant à l’intérieur.", "Un chauffeur d’astreinte est nommé chaque semaine."),
        ("Fait ; les températures relevées sont bonnes.", "En place depuis le début du mois."),
        (
            Plea(
                "client-fault",
                "Les fiches de régime sont arrivées à midi.",
                "Oui, nous étions en retard.",
                "Elles étaient là à neuf heures.",
            ),
        ),
    ),
    "it-support-education": Words(
        (
            "Deux techniciens absents la même semaine.",
            "La demande est arrivée sans numéro de salle et a fait l’aller-retour.",
            "Deux fois plus d’appels que d’habitude à la rentrée.",
            "Panne de l’opérateur téléphonique.",
        ),
        ("Le formulaire demande maintenant le numéro de salle.", "Un renfort est prévu pendant la rentrée."),
        ("Fait ; les demandes reviennent complètes.", "Le renfort est resté jusqu’aux vacances."),
        (
            Plea(
                "client-fault",
                "La salle était fermée à clé, personne pour ouvrir.",
                "Vérifié avec l’école.",
                "La clé était à l’accueil.",
            ),
            Plea(
                "force-majeure",
                "Coupure de courant dans le quartier.",
                "Confirmé par le distributeur.",
                "La coupure a duré dix minutes.",
            ),
        ),
    ),
    "payroll": Words(
        (
            "Les éléments variables sont arrivés après la clôture.",
            "Une prime a été saisie deux fois.",
            "Le fichier des virements a été refusé par la banque.",
        ),
        ("Une double lecture est faite avant le virement.", "Rappel envoyé aux services cinq jours avant la clôture."),
        ("Fait ; aucune erreur sur les deux dernières paies.",),
        (
            Plea(
                "client-fault",
                "Éléments variables reçus deux jours après la date.",
                "C’est exact.",
                "Ils ont été remis la veille.",
            ),
        ),
    ),
    "building-permits": Words(
        (
            "Dossier complété tard par le demandeur.",
            "Le juriste qui suit les permis était en congé.",
            "L’ordre du jour de la commission a changé deux fois.",
        ),
        ("Un second juriste suit maintenant les permis.", "Les pièces manquantes sont demandées dès le dépôt."),
        ("Fait ; plus d’avis hors délai ce trimestre.",),
        (
            Plea(
                "dependency",
                "L’ordre du jour nous est parvenu la veille.",
                "Nous en convenons.",
                "Il était publié le lundi.",
            ),
        ),
    ),
    "sales-to-marketing": Words(
        (
            "The export job failed in the night and nobody was told.",
            "The tills of two shops were closed late, the figures came after noon.",
            "A product had two numbers, so that lines were missing.",
        ),
        ("An alert goes out when the export has not run by eight.", "Product numbers are checked on Fridays."),
        ("Done: the check runs every evening now.", "Done; no line has been missing since."),
        (
            Plea(
                "client-fault",
                "The promotions reached us on Friday evening.",
                "True, we were late.",
                "They were there on Wednesday.",
            ),
            Plea(
                "supplier-fault",
                "We changed the till system that weekend, as announced.",
                "Announced and agreed.",
                "It was announced for the week after.",
            ),
        ),
    ),
    "stock-data": Words(
        (
            "The scanner gateway of the warehouse stood still.",
            "The count was made while pallets were still moved.",
            "Orders were twice as high as forecast after the announcement.",
        ),
        ("Counts are made after the last lorry now.", "The gateway restarts by itself."),
        ("Done: the last four counts were exact.",),
    ),
}
"""By contract, in the language that its parties speak."""
OF_WHAT_CAME_FIRST: Final = Plea("dependency", "", "Nous en convenons.", "Ce n’est pas ce qui a retardé la suite.")
"""What is said to an excuse that the platform proposes."""
OF_OTHERS: Final = Words(
    ("Somebody was absent and nobody stood in.",), ("A second person is now trained for it.",), ("Done.",)
)


ROOT_CAUSES: Final[Mapping[str, tuple[str, ...]]] = {
    "canteen-deliveries": ("van-down", "van-down", "cold-chain", "headcount-late", "nobody-stood-in"),
    "home-meals": ("nobody-stood-in", "nobody-stood-in", "cold-chain", "file-incomplete", "weather"),
    "building-permits": ("file-incomplete", "file-incomplete", "nobody-stood-in", "rush"),
    "it-support-education": ("rush", "rush", "nobody-stood-in", "tool-stood-still"),
    "payroll": ("data-not-ready", "data-not-ready", "tool-stood-still"),
    "sales-to-marketing": ("tool-stood-still", "tool-stood-still", "data-not-ready", "nobody-stood-in"),
    "stock-data": ("tool-stood-still", "rush", "rush"),
}
"""By contract: what its breaches are due to, more often than not the first ones (`deploy/samples/causes.yaml`)."""


def words_of(commitment: str) -> Words:
    """The words for a commitment of that contract."""
    return OF_CONTRACT.get(commitment.partition("/")[0], OF_OTHERS)
