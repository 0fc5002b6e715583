"""Merkle trees of RFC 9162 §2.1: what makes it visible that an entry of a history was altered, taken out or put in.

A tree of *size* leaves has one root. Leaves are added at the end only, so that a complete subtree of 2^level leaves never changes
again: its hash is the node (level, index), where index counts such subtrees from the left. Level 0 are the leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

from domain.saying import said

EMPTY = sha256().digest()
"""The root of the tree without leaves."""
Node = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (level, index)."""


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Growing:
    """A tree that grows by leaves. It keeps the roots of its complete subtrees alone, one per bit of the size, largest first."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()):
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Adds the hash of a leaf; the nodes (level, index, hash) that are complete now, from the leaf up."""
        level, index, node = 0, self.size, leaf
        complete = [(level, index, node)]
        while index % 2:
            node = node_hash(self.peaks.pop(), node)
            level, index = level + 1, index // 2
            complete.append((level, index, node))
        self.peaks.append(node)
        self.size += 1
        return complete

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Adds many hashes of leaves at once, level by level: the same tree as `add` of each makes, in a third of the time."""
        above, peaks, nodes, level = list(self.peaks), [], list(leaves), 0
        while nodes or above:
            if self.size >> level & 1:
                nodes.insert(0, above.pop())
            if len(nodes) % 2:
                peaks.append(nodes.pop())
            nodes = [
                sha256(b"\x01" + left + right).digest() for left, right in zip(nodes[::2], nodes[1::2], strict=True)
            ]
            level += 1
        self.peaks = peaks[::-1]
        self.size += len(leaves)

    @property
    def root(self) -> bytes:
        return _joined(self.peaks)


def root_of(size: int, node: Node) -> bytes:
    """The root that the tree had when it was of that size."""
    return _joined([node(level, index) for level, index in subtrees(0, size)])


def subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """The complete subtrees that the leaves [start, end) fall into, from the left. `start` is a multiple of the largest of them."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        found.append((level, start >> level))
        start += 1 << level
    return found


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The hashes that lead from leaf `index` to the root of that size (RFC 9162 §2.1.3.1). Raises ValueError."""
    if not 0 <= index < size:
        raise ValueError(said("the tree has no such leaf"))
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start = middle
    return path[::-1]


def consistency(first: int, second: int, node: Node) -> list[bytes]:
    """The hashes that show that the tree of size `second` begins with that of size `first` (RFC 9162 §2.1.4.1). Raises
    ValueError."""
    if not 0 < first <= second:
        raise ValueError(said("the first tree is not in the second"))
    path: list[bytes] = []
    start, end, is_whole = 0, second, True
    while first != end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start, is_whole = middle, False
    return ([] if is_whole else [_range_root(start, end, node)]) + path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Says whether the path leads from the hash of a leaf to the root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, reached, left = index, size - 1, leaf, list(path)
    for hash in left:
        if last == 0:
            return False
        if at % 2 or at == last:
            reached = node_hash(hash, reached)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            reached = node_hash(reached, hash)
        at, last = at >> 1, last >> 1
    return last == 0 and reached == root


def is_consistent(first: int, second: int, roots: tuple[bytes, bytes], path: Sequence[bytes]) -> bool:
    """Says whether the path shows that the tree of size `second` begins with that of size `first`, by their roots (RFC 9162
    §2.1.4.2)."""
    before, after = roots
    if first == second:
        return not path and before == after
    if not 0 < first < second or not path:
        return False
    hashes = [before, *path] if first & (first - 1) == 0 else list(path)
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    old = new = hashes[0]
    for hash in hashes[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            old, new = node_hash(hash, old), node_hash(hash, new)
            while at % 2 == 0 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, hash)
        at, last = at >> 1, last >> 1
    return last == 0 and (old, new) == (before, after)


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _range_root(start: int, end: int, node: Node) -> bytes:
    return _joined([node(level, index) for level, index in subtrees(start, end)])


def _joined(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY
    *rest, joined = peaks
    for peak in reversed(rest):
        joined = node_hash(peak, joined)
    return joined
