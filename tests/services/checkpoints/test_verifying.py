"""Nothing of a history is altered unseen: flipped bits, entries taken out, exchanged, cut off, rewritten."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest

from domain.signed_notes import Checkpoint, NotANote, read_note
from services.checkpoints import tree
from services.checkpoints.announcing import announce, announced, restored
from services.checkpoints.making import checkpoints, covering, create, make
from services.checkpoints.signing import SigningKey, create_key, is_signed, read_key, signed_note
from services.checkpoints.verifying import given, verify
from services.errors import Invalid
from services.history.history import Fact, History, open_history

SECOND = 1_000_000
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
"""Of RFC 8032 §7.1, test 1."""
KEY = SigningKey("ville.example/entente", SEED)
FORGED = SigningKey(KEY.name, bytes(32))
NOW = 1_773_144_000 * SECOND


class Sealed(NamedTuple):
    history: History
    path: Path
    notes: list[str]
    """One checkpoint for each hundred entries."""

    def rows(self) -> list[tuple[int, bytes]]:
        with self.history.database.connect() as reads:
            return [
                (int(row), bytes(state))
                for row, state in reads.query("SELECT rowid, state FROM stored_events ORDER BY rowid")
            ]

    def alter(self, sql: str, *params: object) -> None:
        with self.history.database.transaction() as writes:
            writes.execute(sql, params)

    def told(self) -> list[str]:
        return [str(one) for one in verify(self.history).problems]


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Sealed]:
    history = open_history(f"sqlite:///{tmp_path}/town.db")
    create(history)
    notes = []
    announce(history, KEY.verifiers[0].text, lambda: NOW)
    for hundred in range(7):
        count = 99 if not hundred else 100
        facts = [Fact(UUID(int=1 + hundred * 100 + n), "entente.test", b"\x01{}\n%d" % n) for n in range(count)]
        history.append_facts(facts)
        made = make(history, [KEY], lambda: NOW)
        assert made is not None
        notes.append(made.note)
    yield Sealed(history, tmp_path, notes)
    history.close()


def test_what_was_not_altered_agrees_with_every_checkpoint(sealed: Sealed) -> None:
    found = verify(sealed.history, [given(one, is_kept=True) for one in sealed.notes], KEY.verifiers)
    assert KEY.verifiers[0].text in found.signers
    assert all(one.startswith("ville.example/entente+") for one in found.signers)
    assert (found.size, len(found.given), found.problems) == (700, 14, ())
    with sealed.history.database.connect() as reads:
        made = checkpoints(reads)
        assert [one.size for one in made] == [100, 200, 300, 400, 500, 600, 700]
        times = [one.made for one in made]
        assert times == sorted(set(times))
        after = covering(reads, made[2].position)
        assert after is not None
        assert after.size == 300
        assert covering(reads, made[-1].position + 1) is None
    assert make(sealed.history, [KEY], lambda: NOW) == made[-1]


def flipped(sealed: Sealed, chance: random.Random) -> int:
    rows = sealed.rows()
    index = chance.randrange(len(rows))
    row, state = rows[index]
    place, bit = chance.randrange(len(state)), 1 << chance.randrange(8)
    changed = bytearray(state)
    changed[place] ^= bit
    sealed.alter("UPDATE stored_events SET state = ? WHERE rowid = ?", bytes(changed), row)
    return index


def deleted(sealed: Sealed, chance: random.Random) -> int:
    rows = sealed.rows()
    index = chance.randrange(len(rows) - 1)
    sealed.alter("DELETE FROM stored_events WHERE rowid = ?", rows[index][0])
    return index


def exchanged(sealed: Sealed, chance: random.Random) -> int:
    rows = sealed.rows()
    first, second = sorted(chance.sample(range(len(rows)), 2))
    while rows[first][1] == rows[second][1]:
        first, second = sorted(chance.sample(range(len(rows)), 2))
    for row, state in ((rows[first][0], rows[second][1]), (rows[second][0], rows[first][1])):
        sealed.alter("UPDATE stored_events SET state = ? WHERE rowid = ?", state, row)
    return first


@pytest.mark.parametrize("alter", [flipped, deleted, exchanged])
@pytest.mark.parametrize("seed", range(5))
def test_an_altered_entry_is_named_by_its_index(
    sealed: Sealed, seed: int, alter: Callable[[Sealed, random.Random], int]
) -> None:
    index = alter(sealed, random.Random(seed))
    first, *_ = sealed.told()
    assert first.startswith(f"entry {index}, at position ")


@pytest.mark.parametrize(
    "change",
    [
        "originator_version = -1",
        "originator_id = 'nobody'",
        "state = 7",
        "state = 'text'",
        "topic = x'ff'",
        "topic = CAST(x'ff' AS TEXT)",
        "state = 9000000000000000000",
        "topic = 'entente.checkpoint-key', state = x'01'",
        "topic = 'entente.checkpoint-key', state = x'09'",
        "topic = 'entente.restored', state = '7'",
        "originator_id = UPPER(originator_id)",
        "originator_id = originator_id || 'ff'",
        "originator_id = originator_id || ' '",
        "originator_id = SUBSTR(originator_id, 1, 30)",
        "originator_id = NULL",
        "originator_version = NULL",
        "originator_version = 1.5",
        "topic = NULL",
        "state = NULL",
        "state = CAST(state AS TEXT)",
    ],
)
def test_an_entry_that_was_changed_into_none_is_named_too(sealed: Sealed, change: str) -> None:
    row, _ = sealed.rows()[299]
    sealed.alter(f"UPDATE stored_events SET {change} WHERE rowid = ?", row)
    first, *_ = sealed.told()
    assert first.startswith(f"entry 299, at position {row},")


def test_an_entry_that_is_none_stays_none_when_the_tree_is_made_of_it(sealed: Sealed) -> None:
    row, _ = sealed.rows()[299]
    sealed.alter("UPDATE stored_events SET topic = CAST(x'ff' AS TEXT) WHERE rowid = ?", row)
    for table in ("history_tile", "history_checkpoint"):
        sealed.alter(f"DELETE FROM {table}")
    sealed.alter("UPDATE history_tree SET size = 0, position = 0")
    tree.grow(sealed.history, sealed.history.last_position())
    assert sealed.told() == [f"entry 299, at position {row}, is none"]


ROW = "INSERT INTO stored_events ({}, originator_id, originator_version, topic, state) VALUES ({}, 'f', 1, 'entente.event', x'01')"
WITHOUT_ORDER = (
    "CREATE TABLE others AS SELECT rowid AS place, * FROM stored_events",
    "DROP TABLE stored_events",
    "CREATE TABLE stored_events (rowid, originator_id, originator_version, topic, state)",
    "INSERT INTO stored_events SELECT place, originator_id, originator_version, topic, state FROM others",
)
"""A column in the place of SQLite's own number of a row holds anything."""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ([ROW.format("rowid", "0")], "an entry stands at position 0, before the first"),
        ([ROW.format("rowid", "-7")], "an entry stands at position -7, before the first"),
        ([ROW.format("rowid", -(2**63))], f"an entry stands at position {-(2**63)}, before the first"),
        (["ALTER TABLE stored_events ADD COLUMN rowid"], "an entry stands at no position"),
        ([*WITHOUT_ORDER, ROW.format("rowid", "NULL")], "an entry stands at no position"),
        ([*WITHOUT_ORDER, ROW.format("rowid", "0.5")], "entry 0, at position 0.5, is not what it was"),
        ([*WITHOUT_ORDER, ROW.format("rowid", "'text'")], "entry 700, at position text, is none"),
        ([*WITHOUT_ORDER, ROW.format("rowid", "x'00'")], "entry 700, at position b'\\x00', is none"),
        ([*WITHOUT_ORDER, ROW.format("rowid", "300.5")], "entry 300, at position 300.5, is not what it was"),
        ([*WITHOUT_ORDER, ROW.format("rowid", "300")], "entry 300, at position 300, is not what it was"),
        ([*WITHOUT_ORDER, ROW.format("rowid", "700")], "entry 700, at position 700, is none"),
        (
            ["UPDATE history_checkpoint SET note = 'no note' WHERE size = 300"],
            "a checkpoint of the store cannot be read",
        ),
        (["UPDATE history_checkpoint SET note = x'00' WHERE size = 300"], "a checkpoint of the store cannot be read"),
        (["UPDATE history_checkpoint SET size = 301 WHERE size = 300"], "a checkpoint of the store cannot be read"),
        (
            ["UPDATE history_checkpoint SET made = made - 1 WHERE size = 300"],
            "a checkpoint of the store cannot be read",
        ),
        (
            ["UPDATE history_checkpoint SET position = 299 WHERE size = 300"],
            "the checkpoint of 300 entries is kept with another position",
        ),
        (
            ["CREATE TRIGGER other AFTER INSERT ON stored_events BEGIN SELECT 1; END"],
            "entries are read from what is no table, or what others have put rules on",
        ),
    ],
)
def test_every_row_of_the_table_is_seen(sealed: Sealed, changes: list[str], told: str) -> None:
    for change in changes:
        sealed.alter(change)
    assert told in sealed.told()


