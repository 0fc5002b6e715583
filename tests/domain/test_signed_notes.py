"""Checkpoints as signed notes, against the worked example (T-3) and what is none."""

from __future__ import annotations

import pytest

from domain.signed_notes import COSIGNED, ED25519, Checkpoint, NotANote, Verifier, read_note, verifier

ORIGIN = "ville.example/entente"
ROOT = bytes.fromhex("7bac1b012a38f1349c6cc8fb1aeec349a0de25fecfbeff9da38a0eab3da13e25")
KEY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
"""Of RFC 8032 §7.1, test 1."""
NOTE = (
    "ville.example/entente\n5\ne6wbASo48TScbMj7Gu7DSaDeJf7Pvv+do4oOqz2hPiU=\n\n"
    "\u2014 ville.example/entente VL5KceGyNNMe5w0vIDfG00DPwX0r22WAcUWynIE3fytr6Ug68PIzAG0EjTBwh6UenhWiHzAegoGf37/51UUFXhPNXQs=\n"
)


def test_t_3_a_checkpoint_and_its_verifier_are_those_of_the_worked_example() -> None:
    assert Checkpoint(ORIGIN, 5, ROOT).text == NOTE.partition("\n\n")[0] + "\n"
    ours = Verifier(ORIGIN, ED25519, KEY)
    assert ours.text == "ville.example/entente+54be4a71+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea"
    assert verifier(ours.text) == ours
    found, [line] = read_note(NOTE)
    assert found == Checkpoint(ORIGIN, 5, ROOT)
    assert (line.name, line.key_id, len(line.signed)) == (ORIGIN, ours.key_id, 64)
    assert line.text == NOTE.partition("\n\n")[2]
    assert ours.covers(found.text, line.signed) == found.text.encode()


def test_a_cosignature_covers_the_moment_too() -> None:
    ours = Verifier(ORIGIN, COSIGNED, KEY)
    text = Checkpoint(ORIGIN, 5, ROOT).text
    signed = (1_773_144_000).to_bytes(8, "big") + bytes(64)
    assert ours.covers(text, signed) == f"cosignature/v1\ntime 1773144000\n{text}".encode()
    assert ours.key_id != Verifier(ORIGIN, ED25519, KEY).key_id


@pytest.mark.parametrize(
    "note",
    [
        "",
        NOTE.replace("\n\n", "\n"),
        NOTE.replace("\n5\n", "\n05\n"),
        NOTE.replace("\n5\n", "\n-5\n"),
        NOTE.replace("\n5\n", "\n5\nposition 9\n"),
        NOTE.replace("ville.example/entente\n5", "Ville de Valmoray\n5"),
        NOTE.replace("ville.example/entente\n5", "ville+example\n5"),
        NOTE.replace("e6wb", "e6w"),
        NOTE.replace("\u2014", "-"),
        NOTE[:-1],
        NOTE + "x" * 10_000,
        NOTE.partition("VL5K")[0] + "VL5K\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises(NotANote):
        read_note(note)


@pytest.mark.parametrize(
    "text",
    [
        "ville.example/entente",
        "ville.example/entente+54be4a72+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
        "ville.example/entente+54be4a71+AtdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
        "ville.example/entente+54be4a71+AddamAGC",
        "two words+54be4a71+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea",
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(NotANote):
        verifier(text)
