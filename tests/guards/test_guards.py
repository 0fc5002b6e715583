"""Guards stand where they are said to stand. Whether tests notice that one is gone is for `make guards` to show."""

from __future__ import annotations

import ast

import pytest

from tests.guards.guards import GUARDS, ROOT, TESTS, Guard
from tests.guards.others import OTHERS
from tests.guards.streaming import STREAMING, Guarding

WAY = (*STREAMING, *(one for guards in OTHERS.values() for one in guards))


def _named() -> set[str]:
    trees = [ast.parse((ROOT / path).read_text(encoding="utf-8")) for path in TESTS]
    named = [one.name for tree in trees for one in tree.body if isinstance(one, ast.FunctionDef)]
    return {name for name in named if name.startswith("test_rule_")}


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: f"{guard.rule:02} {guard.taken}")
def test_a_guard_stands_in_its_file_once_and_what_is_left_without_it_is_python(guard: Guard) -> None:
    without = guard.patched(guard.source())
    assert without != guard.source()
    compile(without, guard.file, "exec")


def test_every_rule_has_guards_and_every_test_guards_something() -> None:
    assert {guard.rule for guard in GUARDS} == set(range(1, 18))
    assert {guard.name for guard in GUARDS} == _named()


def test_no_two_guards_are_the_same() -> None:
    assert len({(one.file, one.code, one.instead, one.test) for one in GUARDS}) == len(GUARDS)


@pytest.mark.parametrize("guard", WAY, ids=lambda guard: guard.taken)
def test_a_guard_of_the_way_stands_in_its_file_once_and_its_test_is_there(guard: Guarding) -> None:
    if guard.file.endswith(".py"):
        compile(guard.patched(), guard.file, "exec")
    else:
        assert guard.patched()
    path, _, name = guard.test.partition("::")
    assert f"def {name.partition('[')[0]}(" in (ROOT / path).read_text(encoding="utf-8")