def test_of_two_entries_at_one_position_the_one_that_no_page_has_is_counted(
    sealed: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for change in (*WITHOUT_ORDER, ROW.format("rowid", "300")):
        sealed.alter(change)
    monkeypatch.setattr(tree, "AT_ONCE", 100)
    assert sealed.told() == ["701 rows are stored, and 700 are read by their positions"]


def test_a_column_that_nobody_reads_changes_nothing(sealed: Sealed) -> None:
    sealed.alter("ALTER TABLE stored_events ADD COLUMN note TEXT DEFAULT 'x'")
    assert sealed.told() == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (["UPDATE stored_events SET notification_id = 0 WHERE notification_id = 300"], "position 0, before the first"),
        (
            ["UPDATE stored_events SET notification_id = -4 WHERE notification_id = 400"],
            "position -4, before the first",
        ),
        (
            [
                "ALTER TABLE stored_events ALTER COLUMN notification_id DROP NOT NULL",
                "UPDATE stored_events SET notification_id = NULL WHERE notification_id = 300",
            ],
            "an entry stands at no position",
        ),
        (
            [
                "DROP INDEX stored_events_notification_id_idx",
                "UPDATE stored_events SET notification_id = 300 WHERE notification_id = 301",
            ],
            "at position 300, is not what it was",
        ),
        (
            ["ALTER TABLE stored_events ALTER COLUMN notification_id TYPE numeric USING notification_id + 0.5"],
            "entry 0, at position 1.5, is not what it was",
        ),
        (
            [
                "ALTER TABLE stored_events RENAME TO genuine_events",
                "CREATE VIEW stored_events AS SELECT * FROM genuine_events",
            ],
            "entries are read from what is no table, or what others have put rules on",
        ),
        (
            ["ALTER TABLE stored_events ENABLE ROW LEVEL SECURITY"],
            "entries are read from what is no table, or what others have put rules on",
        ),
    ],
)
def test_every_row_of_the_table_is_seen_on_postgresql_too(postgres_url: str, changes: list[str], told: str) -> None:
    history = open_history(postgres_url)
    create(history)
    history.append_facts([Fact(UUID(int=n), "entente.test", b"\x01{}\n%d" % n) for n in range(1, 500)])
    make(history, [KEY], lambda: NOW)
    assert verify(history).problems == ()
    with history.database.transaction() as writes:
        for change in changes:
            writes.execute(change)
    problems = [str(one) for one in verify(history).problems]
    history.close()
    assert any(told in one for one in problems), problems


