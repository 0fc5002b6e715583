"""What the program says is said in the language of who reads it, from a catalogue of the templates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from dashboards.language import language
from dashboards.messages import Messages, messages, of_commands
from domain.saying import cut, heard, said

ENTRIES = {
    "the contract ends on {until}, before it begins on {start}": (
        "le contrat prend fin le {until}, avant de commencer le {start}",
    ),
    "{value} is not {what}": ("{value} n’est pas {what}",),
    "a share": ("une part",),
    "“{value}”": ("« {value} »",),
    "{count:,} items are too many": ("{count:,} élément est de trop", "{count:,} éléments sont de trop"),
    "Field required": ("champ obligatoire",),
}


@pytest.fixture
def french() -> Messages:
    return Messages(language("fr"), ENTRIES)


def test_values_are_written_as_the_language_writes_them(french: Messages) -> None:
    text = said("the contract ends on {until}, before it begins on {start}", until=date(2026, 1, 1), start="2026-02-01")
    assert french.say(text) == "le contrat prend fin le 1er\u00a0janv.\u00a02026, avant de commencer le 2026-02-01"
    assert (
        french.say(said("{value} is not {what}", value=Decimal("1.5"), what=said("a share")))
        == "1,5 n’est pas une part"
    )


def test_counts_take_their_plural_form(french: Messages) -> None:
    assert french.say(said("{count:,} items are too many", count=1)) == "1 élément est de trop"
    assert french.say(said("{count:,} items are too many", count=12_000)) == "12\u202f000 éléments sont de trop"


def test_an_s_stands_behind_several_in_either_language() -> None:
    french = Messages(language("fr"), {"{n} checkpoint{n:s} of {size}": ("{n} point{n:s} de contrôle sur {size}",)})
    for n, english, spoken in ((0, "s", ""), (1, "", ""), (2, "s", "s")):
        text = said("{n} checkpoint{n:s} of {size}", n=n, size=5)
        assert text == f"{n} checkpoint{english} of 5"
        for known in (text, str(text)):  # with its template, and known again by its wording
            assert french.say(known) == f"{n} point{spoken} de contrôle sur 5"


def test_a_sentence_that_was_kept_as_plain_text_is_found_by_its_wording(french: Messages) -> None:
    assert french.say("the contract ends on 2026, before it begins on 2027") == (
        "le contrat prend fin le 2026, avant de commencer le 2027"
    )
    assert (
        french.say(said("{value} is not {what}", value="x", what=heard("Field required")))
        == "x n’est pas champ obligatoire"
    )


def test_what_no_catalogue_knows_stays_english_and_is_marked_so(french: Messages) -> None:
    text = said("{value} is not {what}", value=said("“{value}”", value="<a>"), what=heard("a weekday at all"))
    assert french.html(text) == '« &lt;a&gt; » n’est pas <span lang="en">a weekday at all</span>'
    assert french.html(said("some thing new")) == '<span lang="en">some thing new</span>'


def test_marks_alone_need_no_words(french: Messages) -> None:
    assert french.say(said("{where}: {what} ({mend})", where="f.yaml:1:2", what=said("a share"), mend="x")) == (
        "f.yaml:1:2: une part (x)"
    )


def test_what_is_cut_is_cut_in_the_language_of_who_reads(french: Messages) -> None:
    assert french.say(cut(said("{value} is not {what}", value="x" * 50, what=said("a share")), 20)) == f"{'x' * 19}…"
    assert french.say(cut(said("a share"), 6)) == "une p…"


def test_english_is_said_as_it_is() -> None:
    text = said("{value} is not {what}", value=said("“{value}”", value="x"), what=heard("anything"))
    assert Messages(language("en"), {}).html(text) == "“x” is not anything"


def test_a_sentence_begins_with_a_capital_but_not_an_id(french: Messages) -> None:
    assert french.html(said("a share"), begins=True) == "Une part"
    assert french.html(said("{value} is not {what}", value="sales/a", what=said("a share")), begins=True).startswith(
        "sales/a"
    )
    assert french.html("Field required", begins=True) == "Champ obligatoire"


@pytest.mark.parametrize("sent", [b"", b'{"id": "1', b"{id}"])
def test_what_the_reader_of_json_says_is_known_in_french(sent: bytes) -> None:
    with pytest.raises(msgspec.DecodeError) as refused:
        msgspec.json.decode(sent)
    assert 'lang="en"' not in messages("fr").html(heard(str(refused.value))).partition(":")[0]


@pytest.mark.parametrize(
    ("word", "of", "expected"),
    [
        *((one, "excuse", french) for one, french in (
            ("asked", "demandée"), ("accepted", "acceptée"), ("refused", "refusée"), ("disputed", "contestée"),
        )),
        *((one, "version", french) for one, french in (
            ("proposed", "proposée"), ("signed", "signée"), ("in force", "en vigueur"), ("past", "passée"),
            ("refused", "refusée"), ("replaced", "remplacée"), ("withdrawn", "retirée"),
        )),
        *((one, "action", french) for one, french in (
            ("open", "ouverte"), ("closed", "close"), ("overdue", "en retard"), ("not needed", "sans objet"),
        )),
        *((one, "review", french) for one, french in (
            ("planned", "prévue"), ("held", "tenue"), ("signed", "signée"), ("past", "passée"),
        )),
        *((one, "breach", french) for one, french in (("open", "ouvert"), ("withdrawn", "retiré"), ("past", "passé"))),
        *((one, "target", french) for one, french in (("met", "tenu"), ("breached", "non tenu"), ("open", "en cours"))),
        *((one, "occurrence", french) for one, french in (("met", "tenue"), ("missing", "manquante"))),
        *((one, "column", french) for one, french in (("unknown", "indéterminées"), ("missing", "manquantes"))),
        ("asked", "match", "demandé"), ("accepted", "", "accepté"), ("in force", "contract", "en vigueur"),
    ],
)  # fmt: skip
def test_a_word_agrees_with_what_it_is_said_of(word: str, of: str, expected: str) -> None:
    assert of_commands("fr").say(heard(word, of=of)) == expected
    assert str(heard(word, of=of)) == of_commands("en").say(heard(word, of=of)) == word


def test_behind_a_place_a_colon_stands_as_the_language_sets_it() -> None:
    text = said("{slug}: {problem}", slug="x", problem="y")
    assert (str(text), messages("en").say(text), messages("fr").say(text)) == ("x: y", "x: y", "x\u00a0: y")
    assert of_commands("fr").say(said("{kind} {id}", kind="a:", id="b: c")) == "a: b: c"


@pytest.mark.parametrize(
    "text", ["unexpected end of data", "',' expected after '\"'", "field larger than field limit (131072)"]
)
def test_what_is_wrong_with_a_row_is_said_in_french(text: str) -> None:
    pieces = messages("fr").pieces(said("the row cannot be read: {error}", error=heard(text)))
    assert not [one for one in pieces if one.is_foreign]
