"""What a new contract may begin with: a sample of each kind, valid as it stands, or a copy of another contract."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from services.contract_files import Tree, as_file

HEAD = """\
entente: 1
contract: {id}
title: {{en: {en}, fr: {fr}}}
supplier: {supplier}
client: {client}
timezone: {zone}
valid: {{from: {first}}}
late_data: 3 days
{calendar}deliverables:
  - id: {deliverable}
    title: {{en: {en}, fr: {fr}}}
    criteria:
      - id: {criterion}
        title: {{en: {criterion_en}, fr: {criterion_fr}}}
        owner: {owner}
        indicator:
{indicator}        target: {target}
"""
OPEN = 'calendar: {open: {mon-fri: ["09:00-12:30", "13:30-18:00"]}}\n'
SAMPLES: dict[str, dict[str, str]] = {
    "punctuality": {
        "id": "weekly-report",
        "en": "Weekly report",
        "fr": "Rapport hebdomadaire",
        "criterion": "on-time",
        "criterion_en": "On time",
        "criterion_fr": "À l’heure",
        "indicator": "delivered: {type: report.delivered, where: {data.report: weekly}}\n"
        'due: {every: monday, at: "10:00"}\nearly: 3 days\ntolerance: 15 min\nwarn: 2 h\n',
        "target": "{max_misses: 1, per: quarter}",
        "calendar": OPEN,
    },
    "deadline": {
        "id": "opinions",
        "en": "Opinions on files",
        "fr": "Avis sur dossiers",
        "criterion": "in-time",
        "criterion_en": "Before each file’s date",
        "criterion_fr": "Avant la date de chaque dossier",
        "indicator": "opened: {type: file.opened}\ndue: data.due\nclosed: {type: file.closed}\nwarn: 2 days\n",
        "target": "{at_least: 90 %, per: quarter}",
        "calendar": OPEN,
    },
    "turnaround": {
        "id": "requests",
        "en": "Requests",
        "fr": "Demandes",
        "criterion": "done",
        "criterion_en": "Done in time",
        "criterion_fr": "Traitées à temps",
        "indicator": "opened: {type: request.opened}\nclosed: {type: request.closed}\nwithin: 8 working hours\nwarn: 1 h\n",
        "target": "{at_least: 90 %, per: month}",
        "calendar": OPEN,
    },
    "conformity": {
        "id": "deliveries",
        "en": "Deliveries",
        "fr": "Livraisons",
        "criterion": "complete",
        "criterion_en": "Complete",
        "criterion_fr": "Complètes",
        "indicator": "each: {type: delivery.received}\ngood: {data.missing: {le: 0}}\n",
        "target": "{at_least: 98 %, per: month}",
    },
    "measure": {
        "id": "answers",
        "en": "Answers",
        "fr": "Réponses",
        "criterion": "wait",
        "criterion_en": "Time to answer",
        "criterion_fr": "Temps de réponse",
        "indicator": "each: {type: call.answered}\nvalue: data.wait_seconds\naggregate: p95\nunit: s\n",
        "target": "{at_most: 60, per: month}",
    },
    "availability": {
        "id": "application",
        "en": "Application",
        "fr": "Application",
        "criterion": "up",
        "criterion_en": "Up",
        "criterion_fr": "En marche",
        "indicator": "down: {type: service.down}\nup: {type: service.up}\nignore_shorter_than: 2 min\n",
        "target": "{at_least: 99.5 %, per: month}",
        "calendar": OPEN,
    },
    "volume": {
        "id": "meals",
        "en": "Meals",
        "fr": "Repas",
        "criterion": "as-planned",
        "criterion_en": "As many as planned",
        "criterion_fr": "Autant que prévu",
        "indicator": "each: {type: meals.delivered}\nvalue: data.count\nper: week\nexpected: 500\nband: 10 %\n",
        "target": "{at_least: 90 %, per: quarter}",
    },
    "freshness": {
        "id": "stock",
        "en": "Stock levels",
        "fr": "État des stocks",
        "criterion": "fresh",
        "criterion_en": "Never older than agreed",
        "criterion_fr": "Jamais plus ancien que convenu",
        "indicator": "updated: {type: stock.updated}\nmax_age: 4 h\n",
        "target": "{at_least: 99 %, per: month}",
    },
    "satisfaction": {
        "id": "reception",
        "en": "Reception",
        "fr": "Accueil",
        "criterion": "satisfied",
        "criterion_en": "Satisfied",
        "criterion_fr": "Satisfaits",
        "indicator": "answer: {type: survey.answered}\nscore: data.score\nscale: [1, 5]\nsatisfied: 4\n",
        "target": "{at_least: 80 %, per: quarter}",
    },
}
"""By kind: the contract and its deliverable, the criterion, its indicator."""


def sample_file(
    kind: str, supplier: str, client: str, zone: str, first: date, *, owner: str = "", taken: Sequence[str] = ()
) -> str:
    """A contract of one clause of that kind. Raises KeyError for a kind that has no sample."""
    said = SAMPLES[kind]
    lines = f"kind: {kind}\n{said['indicator']}".splitlines()
    names = {
        "calendar": "",
        **said,
        "deliverable": said["id"],
        "indicator": "".join(f"          {one}\n" for one in lines),
    }
    names["id"] = free_id(said["id"], taken)
    parties = {"supplier": supplier, "client": client, "zone": zone, "owner": owner or "somebody"}
    return HEAD.format(**names, **parties, first=first.isoformat())


def copy_file(tree: Tree, first: date, taken: Sequence[str]) -> str:
    """The same wording for other parties: under another id, from that day on."""
    kept = {name: value for name, value in tree.items() if name not in ("effective", "rebaseline")}
    return as_file({**kept, "contract": free_id(str(tree["contract"]), taken), "valid": {"from": first.isoformat()}})


def free_id(wanted: str, taken: Sequence[str]) -> str:
    """That id, or the first with a number that is not taken."""
    found, number = wanted, 1
    while found in taken:
        number += 1
        found = f"{wanted[:58]}-{number}"
    return found
