"""When a checkpoint is made, by whom, and where it is handed out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from uuid import UUID

import pytest

from domain.signed_notes import notes_in
from services.checkpoints import keeping
from services.checkpoints.keeping import Keeping
from services.checkpoints.making import all_checkpoints, create, make
from services.checkpoints.signing import SigningKey, create_key
from services.checkpoints.verifying import verify
from services.errors import Invalid
from services.history.history import Fact, History, open_history
from services.opening import open_store
from tests.patience import PATIENCE

SECOND = 1_000_000
NOW = 1_773_144_000 * SECOND
NAME = "ville.example/entente"


@pytest.fixture
def history(store_url: str) -> Iterator[History]:
    history = open_history(store_url)
    create(history)
    yield history
    history.close()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    create_key(tmp_path / "checkpoint.key", NAME)
    return tmp_path / "checkpoint.key"


def append(history: History, count: int, begin: int = 0, topic: str = "entente.test") -> None:
    history.append_facts([Fact(UUID(int=begin + n), topic, b"\x01{}\n%d" % n) for n in range(1, count + 1)])


def kept(history: History, *keys: Path, leads: bool = True, to: Path | None = None) -> Keeping:
    return Keeping(history, lambda: NOW, lambda: nullcontext(leads), keys=keys, to=to)


def sizes(history: History) -> list[int]:
    with history.database.connect() as reads:
        return [one.size for one in all_checkpoints(reads)]


def test_one_is_due_after_a_minute_ten_thousand_entries_a_signature_or_when_somebody_asks(
    history: History, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping_ = kept(history, key)
    assert not keeping_.is_due()
    append(history, 1)
    assert keeping_.is_due()  # the first waits for nothing
    keeping_.make()
    assert (keeping_.is_due(), sizes(history)) == (False, [2])
    append(history, 1, 100)
    assert not keeping_.is_due()
    monkeypatch.setattr(keeping, "EVERY", 0.0)
    assert keeping_.is_due()
    monkeypatch.undo()
    append(history, keeping.ENTRIES, 1_000)
    assert keeping_.is_due()
    keeping_.make()
    append(history, 1, 200, keeping.SIGNATURES[0])
    assert keeping_.is_due()
    keeping_.make()
    append(history, 1, 300)
    assert not keeping_.is_due()
    assert kept(history, key, leads=False).ensure(history.last_position(), seconds=0) is None
    assert keeping_.is_due()
    keeping_.make()
    assert not keeping_.is_due()


def test_whoever_is_not_the_judge_asks_and_waits_for_it(history: History, key: Path) -> None:
    stopping = threading.Event()
    judge = threading.Thread(target=kept(history, key).keep, args=(lambda: True, stopping))
    append(history, 3)
    judge.start()
    try:
        made = kept(history, key, leads=False).ensure(history.last_position(), seconds=PATIENCE)
    finally:
        stopping.set()
        judge.join()
    assert made is not None
    assert made.position >= 3


def test_two_at_once_make_the_same(history: History, key: Path) -> None:
    append(history, 12_000)
    keeping_ = kept(history, key)
    keeping_.make()
    append(history, 12_000, 50_000)
    threads = [threading.Thread(target=kept(history, key).make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes(history) == [12_001, 24_001]
    assert verify(history).problems == ()


def test_time_never_goes_back(history: History, key: Path) -> None:
    keys = kept(history, key).keys()
    made = []
    for number, now in enumerate((NOW, NOW - 3_600 * SECOND, NOW - 7_200 * SECOND)):
        append(history, 1, number * 10)
        found = make(history, keys, lambda now=now: now)  # type: ignore[misc]
        assert found is not None
        made.append(found.made)
    assert made == [NOW // SECOND, NOW // SECOND + 1, NOW // SECOND + 2]


def test_without_a_key_none_is_made(history: History) -> None:
    append(history, 1)
    with pytest.raises(Invalid, match="no key"):
        kept(history).make()


def test_a_key_of_another_name_is_refused(history: History, key: Path) -> None:
    with pytest.raises(Invalid, match=r"ville\.example/entente"):
        Keeping(history, lambda: NOW, lambda: nullcontext(True), keys=[key], name="other.example").keys()


def test_each_is_appended_to_a_file_also_what_could_not_be_written_before(
    history: History, key: Path, tmp_path: Path
) -> None:
    to = tmp_path / "checkpoints.txt"
    keeping_ = kept(history, key, to=to)
    for number in range(5):
        append(history, 1, number * 10)
        if number == 2:
            to.rename(tmp_path / "away")
            to.mkdir()  # it cannot be written
        if number == 4:
            to.rmdir()
            (tmp_path / "away").rename(to)
        keeping_.make()
    keeping_.make()
    assert [int(note.split("\n")[1]) for note in notes_in(to.read_text())] == sizes(history) == [2, 3, 4, 5, 6]


def test_a_checkpoint_that_was_cut_anywhere_is_handed_out_whole(history: History, key: Path, tmp_path: Path) -> None:
    to = tmp_path / "checkpoints.txt"
    keeping_ = kept(history, key, to=to)
    for number in range(2):
        append(history, 1, number * 10)
        keeping_.make()
    whole = to.read_bytes()
    for cut in range(len(whole)):
        to.write_bytes(whole[:cut])
        keeping_.make()
        assert to.read_bytes() == whole, cut


def test_a_file_of_something_else_is_not_written_to(history: History, key: Path, tmp_path: Path) -> None:
    to = tmp_path / "something-else"
    to.write_bytes(b"something else\n")
    append(history, 1)
    kept(history, key, to=to).make()
    assert to.read_bytes() == b"something else\n"


def test_the_program_that_judges_the_first_shard_is_the_one(store_url: str) -> None:
    first, second = open_store(store_url), open_store(store_url)
    judge = threading.Thread(target=first.judging.serve)
    try:
        with second.judging.leading() as leads:
            assert leads
        judge.start()
        for _ in range(round(PATIENCE / 0.05)):
            if first.judging.leads:
                break
            threading.Event().wait(0.05)
        assert (first.judging.leads, second.judging.leads) == (True, False)
        with second.judging.leading() as leads:
            assert not leads
    finally:
        first.judging.stop()
        judge.join()
        first.close()
        second.close()


def test_of_those_that_share_the_shards_one_is_the_one(postgres_url: str) -> None:
    stores = [open_store(postgres_url) for _ in range(2)]
    stores[0].judging.divide(2)
    judges = [threading.Thread(target=store.judging.serve) for store in stores]
    try:
        for judge in judges:
            judge.start()
        leading: list[bool] = []
        for _ in range(round(PATIENCE / 0.05)):
            leading = [store.judging.leads for store in stores]
            if sum(leading) == 1:
                break
            threading.Event().wait(0.05)
        assert sum(leading) == 1
        stores[leading.index(True)].judging.stop()
        judges[leading.index(True)].join()
        other = stores[leading.index(False)]
        for _ in range(round(PATIENCE / 0.05)):
            if other.judging.leads:
                break
            threading.Event().wait(0.05)
        assert other.judging.leads
    finally:
        for store, judge in zip(stores, judges, strict=True):
            store.judging.stop()
            judge.join()
            store.close()


def test_a_key_shows_its_seed_nowhere() -> None:
    assert "07" * 8 not in repr(SigningKey(NAME, b"\x07" * 32))
