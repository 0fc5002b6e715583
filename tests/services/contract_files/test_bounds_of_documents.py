"""Files of any content cost no more than their length, and what is said of them is short."""

from __future__ import annotations

import pytest

from services.contract_files import contract_terms, read_bytes
from services.contract_files.documents import MAX_PROBLEMS, MAX_VALUES
from services.errors import DocumentInvalid
from tests.bounded import seconds_of_work

HEAD = b"entente: 1\ncontract: c\n"


def _read(raw: bytes) -> object:
    [document] = read_bytes(raw, "f")
    return contract_terms(document)


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"a: [" + b"a," * 500_000 + b"a]",
        HEAD + b"? " + b"k" * 900_000 + b"\n: [" + b"*a ," * 20_000 + b"1]\n",
        HEAD + b"? " + b"k" * 500_000 + b"\n: 1\n? " + b"k" * 500_000 + b"\n: 1\n",
        HEAD + b"a: 0x" + b"f" * 1_000_000,
        HEAD + b"deliverables:\n" + b"- {}\n" * 10_000,
        HEAD + b"a: " + b"[" * 1_000_000,
        HEAD + b"".join(b"k%d: a\n" % one for one in range(10_000)),
    ],
)
def test_what_is_wrong_with_a_file_is_said_shortly(raw: bytes) -> None:
    with seconds_of_work(60), pytest.raises(DocumentInvalid) as refused:
        _read(raw)
    assert len(refused.value.problems) <= MAX_PROBLEMS
    assert all(len(one) < 1_000 for one in refused.value.problems)


def test_a_file_has_so_many_keys_and_values_and_no_more() -> None:
    def listed(count: int) -> bytes:
        return b"a: [" + b"1," * (count - 1) + b"1]\n"

    assert len(read_bytes(listed(MAX_VALUES - 10), "f")[0].tree["a"]) == MAX_VALUES - 10
    with pytest.raises(DocumentInvalid, match=r"f:1:\d+: .*more than 60,000 keys and values"):
        read_bytes(listed(MAX_VALUES + 1), "f")
