"""What a row or a pair says is read by its name: a number says nothing to who reads it, and is another column's after a change."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.history.databases import column_list
from services.judging.ledger import StoredOccurrence
from services.tables.engine import OCCURRENCE

ROOT = Path(__file__).parents[2]
PROGRAM = ("services", "ingestion", "dashboards", "entente")

ASKING = frozenset({"query", "select_in", "fetchall", "fetchone"})
"""What gives rows."""
MATCHING = frozenset({"match", "fullmatch", "search", "finditer"})
"""What gives matches: `[1]` is the first group of a pattern that stands nearby."""
PARTING = frozenset({"partition", "rpartition", "split"})
"""What gives the parts of a text."""
MAY_STAY = {
    "digest[6]": "the byte of a UUID that holds its version (RFC 9562)",
    "digest[8]": "the byte of a UUID that holds its variant",
    "problems(503)[503]": "by the status of an answer",
}


def test_what_a_row_or_a_pair_says_is_read_by_its_name() -> None:
    found: set[str] = set()
    for path in sorted(one for part in PROGRAM for one in (ROOT / part).rglob("*.py")):
        reader = _by_number(path.read_text(encoding="utf-8"))
        found |= {f"{path.relative_to(ROOT)}: {one}" for one in reader if one not in MAY_STAY}
    assert found == set()


@pytest.mark.parametrize(
    "code",
    [
        "pair[1]",
        "pairs[-1][1]",
        "sorted(pairs, key=lambda pair: pair[1])",
        "sorted(pairs, key=itemgetter(1))",
        "reads.query(sql)[0][0]",
        "[row[0] for row in reads.query(sql)]",
        "found = reads.query(sql)\nfor row in found:\n    row[0]",
        "row = connection.execute(sql).fetchone()\nrow[0]",
        "for row in map(tuple, reads.select_in(sql, 'id', ids)):\n    row[0]",
    ],
)
def test_what_is_read_by_number_is_found(code: str) -> None:
    assert len(list(_by_number(code))) == 1
    assert len(list(_by_number(f"def read():\n    {code.replace(chr(10), chr(10) + '    ')}"))) == 1


@pytest.mark.parametrize(
    "code",
    [
        "rows[0]",
        "rows[-1]",
        "found = reads.query(sql)\nposition, slices = found[0]",
        "[key for (key,) in reads.query(sql)]",
        "text.partition('/')[2]",
        "one: Literal[1]",
        "if found := PATTERN.fullmatch(text):\n    found[1]",
        "[place[1] for place in PATTERN.finditer(text)]",
        "def named(found: re.Match[str]) -> str:\n    return found[1]",
    ],
)
def test_what_is_first_or_last_a_part_of_a_text_or_a_group_is_not(code: str) -> None:
    assert list(_by_number(code)) == []


def test_a_stored_occurrence_has_the_columns_of_its_table() -> None:
    assert column_list(StoredOccurrence) == ", ".join(OCCURRENCE.columns)


def _by_number(code: str) -> Iterator[str]:
    reader = _Reader()
    reader.visit(ast.parse(code))
    return iter(reader.found)


class _Reader(ast.NodeVisitor):
    """Collects what is read by number. Of a name it is known, where it is bound in the same function, whether it is a match, a
    row, or a list of rows."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._matches: set[str] = set()
        self._rows: set[str] = set()

    def visit_Module(self, node: ast.Module) -> None:
        self._within(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._within(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._within(node)

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name) and node.func.id == "itemgetter" and any(map(_number, node.args)):
            self.found.append(ast.unparse(node))
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        number, of = _number(node.slice), node.value
        if number is not None and not (self._is_match(of) or _calls(of, PARTING) or _is_literal(of)):
            is_in_row = isinstance(of, ast.Subscript) and _number(of.slice) is not None
            if number > 0 or is_in_row or (isinstance(of, ast.Name) and of.id in self._rows):
                self.found.append(ast.unparse(node))
                return  # once, also where one stands in another
        self.generic_visit(node)

    def _is_match(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Name) and node.id in self._matches

    def _within(self, node: ast.Module | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        before = self._matches, self._rows
        bound = [one for each in _own(node) for one in _bound(each)]
        lists = {name for name, value, is_each in bound if not is_each and _asks(value)}
        self._rows = self._rows | {
            name
            for name, value, is_each in bound
            if (is_each and (_asks(value) or (isinstance(value, ast.Name) and value.id in lists)))
            or (not is_each and _calls(value, frozenset({"fetchone"})))
        }
        self._matches = self._matches | {name for name, value, _ in bound if _calls(value, MATCHING)}
        if not isinstance(node, ast.Module):
            every = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            self._matches |= {one.arg for one in every if one.annotation and "Match" in ast.unparse(one.annotation)}
        self.generic_visit(node)
        self._matches, self._rows = before


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a module or a function, without the functions in it."""
    for one in ast.iter_child_nodes(node):
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef):
            yield one
            yield from _own(one)


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr, bool]]:
    """A name that is bound, to what, and whether to each of it in turn."""
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value) | ast.NamedExpr(target=ast.Name(id=name), value=value)
        ):
            yield name, value, False
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value, False
        case ast.For(target=ast.Name(id=name), iter=value) | ast.comprehension(target=ast.Name(id=name), iter=value):
            yield name, value, True


def _asks(value: ast.AST) -> bool:
    """Whether it is made of rows as they come, or all of them with one function (`map`, `sorted`)."""
    return any(_calls(one, ASKING) for one in ast.walk(value)) and not isinstance(value, ast.ListComp | ast.DictComp)


def _calls(node: ast.AST, methods: frozenset[str]) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods


def _is_literal(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "Literal"


def _number(node: Any) -> int | None:
    return node.value if isinstance(node, ast.Constant) and type(node.value) is int else None
