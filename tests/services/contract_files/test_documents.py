from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.contract_files import Document, read_bytes, read_documents
from services.contract_files.documents import MAX_BYTES
from services.errors import DocumentInvalid

One = Callable[[str], Document]


def refused(text: str) -> list[str]:
    with pytest.raises(DocumentInvalid) as raised:
        read_documents(text, "f.yaml")
    return raised.value.problems


def test_words_times_and_dates_stay_text(one: One) -> None:
    written = "a: NO\nb: 1:30\nc: 2026-01-01\nd: yes\ne: 1_000\nf: 10:00\ng: 9-17\nh: '017'"
    assert one(written).tree == {
        "a": "NO",
        "b": "1:30",
        "c": "2026-01-01",
        "d": "yes",
        "e": "1_000",
        "f": "10:00",
        "g": "9-17",
        "h": "017",
    }


def test_numbers_are_exact(one: One) -> None:
    tree = one("{a: 0.1, b: 1e3, c: -7, d: 18446744073709551616, e: .5, f: 0, g: 0.30}").tree
    assert tree == {
        "a": Decimal("0.1"),
        "b": 1000,
        "c": -7,
        "d": 2**64,
        "e": Decimal("0.5"),
        "f": 0,
        "g": Decimal("0.3"),
    }
    assert [type(value) for value in tree.values()] == [Decimal, Decimal, int, int, Decimal, int, Decimal]


def test_truths_and_nothing_are_those_of_the_core_schema(one: One) -> None:
    assert one("{a: true, b: False, c: ~, d: null, e: }").tree == {
        "a": True,
        "b": False,
        "c": None,
        "d": None,
        "e": None,
    }


def test_keys_are_text_as_written(one: One) -> None:
    assert one("1: a\nNO: b\ntrue: c\ncase:concept:name: d").tree == {
        "1": "a",
        "NO": "b",
        "true": "c",
        "case:concept:name": "d",
    }


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 017", "f.yaml:1:4: a: the number 017 has a leading zero (quote it if it is a text: '017')"),
        ("a: -00.5", "f.yaml:1:4: a: the number -00.5 has a leading zero (quote it if it is a text: '-00.5')"),
        ("a: 0x1F", "f.yaml:1:4: a: the number 0x1F has a leading zero (quote it if it is a text: '0x1F')"),
        ("a: .inf", "f.yaml:1:4: a: .inf is not a finite number (quote it if it is a text: '.inf')"),
        ("a: [1, .NaN]", "f.yaml:1:8: a[1]: .NaN is not a finite number (quote it if it is a text: '.NaN')"),
        ("a: 1e999", "f.yaml:1:4: a: the number 1e999 is beyond 10^40 (quote it if it is a text)"),
        ("x: 1\na: &me 2", "f.yaml:2:4: a: the anchor &me is refused (write the value where it is used)"),
        (
            "a: !!str 2",
            "f.yaml:1:4: a: the tag tag:yaml.org,2002:str is refused (quotes make a text, nothing else is needed)",
        ),
        ("a: !mine {b: 1}", "f.yaml:1:4: a: the tag !mine is refused (quotes make a text, nothing else is needed)"),
        ("b:\n  <<: {a: 1}", "f.yaml:2:3: b: merge keys (<<) are refused (write the keys out)"),
        ("a:\n  b: 1\n  c: 2\n  b: 3", "f.yaml:4:3: a.b: the key “b” is given twice (the first is in line 2)"),
        ('{"a": 1,\n\t"a": 2}', "f.yaml:2:2: a: the key “a” is given twice (the first is in line 1)"),
        ("1: a\n'1': b", "f.yaml:2:1: 1: the key “1” is given twice (the first is in line 1)"),
        ("? [a]\n: 1", "f.yaml:1:3: document: a key is a text (lists, mappings and aliases are no keys)"),
        ("07: a", "f.yaml:1:1: 07: the number 07 has a leading zero (quote it if it is a text: '07')"),
        (
            "%YAML 1.1\n---\na: NO",
            "f.yaml:2:1: document: this YAML version is not read (YAML 1.2, without a %YAML line)",
        ),
        ("%TAG !e! tag:x\n---\na: 1", "f.yaml:2:1: document: %TAG lines are refused (leave tags out)"),
        ("&k a: 1", "f.yaml:1:1: document: a key with an anchor or a tag is refused (write the key alone)"),
        ("- 1", "f.yaml:1:1: document: a document is a set of keys (it starts with `entente: 1`)"),
        ("", "f.yaml:1:1: document: the file holds no document (it starts with `entente: 1`)"),
        ("# nothing\n---\n", "f.yaml:1:1: document: the file holds no document (it starts with `entente: 1`)"),
        (
            "a: b: c",
            "f.yaml:1:5: document: not readable as YAML: mapping values are not allowed here"
            " (quote a text that holds “: ”, or check the indentation)",
        ),
        (
            "a:\n\tb: 1",
            "f.yaml:2:1: document: not readable as YAML: found character '\\t' that cannot start any token"
            " (indent with spaces, not tabs)",
        ),
        (
            "a: 1\nb: \x01",
            "f.yaml:2:4: document: not readable as YAML: a character that YAML does not allow"
            " (check indentation, quotes and brackets here)",
        ),
        ('a: "\\x00"', "f.yaml:1:4: a: the text holds a control character (only line breaks and tabs are allowed)"),
        (
            '{"a": "\\ud800"}',
            "f.yaml:1:7: a: the text holds half a character (a lone surrogate) (write the whole character)",
        ),
    ],
)
def test_what_two_readers_could_take_for_two_things_is_refused(text: str, problem: str) -> None:
    assert refused(text) == [problem]