def test_what_was_cut_off_is_counted(sealed: Sealed) -> None:
    rows = sealed.rows()
    sealed.alter("DELETE FROM stored_events WHERE rowid >= ?", rows[650][0])
    assert sealed.told() == ["the last 50 entries are gone", "a checkpoint of 700 entries is ahead of the store"]


def test_a_suffix_that_was_rewritten_with_its_tree_lies_between_checkpoints_that_were_handed_out(
    sealed: Sealed,
) -> None:
    rows = sealed.rows()
    for row, _ in rows[450:]:
        sealed.alter("UPDATE stored_events SET state = ? WHERE rowid = ?", b"\x01{}\nother", row)
    for table in ("history_tile", "history_checkpoint"):
        sealed.alter(f"DELETE FROM {table}")
    sealed.alter("UPDATE history_tree SET size = 0, position = 0")
    make(sealed.history, [FORGED], lambda: NOW)
    with sealed.history.database.connect() as reads:
        own = signed_note(Checkpoint(FORGED.name, 460, tree.Tiles(reads).root(460)), NOW // SECOND, [FORGED])
    adding = "INSERT INTO history_checkpoint (size, position, made, note) VALUES (460, 460, ?, ?)"
    sealed.alter(adding, NOW // SECOND, own)
    assert verify(sealed.history).problems == ()
    kept = [given(one, is_kept=True) for one in sealed.notes]
    assert [str(one) for one in verify(sealed.history, kept).problems] == ["altered among the entries 401 to 500"]
    assert [str(one) for one in verify(sealed.history, kept[-1:]).problems] == ["altered among the first 700 entries"]
    assert [str(one) for one in verify(sealed.history, trusted=KEY.verifiers).problems] == [
        "the checkpoint of 460 entries is signed by no key that you trust"
    ]
    for size, note in ((400, sealed.notes[3]), (500, sealed.notes[4])):
        sealed.alter(adding.replace("460", str(size)), given(note).made, note)
    assert [str(one) for one in verify(sealed.history, trusted=KEY.verifiers).problems] == [
        "altered among the entries 401 to 500",
        "the checkpoint of 460 entries is signed by no key that you trust",
    ]
    sealed.alter("DELETE FROM history_checkpoint")
    assert [str(one) for one in verify(sealed.history, trusted=KEY.verifiers).problems] == [
        "no checkpoint is signed by a key that you trust"
    ]


def test_a_new_key_signs_with_the_old_one_at_first_and_whoever_trusts_that_one_learns_of_it(sealed: Sealed) -> None:
    new = SigningKey(KEY.name, b"\x07" * 32)
    notes = []
    for n in range(3):
        sealed.history.append_facts([Fact(UUID(int=10_000 + n), "entente.test", b"\x01{}\n")])
        made = make(sealed.history, [new, KEY], lambda: NOW)
        assert made is not None
        notes.append(made.note)
    assert announced(sealed.history) == new.verifiers[0].text
    assert [(new.has_signed(one), KEY.has_signed(one)) for one in notes] == [(True, True), (True, False), (True, False)]
    for trusted in (KEY, new):
        assert verify(sealed.history, trusted=trusted.verifiers).problems == ()
    found = verify(sealed.history, trusted=FORGED.verifiers)
    assert [str(one) for one in found.problems] == ["the checkpoint of 100 entries is signed by no key that you trust"]


def test_a_key_that_nobody_announced_is_not_learned_of(sealed: Sealed) -> None:
    """Though the one that is trusted is the first to have signed: else whoever comes behind could sign what he likes."""
    sealed.history.append_facts([Fact(UUID(int=10_000), "entente.test", b"\x01{}\n")])
    made = make(sealed.history, [KEY], lambda: NOW)
    assert made is not None
    checkpoint = Checkpoint(KEY.name, made.size, read_note(made.note)[0].root)
    note = signed_note(checkpoint, made.made, [FORGED])
    sealed.alter("UPDATE history_checkpoint SET note = ? WHERE size = ?", note, made.size)
    assert [str(one) for one in verify(sealed.history, trusted=KEY.verifiers).problems] == [
        f"the checkpoint of {made.size} entries is signed by no key that you trust"
    ]


def test_a_store_that_was_restored_says_so_and_what_it_left_is_listed(sealed: Sealed) -> None:
    rows = sealed.rows()
    sealed.alter("DELETE FROM stored_events WHERE rowid >= ?", rows[450][0])
    sealed.alter("DELETE FROM history_tile")
    sealed.alter("DELETE FROM history_checkpoint WHERE size > 400")
    sealed.alter("UPDATE history_tree SET size = 0, position = 0")
    kept = [given(one, is_kept=True) for one in sealed.notes]
    assert [str(one) for one in verify(sealed.history, kept).problems] == [
        "a checkpoint of 700 entries is ahead of the store"
    ]
    restored(sealed.history, sealed.notes[3], "the disk failed", lambda: NOW + 60 * SECOND)
    sealed.history.append_facts([Fact(UUID(int=20_000 + n), "entente.test", b"\x01{}\n") for n in range(100)])
    made = make(sealed.history, [KEY], lambda: NOW + 120 * SECOND)
    assert made is not None
    found = verify(sealed.history, kept, KEY.verifiers)
    assert found.problems == ()
    assert [(one.size, one.reason) for one in found.branches] == [(400, "the disk failed")]
    assert sorted(one.size for one in found.left) == [500, 600, 700]
    sealed.alter("UPDATE stored_events SET state = ? WHERE rowid = ?", b"\x01{}\nother", rows[50][0])
    assert verify(sealed.history, kept, KEY.verifiers).problems


def test_t_3_the_checkpoint_of_the_worked_example_is_signed_so() -> None:
    root = bytes.fromhex("7bac1b012a38f1349c6cc8fb1aeec349a0de25fecfbeff9da38a0eab3da13e25")
    note = signed_note(Checkpoint(KEY.name, 5, root), 1_773_144_000, [KEY])
    assert note.startswith(
        "ville.example/entente\n5\ne6wbASo48TScbMj7Gu7DSaDeJf7Pvv+do4oOqz2hPiU=\n\n"
        "\u2014 ville.example/entente VL5KceGyNNMe5w0vIDfG00DPwX0r22WAcUWynIE3fytr6Ug68PIzAG0EjTBwh6UenhWiHzAegoGf37/51UUFXhPNXQs=\n"
    )
    _, lines = read_note(note)
    assert [is_signed(note, line, key) for line in lines for key in KEY.verifiers] == [True, False, False, True]
    forged = note.replace("\n5\n", "\n6\n")
    assert not any(is_signed(forged, line, key) for line in lines for key in KEY.verifiers)
    with pytest.raises(NotANote):
        given("nothing")
    assert given(note).made == 1_773_144_000


def test_a_key_is_its_owners_alone_and_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "checkpoint.key"
    key = create_key(path, "ville.example/entente")
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path) == key
    assert key.seed.hex() not in repr(key)
    with pytest.raises(Invalid, match="a file already"):
        create_key(path, "ville.example/entente")
    for text in ("", "PRIVATE+KEY+x+0+", path.read_text()[:-9], "\0"):
        (tmp_path / "other.key").write_text(text)
        with pytest.raises(Invalid, match="no key"):
            read_key(tmp_path / "other.key")
    with pytest.raises(Invalid, match="no key"):
        read_key(tmp_path / "absent.key")


def test_a_signature_that_is_none_names_nobody(sealed: Sealed) -> None:
    """A forger leaves the lines of the genuine key where they were: whoever compares the name is not to be deceived."""
    with sealed.history.database.transaction() as writes:
        [(note,)] = writes.query("SELECT note FROM history_checkpoint WHERE size = 700")
        text, _, lines = note.partition("\n\n")
        forged = "\n".join(f"{line[:-9]}AAAAAAAA=" if line else line for line in lines.split("\n"))
        writes.execute("UPDATE history_checkpoint SET note = ? WHERE size = 700", [f"{text}\n\n{forged}"])
    found = verify(sealed.history)
    assert found.signers == ()
    assert [str(one) for one in found.problems] == ["its newest checkpoint is signed by none of the keys that it names"]
