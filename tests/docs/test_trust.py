"""The worked example of the tree says what the program makes of it."""

from __future__ import annotations

import re
from base64 import b64encode
from uuid import UUID

from domain.merkle import Growing, leaf_hash
from domain.records import record
from tests.docs.test_design import PAGES

EXAMPLE = PAGES["trust-7-examples.md"]


def test_the_example_of_the_tree_has_the_leaves_and_the_root_of_the_program() -> None:
    states = zip((1, 2, 4, 5, 9), (b"a", b"b", b"c", b"d", b""), strict=True)
    records = [
        bytes([number]) * 16 + record(position, UUID(int=number), 1, "entente.test", state)
        for number, (position, state) in enumerate(states, 1)
    ]
    leaves = [leaf_hash(one) for one in records]
    tree = Growing()
    for leaf in leaves:
        tree.add(leaf)
    assert records[0].hex() in re.sub(r"\s", "", EXAMPLE)
    assert re.findall(r"^l\d ([0-9a-f]{64})$", EXAMPLE, re.MULTILINE) == [leaf.hex() for leaf in leaves]
    assert f"= `{tree.root.hex()}`" in EXAMPLE
    assert f"\n5\n{b64encode(tree.root).decode()}\n\n— " in EXAMPLE
