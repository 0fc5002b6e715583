"""Merkle trees as RFC 9162 has them, against the definitions of its text."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.merkle import (
    EMPTY,
    Growing,
    consistency,
    inclusion,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)
from domain.records import Salts, record

SIZES = st.integers(1, 300)


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def naive_root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 9162 §2.1.1."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY
    middle = 1
    while middle * 2 < len(hashes):
        middle *= 2
    return node_hash(naive_root(hashes[:middle]), naive_root(hashes[middle:]))


class Stored:
    """A tree whose complete subtrees are kept."""

    def __init__(self, count: int):
        self.growing = Growing()
        self.nodes = {(level, index): node for leaf in leaves(count) for level, index, node in self.growing.add(leaf)}

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


@given(SIZES, st.data())
def test_the_root_of_every_size_is_the_one_of_the_definition(count: int, data: st.DataObject) -> None:
    tree, size = Stored(count), data.draw(st.integers(0, count))
    assert tree.growing.root == naive_root(leaves(count))
    assert root_of(size, tree.node) == naive_root(leaves(size))


@given(SIZES, SIZES, SIZES)
def test_many_leaves_at_once_make_the_same_tree(first: int, second: int, third: int) -> None:
    at_once, one_by_one = Growing(), Growing()
    every = leaves(first + second + third)
    for some in (every[:first], [], every[first : first + second], every[first + second :]):
        at_once.extend(some)
        for leaf in some:
            one_by_one.add(leaf)
        assert (at_once.size, at_once.peaks, at_once.root) == (one_by_one.size, one_by_one.peaks, one_by_one.root)


@given(SIZES, st.data())
def test_every_leaf_is_shown_to_be_in_the_tree_and_no_other(count: int, data: st.DataObject) -> None:
    tree, index = Stored(count), data.draw(st.integers(0, count - 1))
    leaf, root = leaves(count)[index], tree.growing.root
    path = inclusion(index, count, tree.node)
    assert is_included(leaf, index, count, path, root)
    assert not is_included(leaf_hash(b"another"), index, count, path, root)
    assert not is_included(leaf, index, count, [*path, EMPTY], root)
    if path:
        assert not is_included(leaf, index, count, path[:-1], root)
        other = data.draw(st.integers(0, count - 1).filter(lambda one: one != index))
        assert not is_included(leaf, other, count, path, root)


@given(SIZES, st.data())
def test_a_tree_is_shown_to_begin_with_an_earlier_one_and_with_no_other(count: int, data: st.DataObject) -> None:
    tree, first = Stored(count), data.draw(st.integers(1, count))
    roots = naive_root(leaves(first)), tree.growing.root
    path = consistency(first, count, tree.node)
    assert is_consistent(first, count, roots, path)
    assert not is_consistent(first, count, (EMPTY, roots[1]), path)
    assert not is_consistent(first, count, (roots[0], EMPTY), path)
    if path:
        assert not is_consistent(first, count, roots, path[:-1])
        assert not is_consistent(first, count, roots, [*path, EMPTY])


def test_what_is_not_in_the_tree_has_no_path() -> None:
    tree = Stored(5)
    for index, size in ((5, 5), (-1, 5)):
        with pytest.raises(ValueError, match="no such leaf"):
            inclusion(index, size, tree.node)
    for first, second in ((0, 5), (5, 4)):
        with pytest.raises(ValueError, match="not in the second"):
            consistency(first, second, tree.node)
    assert not is_included(EMPTY, 0, 0, [], EMPTY)


RECORDS = [
    bytes([number]) * 16 + record(position, UUID(int=number), 1, "entente.test", state)
    for number, (position, state) in enumerate([(1, b"a"), (2, b"b"), (4, b"c"), (5, b"d"), (9, b"")], 1)
]


def test_t_3_five_entries_have_the_tree_of_the_worked_example() -> None:
    assert RECORDS[0].hex() == (
        "01" * 16 + "0000000000000001" + "00" * 15 + "01" + "0000000000000001" + "0000000c656e74656e74652e74657374"
        "0000000161"
    )
    hashes = [leaf_hash(one) for one in RECORDS]
    assert hashes[0].hex() == "bcc5d07bce8a0181dc1e4468394ee5b2b7cce15ad422b129ce7d48a66898b747"
    left = node_hash(node_hash(hashes[0], hashes[1]), node_hash(hashes[2], hashes[3]))
    growing = Growing()
    nodes = {(level, index): node for leaf in hashes for level, index, node in growing.add(leaf)}
    assert growing.root == node_hash(left, hashes[4])
    assert growing.root.hex() == "7bac1b012a38f1349c6cc8fb1aeec349a0de25fecfbeff9da38a0eab3da13e25"

    def node(level: int, index: int) -> bytes:
        return nodes[level, index]

    assert [len(inclusion(index, 5, node)) for index in (4, 0)] == [1, 3]


def test_each_position_has_a_salt_of_its_own_that_the_secret_alone_gives() -> None:
    salt = Salts(bytes(32))
    found = [salt(position) for position in range(1, 1_000)]
    assert len(set(found)) == len(found)
    assert {len(one) for one in found} == {16}
    assert Salts(bytes(32))(700) == found[699]
    assert Salts(b"\x01" + bytes(31))(700) != found[699]
