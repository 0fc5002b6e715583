"""Shows the changes that an amendment makes, clause by clause, in sentences for the two parties.

Deliverables, criteria, people and groups are matched by id, targets by form and period, so that moving one changes nothing.
Where a clause is left out, what it then means is shown: `tolerance: 0 min → 15 min`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from services.contract_files.documents import Tree
from services.contract_files.names import TARGETS

Clauses = dict[tuple[str, ...], str]

_NAMING = ("id", "person", "group")
_SILENT = frozenset({"deliverables", "criteria", "indicator"})
"""Keys that only hold what has an id or a name of its own."""
_DEFAULTS = {
    "owed_by": "supplier",
    "weight": "1",
    "on_closed_day": "same",
    "tolerance": "0 min",
    "late_data": "0 min",
    "on_cancel": "dropped",
    "without_due": "ignore",
    "min_count": "0",
    "when_no_data": "unknown",
    "follow": "false",
    "external": "false",
    "clients": "service",
    "primary_from": "1/3",
    "open_books": "false",
    "one_off": "0",
}
_FRENCH = {
    "title": "titre",
    "supplier": "fournisseur",
    "client": "client",
    "timezone": "fuseau horaire",
    "valid": "validité",
    "from": "du",
    "until": "au",
    "effective": "date d’effet",
    "calendar": "calendrier",
    "late_data": "délai pour les données tardives",
    "review": "revue",
    "place": "lieu",
    "pack": "dossier remis",
    "minutes_within": "délai du compte rendu",
    "present": "présents",
    "actions": "actions",
    "evidence": "preuve",
    "remind": "rappels",
    "effect": "effet",
    "after": "après",
    "before": "avant",
    "sure": "certitude",
    "escalation": "relances",
    "steps": "étapes",
    "text": "texte",
    "means": "moyens",
    "hours": "heures",
    "money": "argent",
    "year": "année",
    "amount": "montant",
    "currency": "monnaie",
    "to": "à",
    "shown_to": "montré à",
    "owed_by": "dû par",
    "depends_on": "dépend de",
    "owner": "responsable",
    "weight": "poids",
    "kind": "nature",
    "delivered": "livré",
    "due": "échéance",
    "every": "jours",
    "at": "heure",
    "on_closed_day": "jour fermé",
    "key": "clé",
    "early": "avance admise",
    "tolerance": "tolérance",
    "warn": "alerte",
    "target": "objectif",
    "each_miss": "chaque défaut",
    "min_count": "nombre minimal",
    "when_no_data": "sans données",
    "slices": "coupes",
    "opened": "ouvert",
    "closed": "clos",
    "changed": "modifié",
    "reopened": "rouvert",
    "cancelled": "annulé",
    "on_cancel": "si annulé",
    "without_due": "sans échéance",
    "within": "délai",
    "under": "délai (exclu)",
    "paused": "suspendu",
    "resumed": "repris",
    "pause_causes": "causes de suspension",
    "each": "chaque événement",
    "good": "conforme",
    "source": "source",
    "where": "si",
    "open": "ouverture",
    "holidays": "jours fériés",
    "country": "pays",
    "years": "années",
    "closures": "fermetures",
    "openings": "ouvertures exceptionnelles",
    "duration": "durée",
    "rebaseline": "révision du passé",
    "reason": "motif",
    "people": "personnes",
    "groups": "groupes",
    "access": "accès",
    "services": "services",
    "role": "rôle",
    "for": "pour",
    "administrator": "administrateur",
    "arbiter": "arbitre",
    "auditor": "auditeur",
    "head": "responsable du service",
    "sources": "sources",
    "name": "nom",
    "email": "adresse",
    "external": "externe",
    "part_of": "fait partie de",
    "expected_every": "attendu tous les",
    "by": "par",
    "personal": "ce qui est personnel",
    "values": "valeurs scellées",
    "subject": "sujet",
    "retention": "gardé pendant",
    "stored_in": "conservé en",
    "subdivision": "partie du pays",
    "dates": "dates",
    "dpo": "protection des données",
    "service": "service",
    "causes": "causes",
    "list": "liste",
    "party": "partie",
    "offer": "offre",
    "meters": "compteurs",
    "meter": "compteur",
    "unit": "unité",
    "value": "valeur",
    "map": "correspondance",
    "path": "chemin",
    "else": "sinon",
    "features": "prestations",
    "feature": "prestation",
    "levels": "niveaux",
    "level": "niveau",
    "prices": "prix",
    "price": "prix",
    "unit_price": "prix unitaire",
    "fixed": "forfait annuel",
    "index": "indexation",
    "costs": "coûts",
    "driver": "clé de répartition",
    "keys": "clés",
    "clients": "clients",
    "primary_from": "client principal à partir de",
    "open_books": "coûts ouverts",
    "charter": "charte",
    "contract": "contrat",
    "follow": "suivi",
    "intention": "intention",
    "grow": "croître",
    "hold": "maintenir",
    "cap": "plafonner",
    "shrink": "réduire",
    "band": "marge",
    "plan": "plan",
    "profile": "profil",
    "quota": "quota",
    "quantity": "quantité",
    "per": "par",
    "over": "au-delà",
    "one_off": "frais uniques",
    "data": "données",
    "residence": "lieu de conservation",
    "basis": "fondement",
}
Language = Literal["en", "fr"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One clause that changes: `weekly-sales / on-time / tolerance`. No old text: it is new; no new text: it goes."""

    clause_path: tuple[str, ...]
    old_text: str | None
    new_text: str | None

    def sentence(self, language: str = "en") -> str:
        """In English, or in French for "fr"."""
        is_french = language == "fr"
        clause = " / ".join(_FRENCH.get(part, part) if is_french else part for part in self.clause_path)
        colon = " : " if is_french else ": "
        if self.old_text is None:
            return f"{clause}{colon}{'ajouté' if is_french else 'added'}, {self.new_text}"
        if self.new_text is None:
            return f"{clause}{colon}{'retiré' if is_french else 'removed'} ({self.old_text})"
        return f"{clause}{colon}{self.old_text} → {self.new_text}"