def test_an_alias_is_refused_with_its_anchor() -> None:
    assert refused("a: &x [1]\nb: *x") == [
        "f.yaml:1:4: a: the anchor &x is refused (write the value where it is used)",
        "f.yaml:2:4: b: the alias *x is refused (write the value out)",
    ]


def test_a_bomb_of_aliases_is_refused_at_its_first_anchors() -> None:
    bomb = 'a: &a ["x"]\n' + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert refused(bomb)[0].startswith("f.yaml:1:4: a: the anchor &a is refused")


def test_every_problem_is_told_in_the_order_of_the_file() -> None:
    assert [problem.split(":")[1] for problem in refused("a: 01\nb: .nan\nc: &x 1\na: 2")] == ["1", "2", "3", "4"]


def test_fifty_levels_are_read_and_one_more_is_refused(one: One) -> None:
    one("a: " + "[" * 49 + "]" * 49)
    [problem] = refused("a: " + "[" * 50 + "]" * 50)
    assert problem.startswith("f.yaml:1:53: a[0]")
    assert problem.endswith(": nested deeper than 50 levels (documents are never that deep)")


def test_endless_nesting_is_refused() -> None:
    assert "nested deeper than 50 levels" in refused("a: " + "[" * 100_000)[0]


def test_a_file_of_one_mebibyte_is_read_and_one_byte_more_is_refused(one: One) -> None:
    start = "a: 1\n#"
    one(start + "x" * (MAX_BYTES - len(start)))
    [problem] = refused(start + "x" * (MAX_BYTES - len(start) + 1))
    assert problem == "f.yaml:1:1: document: the file is larger than 1,048,576 bytes (divide it into several files)"


def test_json_with_tabs_is_read_through_the_same_door(one: One) -> None:
    data = {"a": [1, 2.5, "x\ty", None, True], "é": {"b": "😀\\/"}}
    for ensure_ascii in (True, False):
        document = one(json.dumps(data, indent="\t", ensure_ascii=ensure_ascii))
        assert document.tree == {"a": [1, Decimal("2.5"), "x\ty", None, True], "é": {"b": "😀\\/"}}


def test_a_file_may_hold_several_documents_and_an_empty_last_one() -> None:
    documents = read_documents("---\na: 1\n---\nb:\n  c: 2\n---\n", "f.yaml")
    assert [document.tree for document in documents] == [{"a": 1}, {"b": {"c": 2}}]
    assert documents[1].place(("b", "c")) == (5, 6)


def test_every_key_and_value_has_its_place(one: One) -> None:
    document = one("a:\n  - b: x\n    c:\n  - y\n")
    assert document.place(("a",), of_key=True) == (1, 1)
    assert document.place(("a", 0, "b"), of_key=True) == (2, 5)
    assert document.place(("a", 0, "b")) == (2, 8)
    assert document.place(("a", 0, "c")) == (3, 5), "a value that is not written stands at its key"
    assert document.place(("a", 1)) == (4, 5)
    assert document.place(("a", 1, "absent")) == (4, 5), "what is absent stands where its holder does"


def test_bytes_that_are_not_utf_8_are_refused_with_their_place() -> None:
    with pytest.raises(DocumentInvalid) as raised:
        read_bytes(b"a: 1\nb: \xff", "f.yaml")
    assert raised.value.problems == ["f.yaml:2:4: document: the file is not UTF-8 (save it as UTF-8)"]


def test_a_byte_order_mark_is_not_a_part_of_the_first_key() -> None:
    assert read_bytes("\ufeffa: é".encode(), "f.yaml")[0].tree == {"a": "é"}


_PIECES = st.sampled_from(
    [
        *(
            "a",
            "b: ",
            "- ",
            "\n",
            "  ",
            "\t",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "?",
            "&x ",
            "*x",
            "!t ",
            "!!int ",
            "'",
            '"',
        ),
        *("|", ">", "#", "<<", "---", "...", "%YAML 1.1\n", "%TAG ! x\n", "017", ".inf", "1e5", "\\x", '"\\UFFFFFFFF"'),
        *("\r", "\u2028", "\ufeff", "~"),
    ]
)


def read_or_refused(read: Callable[[], list[Document]]) -> tuple[list[Document], list[str]]:
    """The documents, or the problems; any other exception is a failure."""
    try:
        return read(), []
    except DocumentInvalid as error:
        return [], error.problems


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(), st.lists(_PIECES, max_size=25).map("".join)))
def test_any_text_is_read_or_refused_with_places(text: str) -> None:
    documents, problems = read_or_refused(lambda: read_documents(text, "f.yaml"))
    assert bool(documents) != bool(problems)
    assert all(problem.startswith("f.yaml:") for problem in problems)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    documents, problems = read_or_refused(lambda: read_bytes(data, "f.yaml"))
    assert bool(documents) != bool(problems)
