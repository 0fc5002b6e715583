"""The share of the commitments that one judge judges, where several divide the work (DESIGN §5): those whose hash is
its number, and, out of sight, the *shadows*: those of others that its own depend on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from hashlib import blake2b

from domain.commitments import Commitment
from domain.terms import deliverable_of


@dataclass(frozen=True, slots=True)
class Share:
    """Shard `shard`, from 0 on, of `of`."""

    shard: int = 0
    of: int = 1

    def owns(self, commitment: str) -> bool:
        """Says whether the commitment of that id, which need not exist, belongs to the shard."""
        return self.of == 1 or shard_of(commitment, self.of) == self.shard

    @property
    def is_whole(self) -> bool:
        return self.of == 1

    @property
    def keeps_common(self) -> bool:
        """True where the shard does what belongs to no commitment: counts what nobody claims, keeps the quarantine,
        calls reviews."""
        return self.shard == 0


WHOLE = Share()


def shard_of(commitment: str, shards: int) -> int:
    """Gives the number of the shard that a commitment belongs to, the same on every machine and with every release."""
    return int.from_bytes(blake2b(commitment.encode(), digest_size=8).digest(), "big") % shards


def needed_deliverables(commitment: Commitment) -> list[str]:
    """The deliverables (contract/deliverable) that it depends on, in any wording."""
    names = {name for version in commitment.versions for name in version.deliverable.depends_on}
    return sorted({deliverable_of(name, commitment.contract) for name in names})


def needed(owned: Iterable[Commitment], every: Collection[Commitment]) -> set[str]:
    """The commitments that these depend on."""
    names = {name for one in owned for name in needed_deliverables(one)}
    return {one.id for one in every if one.id.rpartition("/")[0] in names} if names else set()