def differences(old: Tree | None, new: Tree) -> list[Difference]:
    """Lists the changes from one tree to another, in the order of the new one, what goes away last. With no old one,
    every clause is new. Trees are those of documents or of canonical texts."""
    before = _clauses(old) if old is not None else {}
    after = _clauses(new)
    held_before, held_after = _holders(before), _holders(after)
    found = [
        Difference(path, _text_at(path, before, held_before), _text_at(path, after, held_after))
        for path in [*after, *(one for one in before if one not in after)]
    ]
    return [one for one in found if one.old_text != one.new_text]


def sentences(found: list[Difference], language: str = "en") -> list[str]:
    return [one.sentence(language) for one in found]


def _holders(clauses: Clauses) -> set[tuple[str, ...]]:
    """Every path that has clauses below it."""
    return {path[:length] for path in clauses for length in range(len(path))}


def _text_at(path: tuple[str, ...], clauses: Clauses, holders: set[tuple[str, ...]]) -> str | None:
    """Gives what a tree says at a path; where it has the holder of this clause but not the clause, what that then
    means; None where it has neither."""
    if path in clauses:
        return clauses[path]
    return _DEFAULTS.get(path[-1]) if path[:-1] in holders else None


def _clauses(tree: Tree) -> Clauses:
    clauses: Clauses = {}
    _collect(tree, (), clauses)
    clauses.pop(("entente",), None)
    return clauses


def _collect(value: Any, path: tuple[str, ...], clauses: Clauses) -> None:
    if isinstance(value, dict):
        for name, inside in value.items():
            if name in _NAMING and path:
                continue
            if name in ("escalation", "money", "prices") and isinstance(inside, list):
                for number, one in enumerate(inside, 1):
                    _collect(one, (*path, name, str(number)), clauses)
            elif name in ("target", "targets"):
                _collect_targets(inside if isinstance(inside, list) else [inside], path, clauses)
            elif name in ("every", "at") and isinstance(inside, list) and path[-1:] == ("due",):
                clauses[(*path, name)] = ", ".join(inside)
            else:
                _collect(inside, path if name in _SILENT else (*path, name), clauses)
    elif (named := _naming(value)) is not None:
        for one in value:
            _collect(one, (*path, one[named]), clauses)
            clauses.setdefault((*path, one[named]), one[named])
    else:
        clauses[path] = _shown(value)


def _naming(value: Any) -> str | None:
    """The key by which the things of a list are known; None where it is no list of such things."""
    if not isinstance(value, list) or not value or not all(isinstance(one, dict) for one in value):
        return None
    return next((name for name in _NAMING if all(name in one for one in value)), None)


def _collect_targets(targets: list[Tree], path: tuple[str, ...], clauses: Clauses) -> None:
    for target in targets:
        form = next((one for one in TARGETS if one in target), "")
        name = "target" if len(targets) == 1 else f"target {form} per {target.get('per')}"
        clauses[(*path, name)] = f"{form} {_shown(target.get(form))} per {target.get('per')}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, list):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_shown(one)}" for name, one in sorted(value.items())) + "}"
    return str(value)
