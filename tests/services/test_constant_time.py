"""What is secret is compared in a time that tells nothing: by `hmac.compare_digest`, and never by `==`, `in` or the like."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOOKED_AT = (
    "services/sign_in",
    "services/access_keys",
    "services/sealing",
    "services/checkpoints",
    "services/throttling.py",
    "services/api/cross_site.py",
    "dashboards/pages/sign_in",
    "ingestion/webhooks.py",
    "ingestion/signatures.py",
    "ingestion/content.py",
    "ingestion/sealing.py",
)
SECRET = re.compile(
    r"(?i)secret|token|signature|hash|digest|nonce|state|verifier|password|seed|code|cookie|challenge|^kek|^mac$"
)
ALLOWED = {
    ("services/access_keys/keeping.py", "key not in self._hashes"): "the public part of a key",
    ("services/checkpoints/receipts.py", "state[0] == PLAIN"): "what form an entry has",
    ("services/sealing/kek.py", "kek in self.keys"): "the names of keys",
    ("services/sealing/data_keys.py", "one.need.subject in codes"): "codes of the store's own, neither was sent",
    ("services/sealing/data_keys.py", "kek not in self._keks.keys"): "the names of keys",
    ("dashboards/pages/sign_in/outside.py", "one != code"): "languages",
    ("services/sign_in/passwords.py", "name in password"): "a weak one is being chosen: it is compared with what all know",
    ("services/sign_in/signing_in.py", "found.password != looked.password"): "two rows of the store, neither was sent",
    ("dashboards/pages/sign_in/page.py", "password != password_again"): "typed twice by who chooses it",
    ("dashboards/pages/sign_in/account.py", "new_password != password_again"): "typed twice by who chooses it",
}  # fmt: skip
COMPARED = {
    "services/sign_in/accounts.py": "recovery codes",
    "services/sign_in/oidc_values.py": "state and nonce of a provider",
    "services/sign_in/asker.py": "the secret of a proxy",
    "services/access_keys/keeping.py": "access keys",
    "services/api/cross_site.py": "the token of a form",
    "ingestion/signatures.py": "signatures and secrets of webhooks",
}


def files() -> Iterator[Path]:
    for place in LOOKED_AT:
        found = ROOT / place
        yield from sorted(found.rglob("*.py")) if found.is_dir() else [found]


def compared_openly(text: str) -> Iterator[str]:
    """Comparisons of two values of which one is called as a secret is, and none is written there."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Compare) or not any(
            isinstance(how, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for how in node.ops
        ):
            continue
        sides = [node.left, *node.comparators]
        is_written = any(not any(isinstance(part, ast.Name) for part in ast.walk(side)) for side in sides)
        if not is_written and any(SECRET.search(name) for side in sides for name in names_of(side)):
            yield ast.unparse(node)


def names_of(side: ast.expr) -> Iterator[str]:
    """What a side is called: a name, the last word of a.b.c, or what is called or looked into."""
    match side:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            yield name
        case ast.Call(func=called):
            yield from names_of(called)
        case ast.Subscript(value=value):
            yield from names_of(value)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            for part in parts:
                yield from names_of(part)


def test_nothing_secret_is_compared_openly() -> None:
    found = {(str(file.relative_to(ROOT)), one) for file in files() for one in compared_openly(file.read_text("utf-8"))}
    assert found - ALLOWED.keys() == set()
    assert ALLOWED.keys() - found == set()  # those that are gone leave the list


@pytest.mark.parametrize("file", COMPARED)
def test_what_comes_with_a_secret_is_compared_in_constant_time(file: str) -> None:
    assert "hmac.compare_digest(" in (ROOT / file).read_text("utf-8"), COMPARED[file]


@pytest.mark.parametrize(
    "written",
    [
        "given == secret",
        "if kept(secret) != row.hash: pass",
        "x = [one for one in rows if one.token == told]",
        "told in (row.signature, row.other)",
        "code not in codes",
        "(a, nonce) == (b, c)",
    ],
)
def test_a_comparison_of_a_secret_is_noticed(written: str) -> None:
    assert [*compared_openly(written)]


@pytest.mark.parametrize(
    "written", ["state == 'in'", "code is None", "len(code) == 6", "hmac.compare_digest(code, given)"]
)
def test_what_tells_nothing_is_not(written: str) -> None:
    assert not [*compared_openly(written)]
