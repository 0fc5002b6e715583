from __future__ import annotations

from collections.abc import Callable

import pytest

from services.contract_files import Difference, Document, differences, sentences
from services.contract_files.to_terms import canonical, tree_from_canonical

One = Callable[[str], Document]
Edited = Callable[[str, str], Document]


@pytest.mark.parametrize(
    ("old", "new", "english", "french"),
    [
        (
            "tolerance: 0 min",
            "tolerance: 15 min",
            "weekly-sales / on-time / tolerance: 0 min → 15 min",
            "weekly-sales / on-time / tolérance : 0 min → 15 min",
        ),
        (
            "warn: 2 h",
            "warn: 2 h\n          early: 1 day",
            "weekly-sales / on-time / early: added, 1 day",
            "weekly-sales / on-time / avance admise : ajouté, 1 day",
        ),
        (
            "        each_miss: breach\n",
            "",
            "weekly-sales / on-time / each_miss: removed (breach)",
            "weekly-sales / on-time / chaque défaut : retiré (breach)",
        ),
        (
            "at_least: 95 %",
            "at_least: 97.5 %",
            "weekly-sales / on-time / target: at_least 95 % per quarter → at_least 97.5 % per quarter",
            "weekly-sales / on-time / objectif : at_least 95 % per quarter → at_least 97.5 % per quarter",
        ),
        (
            "every: monday",
            "every: [monday, thursday]",
            "weekly-sales / on-time / due / every: monday → monday, thursday",
            "weekly-sales / on-time / échéance / jours : monday → monday, thursday",
        ),
        (
            "calendar: office-fr",
            "calendar: office-be",
            "calendar: office-fr → office-be",
            "calendrier : office-fr → office-be",
        ),
        (
            "{le: 0}",
            "{le: 3}",
            "weekly-sales / complete / good / data.missing_products / le: 0 → 3",
            "weekly-sales / complete / conforme / data.missing_products / le : 0 → 3",
        ),
    ],
)
def test_each_change_is_said_with_its_clause(
    edited: Edited, one: One, example: str, old: str, new: str, english: str, french: str
) -> None:
    found = differences(one(example).tree, edited(old, new).tree)
    assert sentences(found) == [english]
    assert sentences(found, "fr") == [french]


def test_a_clause_that_was_left_out_shows_what_it_meant(edited: Edited) -> None:
    without, given = edited("          tolerance: 0 min\n", ""), edited("tolerance: 0 min", "tolerance: 15 min")
    assert sentences(differences(without.tree, given.tree)) == ["weekly-sales / on-time / tolerance: 0 min → 15 min"]
    assert sentences(differences(given.tree, without.tree)) == ["weekly-sales / on-time / tolerance: 15 min → 0 min"]


def test_saying_a_default_changes_nothing(edited: Edited, one: One, example: str) -> None:
    assert differences(one(example).tree, edited("          tolerance: 0 min\n", "").tree) == []
    assert differences(one(example).tree, edited("    owed_by: supplier\n", "").tree) == []


def test_moving_deliverables_and_other_ways_to_say_the_same_change_nothing(one: One, example: str) -> None:
    tree = one(example).tree
    moved = {**tree, "deliverables": list(reversed(tree["deliverables"]))}
    assert differences(tree, moved) == []
    said = example.replace('at: "10:00"', 'at: ["10:00"]').replace(
        "target: {at_least: 95 %, per: quarter}", "targets: [{per: quarter, at_least: 95 %}]"
    )
    assert differences(tree, one(said).tree) == []


def test_a_stored_text_differs_in_nothing_from_its_document(one: One, example: str) -> None:
    assert differences(tree_from_canonical(canonical(one(example))), one(example).tree) == []


def test_a_new_deliverable_says_all_its_clauses_and_a_removed_one_too(one: One, example: str) -> None:
    tree = one(example).tree
    less = {**tree, "deliverables": tree["deliverables"][:1]}
    added = differences(less, tree)
    assert {one.clause_path[0] for one in added} == {"promo-calendar"}
    assert Difference(("promo-calendar", "on-time", "early"), None, "5 days") in added
    assert Difference(("promo-calendar", "owed_by"), None, "client") in added
    assert all(one.old_text is None for one in added)
    removed = differences(tree, less)
    assert {(one.clause_path, one.old_text) for one in removed} == {(one.clause_path, one.new_text) for one in added}
    assert all(one.new_text is None for one in removed)


def test_of_a_first_version_every_clause_is_new(one: One, example: str) -> None:
    found = differences(None, one(example).tree)
    assert all(one.old_text is None for one in found)
    assert Difference(("supplier",), None, "sales") in found
    assert Difference(("weekly-sales", "on-time", "tolerance"), None, "0 min") in found


def test_several_targets_are_told_apart_by_form_and_period(edited: Edited) -> None:
    two = "targets: [{at_least: 95 %, per: quarter}, {max_misses: 1, per: month}]"
    three = "targets: [{max_misses: 2, per: month}, {at_least: 95 %, per: quarter}, {max_misses: 9, per: year}]"
    before, after = (edited("target: {at_least: 95 %, per: quarter}", text) for text in (two, three))
    assert sentences(differences(before.tree, after.tree)) == [
        "weekly-sales / on-time / target max_misses per month: max_misses 1 per month → max_misses 2 per month",
        "weekly-sales / on-time / target max_misses per year: added, max_misses 9 per year",
    ]
