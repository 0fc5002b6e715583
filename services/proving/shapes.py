"""Checkpoints and proofs as the API shows them. Hashes are hexadecimal digits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from services.api.shapes import Moment

Hash = Annotated[str, Field(description="64 hexadecimal digits.")]


class Checkpoint(TypedDict):
    size: Annotated[int, Field(description="How many entries it covers.")]
    position: Annotated[int, Field(description="That of the last of them.")]
    made: Moment
    note: Annotated[str, Field(description="The signed note: C2SP checkpoint, with a cosignature that says when.")]


class ProvenEntry(TypedDict):
    position: int
    stream: str
    version: int
    topic: str
    salt: Annotated[str, Field(description="32 hexadecimal digits.")]
    state: Annotated[str, Field(description="What is stored, in base64.")]


class Proof(TypedDict):
    index: Annotated[int, Field(description="The place in the tree, from 0.")]
    size: int
    leaf: Hash
    root: Hash
    path: Annotated[list[Hash], Field(description="From the leaf up (RFC 9162 §2.1.3).")]
    checkpoint: Annotated[str | None, Field(description="The signed note of that size; null where there is none.")]
    entry: ProvenEntry


class Growth(TypedDict):
    first: int
    second: int
    first_root: Hash
    second_root: Hash
    path: Annotated[list[Hash], Field(description="RFC 9162 §2.1.4.")]
