"""Forgetting: the keys go, all that was judged stays, and no backup gives anything back."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.saying import Said, said
from services.access import ADMINISTRATOR, AUDITOR, Principal
from services.auditing.shown import entry_json
from services.errors import Invalid, NotAllowed, Refused, Unavailable
from services.explaining.occurrences import explain_occurrence
from services.history.databases import Database, Transaction
from services.history.entries import ERASED, Box, box_of
from services.sealing import data_keys
from services.sealing.data_keys import DataKeys, Need
from services.sealing.erased import Erased, all_erased
from services.sealing.erasing import Erasing
from services.sealing.kek import create_kek, quarter, read_keks
from services.sealing.kept_apart import append, lines
from services.sealing.key_tables import open_keys
from services.sealing.reading import content
from tests.given import at
from tests.services.sealing.sealed import NOW, Sealed, keks_in, lab, sealing, ticket, tickets

DAY = 86_400_000_000


def state_of(sealed: Sealed, position: int | None) -> str:
    entry = sealed.store.history.at(position or 0)
    assert entry is not None
    standing = content(sealed.store.history, entry, ADMINISTRATOR, "lab").standing
    assert standing is not None
    return standing.state


def test_who_is_erased_is_forgotten_and_nobody_else(sealed: Sealed) -> None:
    sealed.sign(tickets())
    answers = sealed.send(
        ticket("t1"), ticket("t1", "closed", "2026-04-10T09:00:00Z"), ticket("t2", requester={"id": "u2", "name": "Bo"})
    )
    sealed.advance("2026-06-01 00:00")
    before = [replace(one, position=0) for one in sealed.figures()]
    erasure = sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked on 2026-06-29")
    sealed.judge()
    assert len(erasure.keys) == 2
    assert erasure.everywhere_by == NOW + 30 * DAY
    assert [state_of(sealed, one.position) for one in answers] == ["erased", "erased", "kept"]
    assert [replace(one, position=0) for one in sealed.figures()] == before
    assert sealed.dump() == sealed.judged_again()


def test_the_fact_names_keys_and_a_reason_and_nobody(sealed: Sealed) -> None:
    [answer] = sealed.send(ticket("t1"))
    key = sealed.key_of(answer.position or 0)
    sealed.erasing.erase(Principal("administrator", person="ines"), "u1", "he asked")
    [(position, erased)] = all_erased(sealed.store.history)
    assert (erased.keys, erased.reason, erased.because, erased.by) == (
        (key,),
        "he asked",
        "asked",
        "administrator/ines",
    )
    entry = sealed.store.history.at(position)
    assert entry is not None
    assert entry.topic == ERASED
    assert b"u1" not in entry.state
    shown = entry_json(sealed.store.history, entry)
    assert shown["content"]["keys"] == [key]
    assert sealed.keys.subject("u1") not in entry.state.decode()


def test_who_comes_again_gets_new_keys(sealed: Sealed) -> None:
    [first] = sealed.send(ticket("t1"))
    sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
    [again] = sealed.send(ticket("t2"))
    assert sealed.key_of(first.position or 0) != sealed.key_of(again.position or 0)
    assert [state_of(sealed, one.position) for one in (first, again)] == ["erased", "kept"]


def test_what_was_set_aside_about_somebody_goes_with_him_and_nothing_else(sealed: Sealed) -> None:
    zoe = {"id": "u7", "name": "Zoe"}
    sealed.send(ticket("t1", requester=zoe))
    late, other, unread = sealed.send(
        ticket("t1", requester=zoe, comment="again"),
        ticket("t2").replace(b"2026-03-10T", b"2026-13-10T"),
        b"{Zoe",
    )
    erasure = sealed.erasing.erase(ADMINISTRATOR, "u7", "she asked")
    assert (len(erasure.keys), erasure.unread) == (2, 1)
    assert [state_of(sealed, one.quarantined_at) for one in (late, other, unread)] == ["erased", "kept", "kept"]
    with pytest.raises(Refused, match="destroyed"):
        sealed.quarantine.retry(str(late.quarantined_at), ADMINISTRATOR)


def test_an_id_is_the_same_in_all_the_ways_of_writing_it(sealed: Sealed) -> None:
    for number, (sent, named) in enumerate(
        (("Jos\u00e9", "Jose\u0301"), (4711.0, "4711"), (" u5", "u5"), (1e30, "1E+30"))
    ):
        sealed.send(ticket(f"t{number}", requester={"id": sent}))
        assert len(sealed.erasing.erase(ADMINISTRATOR, named, "he asked").keys) == 1, sent
    sealed.send(ticket("t9", requester={}))
    with pytest.raises(Refused, match="names nobody"):
        sealed.erasing.erase(ADMINISTRATOR, " ", "he asked")


def test_looking_first_changes_nothing(sealed: Sealed) -> None:
    [answer] = sealed.send(ticket("t1"))
    before = sealed.position()
    assert len(sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked", dry_run=True).keys) == 1
    assert sealed.position() == before
    assert state_of(sealed, answer.position) == "kept"


def test_one_source_alone_may_forget(sealed: Sealed) -> None:
    sealed.describe({**lab(), "sources": [*lab()["sources"], {**lab()["sources"][0], "source": "other"}]})
    one, other = sealed.send(ticket("t1"), ticket("t1").replace(b'"desk"', b'"other"'))
    sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked", sources=["other"])
    assert [state_of(sealed, each.position) for each in (one, other)] == ["kept", "erased"]


def test_only_the_administrator_forgets_and_says_why(sealed: Sealed) -> None:
    for who in (AUDITOR, Principal("member", frozenset({"lab"}))):
        with pytest.raises(NotAllowed):
            sealed.erasing.erase(who, "u1", "why not")
    with pytest.raises(Refused, match="for a reason"):
        sealed.erasing.erase(ADMINISTRATOR, "u1", "  ")


def test_nobody_of_that_name_leaves_no_fact(sealed: Sealed) -> None:
    before = sealed.position()
    assert sealed.erasing.erase(ADMINISTRATOR, "nobody", "he asked").keys == ()
    assert sealed.position() == before


def test_an_id_in_another_case_is_named_and_kept(sealed: Sealed) -> None:
    """Whoever types it as a list has it might think that all is gone."""
    small, great = sealed.send(ticket("t1"), ticket("t2", requester={"id": "U1"}))
    for looking in (True, False):
        erasure = sealed.erasing.erase(ADMINISTRATOR, "U1", "he asked", dry_run=looking)
        assert (len(erasure.keys), erasure.others) == (1, ("u1",))
    assert [state_of(sealed, one.position) for one in (small, great)] == ["kept", "erased"]
    assert sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked", sources=["another"]).others == ()
    assert sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked").others == ()


def test_what_else_is_kept_of_a_person_goes_too(sealed: Sealed) -> None:
    class Directory:
        gone: list[str] = []  # noqa: RUF012

        def of(self, subject: str) -> list[Said]:
            return [said("name and address")]

        def forget(self, subject: str) -> None:
            self.gone.append(subject)

        def stays(self, subject: str) -> list[int]:
            return [7]

    directory = Directory()
    erasing = Erasing(sealed.store.history, sealed.keys, lambda: NOW, None, [directory])
    assert erasing.erase(ADMINISTRATOR, "u1", "he asked", dry_run=True).also == ("name and address",)
    assert directory.gone == []
    erasing.erase(ADMINISTRATOR, "u1", "he asked")
    assert directory.gone == ["u1"]


def test_an_explanation_says_when_the_content_was_erased(sealed: Sealed) -> None:
    sealed.sign(tickets())
    sealed.send(ticket("t1"), ticket("t1", "closed", "2026-03-10T09:30:00Z"))
    sealed.advance("2026-06-01 00:00")
    sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
    row = sealed.store.read(ADMINISTRATOR, explain_occurrence, "c/d/on-time", "t1")
    assert [(one.sealed.state, one.sealed.at) for one in row.events if one.sealed] == [("erased", NOW)] * 2
    assert [one.id for one in row.events] == ["t1/opened", "t1/closed"]


def test_the_entry_is_shown_with_what_is_clear(sealed: Sealed) -> None:
    [answer] = sealed.send(ticket("t1"))
    entry = sealed.store.history.at(answer.position or 0)
    assert entry is not None
    shown = entry_json(sealed.store.history, entry)
    assert shown["sealed"] == {"state": "kept", "at": None}
    assert "Name of" not in str(shown["content"])
    sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
    assert entry_json(sealed.store.history, entry)["sealed"] == {"state": "erased", "at": "2026-06-30T10:00:00Z"}


# What comes back


def test_keys_that_come_back_with_a_backup_are_destroyed_at_the_next_start(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(lab())
        [answer] = sealed.send(ticket("t1"))
        shutil.copy(tmp_path / "entente-keys.db", tmp_path / "backup")
        sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
    shutil.copy(tmp_path / "backup", tmp_path / "entente-keys.db")
    with sealing(tmp_path) as sealed:
        assert state_of(sealed, answer.position) == "erased"
        assert sealed.keys.of_subject("u1") == []


def test_a_history_from_before_the_erasure_is_forgotten_again_by_the_file_that_was_kept_apart(tmp_path: Path) -> None:
    apart = tmp_path / "apart" / "erased"
    apart.parent.mkdir()
    store, backup = tmp_path / "store", tmp_path / "backup"
    store.mkdir()
    with sealing(store, erased_to=apart) as sealed:
        sealed.describe(lab())
        [answer] = sealed.send(ticket("t1"))
    shutil.copytree(store, backup)
    with sealing(store, erased_to=apart) as sealed:
        sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
    shutil.rmtree(store)
    shutil.copytree(backup, store)
    with sealing(store, erased_to=apart) as sealed:
        assert list(all_erased(sealed.store.history)) == []
        assert state_of(sealed, answer.position) == "erased"
        [again] = sealed.send(ticket("t2"))
        assert state_of(sealed, again.position) == "kept"
    with sealing(store, erased_to=apart) as sealed:
        assert state_of(sealed, again.position) == "kept"


def test_a_file_kept_apart_that_cannot_be_written_stops_the_erasure_until_the_next_start(tmp_path: Path) -> None:
    with sealing(tmp_path, erased_to=tmp_path / "absent" / "erased") as sealed:
        sealed.describe(lab())
        [answer] = sealed.send(ticket("t1"))
        with pytest.raises(Unavailable, match="ENTENTE_ERASED_TO"):
            sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
    with sealing(tmp_path) as sealed:
        assert state_of(sealed, answer.position) == "erased"


def test_a_line_that_was_cut_is_passed_over_and_another_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "erased"
    assert list(lines(file)) == []
    file.write_bytes(b'{"at":1,"keys":["a"]}\n{"at":2,"ke')
    assert [one.keys for one in lines(file)] == [("a",)]
    file.write_bytes(b"something else\n")
    with pytest.raises(Invalid):
        list(lines(file))


def test_a_line_that_was_cut_is_followed_by_whole_ones(tmp_path: Path) -> None:
    file = tmp_path / "erased"
    whole = b""
    for number in range(3):
        append(file, erased_of(f"k{number}"))
        for cut in range(len(whole) + 1, len(written := file.read_bytes())):
            file.write_bytes(written[:cut])
            append(file, erased_of(f"k{number}"))
            assert file.read_bytes() == written
        whole = written
    file.write_bytes(b'{"at":1,"keys":["a"]}\n{"at":2,"ke{"at":3,"keys":["b"]}\n')
    assert [one.keys for one in lines(file)] == [("a",), ("b",)], "as programs before wrote it"


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    file = tmp_path / "erased"
    append(file, erased_of("k" * 9_000))
    whole = file.read_bytes()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 10, before[1]))
    try:
        with pytest.raises(Unavailable, match="cannot be written"):
            append(file, erased_of("b"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert file.read_bytes() == whole


def erased_of(key: str) -> Erased:
    return Erased(NOW, "administrator", "asked", "he asked", (key,))


def test_a_lost_store_of_keys_takes_the_sealed_values_with_it_and_nothing_else(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(lab())
        sealed.sign(tickets())
        [answer, _] = sealed.send(ticket("t1"), ticket("t1", "closed", "2026-03-10T09:30:00Z"))
        sealed.advance("2026-06-01 00:00")
        before = sealed.figures()
    (tmp_path / "entente-keys.db").unlink()
    with sealing(tmp_path) as sealed:
        assert sealed.figures() == before
        assert sealed.dump() == sealed.judged_again()
        assert state_of(sealed, answer.position) == "unknown"
        [after] = sealed.send(ticket("t2"))
        assert state_of(sealed, after.position) == "kept"


# Keys that wrap


def test_nothing_that_was_destroyed_is_opened_from_any_backup_once_the_wrapping_key_is_replaced(tmp_path: Path) -> None:
    kek = tmp_path / "kek"
    with sealing(tmp_path) as sealed:
        sealed.describe(lab())
        first, second = sealed.send(ticket("t1"), ticket("t2", requester={"id": "u2"}))
        backup = tmp_path / "backup.db"
        with sqlite3.connect(tmp_path / "entente-keys.db") as live, sqlite3.connect(backup) as copy:
            live.backup(copy)
        box = box_of(sealed.state(first.position or 0))
        sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
        assert opened_from(backup, kek, box) is not None, "by the backup and the key that wraps it still"
        assert sealed.keys.waiting_since() == NOW
        assert sealed.keys.rewrap(NOW + DAY) == 1
        assert sealed.keys.waiting_since() is None
        assert opened_from(backup, kek, box) is None
        assert state_of(sealed, second.position) == "kept"
        [third] = sealed.send(ticket("t3", requester={"id": "u2"}))
        assert sealed.key_of(third.position or 0) == sealed.key_of(second.position or 0)
    with sealing(tmp_path) as sealed:
        assert state_of(sealed, second.position) == "kept"


def opened_from(backup: Path, kek: Path, box: Box | None) -> bytes | None:
    """What is in the box, by a backup of the store of keys and the keys that wrap now."""
    assert box is not None
    keks = read_keks(kek)
    with sqlite3.connect(backup) as reads:
        for id, by, wrapped in reads.execute("SELECT id, kek, wrapped FROM data_key WHERE id = ?", [box.key]):
            return keks.unwrap(by, wrapped, id)
    return None


def test_a_program_that_runs_seals_by_the_new_key_once_another_has_replaced_it(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(lab())
        [answer] = sealed.send(ticket("t1"))
        other = open_keys("", f"sqlite:///{tmp_path / 'entente.db'}")
        try:
            DataKeys(other, keks_in(tmp_path)).rewrap(NOW)
        finally:
            other.close()
        assert state_of(sealed, answer.position) == "kept"
        [again] = sealed.send(ticket("t2", requester={"id": "u2"}))
        assert state_of(sealed, again.position) == "kept"
    with sealing(tmp_path) as sealed:
        assert state_of(sealed, again.position) == "kept"


def test_a_program_that_runs_seals_by_no_key_that_another_has_destroyed(sealed: Sealed, tmp_path: Path) -> None:
    [first] = sealed.send(ticket("t1"))
    other = open_keys("", sealed.store.url)
    try:
        keys = DataKeys(other, keks_in(tmp_path))
        Erasing(sealed.store.history, keys, lambda: NOW).erase(ADMINISTRATOR, "u1", "he asked")
    finally:
        other.close()
    [again] = sealed.send(ticket("t2"))
    assert [state_of(sealed, one.position) for one in (first, again)] == ["erased", "kept"]


def test_a_replacement_that_was_interrupted_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(lab())
        [answer] = sealed.send(ticket("t1"))
        before = read_keks(tmp_path / "kek")
        with monkeypatch.context() as patched:
            patched.setattr(DataKeys, "_wrap_all", lambda *_: (_ for _ in ()).throw(RuntimeError))
            with pytest.raises(RuntimeError):
                sealed.keys.rewrap(NOW)
    assert {*before.keys} < {*read_keks(tmp_path / "kek").keys}
    with sealing(tmp_path) as sealed:
        assert state_of(sealed, answer.position) == "kept"
        sealed.keys.rewrap(NOW)
        assert len(read_keks(tmp_path / "kek").keys) == 1
        assert state_of(sealed, answer.position) == "kept"


def test_two_that_wrap_at_once_lose_nothing(
    sealed: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store_url: str
) -> None:
    [answer] = sealed.send(ticket("t1"))
    with other_keys(sealed, tmp_path) as other:
        thread = threading.Thread(target=other.rewrap, args=[NOW])
        wrap_all = DataKeys._wrap_all

        def beside(keys: DataKeys, *args: Any) -> int:
            if keys is sealed.keys:
                thread.start()
                thread.join(0.5)  # it waits for this one
            return wrap_all(keys, *args)

        monkeypatch.setattr(DataKeys, "_wrap_all", beside)
        sealed.keys.rewrap(NOW)
        thread.join()
    assert len(read_keks(tmp_path / "kek").keys) == 1
    with sealing(tmp_path, store_url) as again:
        assert state_of(again, answer.position) == "kept"


def test_what_another_has_put_into_the_file_meanwhile_stays_there(
    sealed: Sealed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store_url: str
) -> None:
    [answer] = sealed.send(ticket("t1"))
    sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
    [second] = sealed.send(ticket("t2"))
    with other_keys(sealed, tmp_path) as other:
        halves = [None, lambda: other.rewrap(NOW + DAY), None, None]
        alone = data_keys._alone

        def between(database: Database) -> AbstractContextManager[Transaction]:
            if (first := halves.pop(0)) is not None:
                first()
            return alone(database)

        monkeypatch.setattr(data_keys, "_alone", between)
        sealed.keys.rewrap(NOW)
        monkeypatch.undo()
        assert other.wrapped_by() == sealed.keys.wrapped_by()
    assert len(read_keks(tmp_path / "kek").keys) == 1
    assert sealed.keys.waiting_since() is None
    with sealing(tmp_path, store_url) as again:
        assert [state_of(again, one.position) for one in (answer, second)] == ["erased", "kept"]


@contextmanager
def other_keys(sealed: Sealed, folder: Path) -> Iterator[DataKeys]:
    """Those of another program on the same store."""
    database = open_keys("", sealed.store.url)
    try:
        yield DataKeys(database, read_keks(folder / "kek"))
    finally:
        database.close()


def test_a_file_that_cannot_be_written_leaves_all_as_it_was(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(lab())
        (tmp_path / "kek.new" / "in-the-way").mkdir(parents=True)
        before = read_keks(tmp_path / "kek")
        with pytest.raises(Invalid, match="cannot be written"):
            sealed.keys.rewrap(NOW)
        assert read_keks(tmp_path / "kek") == before
        [answer] = sealed.send(ticket("t1"))
    with sealing(tmp_path) as sealed:
        assert state_of(sealed, answer.position) == "kept"


def test_what_no_key_opens_keeps_nothing_else_from_being_wrapped(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(lab())
        one, other = sealed.send(ticket("t1"), ticket("t2", requester={"id": "u2"}))
        with sqlite3.connect(tmp_path / "entente-keys.db") as writes:
            lost = sealed.key_of(one.position or 0)
            writes.execute("UPDATE data_key SET kek = '2025Q1-00000000' WHERE id = ?", [lost])
        assert sealed.keys.rewrap(NOW) == 1
    with sealing(tmp_path) as sealed:
        assert [state_of(sealed, each.position) for each in (one, other)] == ["unknown", "kept"]


def test_a_file_of_keys_that_is_replaced_keeps_its_mode_and_nothing_of_one_that_was_left(tmp_path: Path) -> None:
    keks = create_kek(tmp_path / "kek", NOW)
    (tmp_path / "kek").chmod(0o640)
    left = tmp_path / "kek.new"
    left.write_bytes(b"a key of before\n")
    with left.open("rb") as reads:
        keks.with_another(NOW).write()
        assert reads.read().strip() == b""
    assert (tmp_path / "kek").stat().st_mode & 0o777 == 0o640
    assert not left.exists()


def test_what_this_store_never_had_may_be_in_another_backup_until_the_key_is_replaced(sealed: Sealed) -> None:
    sealed.keys.note_destroyed(["0" * 32], NOW)
    assert sealed.keys.waiting_since() == NOW
    sealed.keys.rewrap(NOW + DAY)
    assert sealed.keys.destroyed(["0" * 32]) == {"0" * 32: NOW + DAY}


def test_the_wrong_file_of_keys_is_said_at_the_start(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.send(ticket("t1"))
    (tmp_path / "kek").unlink()
    with pytest.raises(Unavailable, match="lacks 2026Q2-") as refused, sealing(tmp_path):
        pass
    assert refused.value.slug == "keys-missing"


def test_a_file_of_keys_is_its_owners_alone_and_nothing_shows_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    made = create_kek(path, NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_keks(path) == made
    assert made.newest.startswith("2026Q2-")
    [key] = made.keys.values()
    assert repr(key) not in repr(made)
    with pytest.raises(Invalid, match="a file already"):
        create_kek(path, NOW)
    for text in ("", "something else\n", "2026Q2-00000000 short\n", "é"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(Invalid, match="holds no keys"):
            read_keks(path)
    assert quarter(at("2026-12-31 23:59")) == "2026Q4"


def test_a_key_that_is_destroyed_leaves_no_byte_in_its_file(tmp_path: Path) -> None:
    with sealing(tmp_path) as sealed:
        sealed.describe(lab())
        sealed.send(ticket("t1"))
        [held] = sealed.keys.of_subject("u1")
        with sqlite3.connect(f"file:{tmp_path / 'entente-keys.db'}?mode=ro", uri=True) as reads:
            [(wrapped,)] = reads.execute("SELECT wrapped FROM data_key WHERE id = ?", [held.id])
        sealed.erasing.erase(ADMINISTRATOR, "u1", "he asked")
        for file in tmp_path.iterdir():
            assert wrapped not in file.read_bytes(), file
            assert sealed.keys.subject("u1").encode() not in file.read_bytes(), file


def test_a_key_that_two_programs_make_at_once_is_one(sealed: Sealed, tmp_path: Path) -> None:
    need = Need("event", sealed.keys.subject("u9"), "desk", "2026-03")
    other = open_keys("", sealed.store.url)
    try:
        mine = sealed.keys.keys_for([need], NOW)[need]
        theirs = DataKeys(other, keks_in(tmp_path)).keys_for([need], NOW)[need]
    finally:
        other.close()
    assert mine == theirs
