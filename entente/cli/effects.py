"""The command that says whether an action helped: actions effect."""

from __future__ import annotations

import typer

from domain.saying import said
from entente.cli.actions import actions
from entente.cli.options import Json
from entente.cli.session import out, print_json, print_table, session
from services.breaches.effect_shown import effect_of
from services.breaches.effect_words import effect_remarks, effect_sentence
from services.breaches.effects import read_effect


def add_to(app: typer.Typer) -> None:
    """To the actions, which another module has added to the program."""
    actions.command("effect")(show_effect)


def show_effect(context: typer.Context, action: str, json: Json = False) -> None:
    """Whether an action helped: what came after it was closed, against what was before."""
    here = session(context)
    with here.see() as seen:
        shown, row = effect_of(seen, action), read_effect(seen, action)
    if json:
        print_json(shown)
        return
    if row is None:
        out.print(said("The action was not closed yet: there is no effect to look at."), markup=False)
        return
    for sentence in (effect_sentence(row), *effect_remarks(row)):
        out.print(sentence, markup=False)
    windows = [(name, one) for name in ("before", "after") if (one := shown[name]) is not None]
    print_table(
        ("window", "from", "until", "missed", "judged", "of"),
        [(name, one["from"], one["to"], one["missed"], one["judged"], one["of"]) for name, one in windows],
        empty="",
        words={"window": ""},
    )
