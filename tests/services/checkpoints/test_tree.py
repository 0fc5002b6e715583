"""The tree over a store's entries, kept in tiles, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from domain.merkle import Growing, consistency, inclusion, is_consistent, is_included
from domain.records import Salts, leaves
from services.checkpoints import tree
from services.history.history import Fact, History, open_history


@pytest.fixture
def history(store_url: str) -> Iterator[History]:
    history = open_history(store_url)
    tree.create(history.database)
    yield history
    history.close()


def append(history: History, count: int, begin: int = 0) -> None:
    history.append_facts([Fact(UUID(int=begin + n), "entente.test", b"\x01{}\n%d" % n) for n in range(1, count + 1)])


def roots(history: History) -> list[bytes]:
    """Of every size, from all entries at once."""
    with history.database.connect() as reads:
        salt = Salts(tree.grown(reads).secret)
    growing, found = Growing(), [Growing().root]
    for leaf in leaves(history.rows(0, 100_000), salt):
        growing.add(leaf)
        found.append(growing.root)
    return found


def test_however_the_tree_was_grown_each_size_has_its_root(history: History) -> None:
    sizes = []
    for number, count in enumerate((1, 254, 1, 1, 300, 0, 700)):
        append(history, count, number * 10_000)
        sizes.append(tree.grow(history, history.last_position()).size)
    assert sizes == [1, 255, 256, 257, 557, 557, 1_257]
    every = roots(history)
    with history.database.snapshot() as reads:
        tiles = tree.Tiles(reads)
        assert [tiles.root(size) for size in range(1_258)] == every


def test_proofs_are_made_of_tiles(history: History) -> None:
    append(history, 600)
    size = tree.grow(history, history.last_position()).size
    with history.database.snapshot() as reads:
        tiles, salt = tree.Tiles(reads), Salts(tree.grown(reads).secret)
        root = tiles.root(size)
        for index, leaf in list(enumerate(leaves(history.rows(0, 1_000), salt)))[::97]:
            path = inclusion(index, size, tiles.node)
            assert is_included(leaf, index, size, path, root)
        for first in (1, 255, 256, 257, 512, 599, 600):
            path = consistency(first, size, tiles.node)
            assert is_consistent(first, size, (tiles.root(first), root), path)
        with pytest.raises(LookupError):
            tiles.node(0, size)


def test_the_tree_grows_no_further_than_it_is_told(history: History) -> None:
    append(history, 10)
    positions = [entry.position for entry in history.read(0, 100)]
    assert tree.grow(history, positions[3])[:2] == (4, positions[3])
    assert tree.grow(history, positions[3])[:2] == (4, positions[3])
    assert tree.grow(history, positions[-1])[:2] == (10, positions[-1])


def test_each_store_has_a_secret_of_its_own_and_keeps_it(history: History, tmp_path: object) -> None:
    with history.database.connect() as reads:
        first = tree.grown(reads).secret
    tree.create(history.database)
    with history.database.connect() as reads:
        assert tree.grown(reads).secret == first
    other = open_history(f"sqlite:///{tmp_path}/other.db")
    tree.create(other.database)
    with other.database.connect() as reads:
        assert tree.grown(reads).secret != first
    other.close()
