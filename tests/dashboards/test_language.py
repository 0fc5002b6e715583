"""Texts: the same keys in both languages, nothing said outside them, and how numbers, dates and spans are written."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

import dashboards
import entente
import ingestion
from dashboards.language import FIRM, NARROW, Language, choose, language, typeset
from ingestion.door import ID_REUSED, Channel
from ingestion.whose import NOT_ALLOWED

EN, FR = language("en"), language("fr")
FOLDER = Path(dashboards.__file__).parent
COMMANDS = sorted((Path(entente.__file__).parent / "cli").glob("*.py"))
TEMPLATES = sorted([*(FOLDER / "pages").rglob("*.html"), *(FOLDER / "letters").glob("letter.*t*")])
PLURAL = re.compile(r"\.(one|other)$")
BRAND = "Entente"


def bases(texts: object) -> set[str]:
    assert hasattr(texts, "keys")
    return {PLURAL.sub("", key) for key in texts.keys()}  # noqa: SIM118


def test_french_and_english_have_the_same_keys() -> None:
    assert bases(EN.texts) == bases(FR.texts)


def keys_in(table: Mapping[str, object], before: str = "") -> Iterator[str]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from keys_in(value, f"{before}{key}.")
        else:
            yield f"{before}{key}"


@pytest.mark.parametrize("spoken", [EN, FR], ids=["en", "fr"])
def test_a_key_stands_once_in_all_files(spoken: Language) -> None:
    """One that stood in two would be read from the folder of pages whose name comes last."""
    files = [path for path in FOLDER.rglob(f"{spoken.code}.toml") if path.parent.parent.name in ("dashboards", "pages")]
    assert len(files) > 10
    found = Counter(key for path in files for key in keys_in(tomllib.loads(path.read_text("utf-8"))))
    assert [key for key, times in found.items() if times > 1] == []
    assert found.keys() == spoken.texts.keys()


@pytest.mark.parametrize("key", sorted(bases(EN.texts)))
def test_both_languages_fill_the_same_places(key: str) -> None:
    def places(texts: object, key: str) -> set[str]:
        assert hasattr(texts, "get")
        found = [texts.get(key), texts.get(f"{key}.one"), texts.get(f"{key}.other")]
        return {name for text in found if text for _, name, _, _ in Formatter().parse(text) if name} - {"n", "ending"}

    assert places(EN.texts, key) == places(FR.texts, key)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_says_anything_by_itself(template: Path) -> None:
    source = template.read_text("utf-8")
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", " ", source, flags=re.DOTALL)
    said = re.sub(r"<[^>]*>", " ", bare).replace(BRAND, "")
    assert not re.findall(r"[A-Za-zÀ-ÿ]{2,}", re.sub(r"&\w+;|^<!doctype html>", "", said))
    for attribute in re.findall(r'(?:aria-label|title|alt|placeholder|data-label)="([^"]*)"', bare):
        assert not re.search(r"[A-Za-zÀ-ÿ]", attribute)


def test_every_key_that_a_template_names_is_there() -> None:
    for template in TEMPLATES:
        for call, key, more in re.findall(r'\b([tn])\("([a-z_.A-Z0-9-]+)"( ~)?', template.read_text("utf-8")):
            known = EN.texts if call == "t" or more else {PLURAL.sub("", key) for key in EN.texts if PLURAL.search(key)}
            assert any(one.startswith(key) for one in known) if more else key in known, f"{template.name}: {key}"


def test_every_text_is_used() -> None:
    sources = "".join(path.read_text("utf-8") for path in (*TEMPLATES, *FOLDER.rglob("*.py"), *COMMANDS))
    groups = set(re.findall(r"""["']([a-z_]+(?:\.[a-z_]+)*)[._]\{""", sources)) | set(
        re.findall(r'"([a-z_]+(?:\.[a-z_]+)*)[._]" ~', sources)
    )
    groups |= {
        "nav",
        "means",
        "problem",
        "every",
        "nth",
        "error",
        "state_word",
        "period",
        "exported",
        "effect_verdict",
        "settled",
        "charged",
    }
    unused = [
        key
        for key in bases(EN.texts)
        if not re.search(rf"""["']({re.escape(key)}|{re.escape(key.removesuffix("_by"))})["']""", sources)
        and not any(key.startswith((f"{group}.", f"{group}_")) for group in groups)
    ]
    assert unused == []


def test_what_quarantine_names_has_words() -> None:
    """Why an event went there, and the way it came, however the door is written."""
    folder = Path(ingestion.__file__ or "").parent
    sources = "".join(path.read_text("utf-8") for path in sorted(folder.glob("*.py")))
    slugs = {ID_REUSED, NOT_ALLOWED, *re.findall(r'(?:Problem\(\s*|Bad\([^"\n]*)"([a-z]+-[a-z-]+)"', sources)}
    assert {"malformed-row", "unmapped-row", "too-deep"} <= slugs
    wanted = {f"slug.{one}" for one in slugs} | {f"channel.{one}" for one in get_args(Channel)}
    assert wanted - EN.texts.keys() == wanted - FR.texts.keys() == set()


def test_french_marks_have_their_spaces() -> None:
    assert typeset("Pourquoi ? « oui » : 87,5 % ; l'heure !", "fr") == (
        f"Pourquoi{NARROW}? «{FIRM}oui{FIRM}»{FIRM}: 87,5{NARROW}%{NARROW}; l’heure{NARROW}!"
    )
    for text in FR.texts.values():
        assert not re.search(r" [;:!?%»]|« |'", text), text


def test_parts_with_commas_of_their_own_are_kept_apart_as_the_language_does() -> None:
    assert language("en").apart(["a, b", "c"]) == "a, b; c"
    assert language("fr").apart(["a, b", "c"]) == f"a, b{NARROW}; c"


def test_counts_agree_with_their_number() -> None:
    assert EN.counted("commitment.misses_left", 1) == "miss left"
    assert EN.counted("commitment.misses_left", 0) == "misses left"
    assert FR.counted("counts.met", 0) == "0 tenue"
    assert FR.counted("counts.met", 2) == "2 tenues"
    assert FR.counted("contracts.lede", 1_000_000) == f"1{NARROW}000{NARROW}000 contrats vous concernent."


def test_numbers_are_grouped_and_shares_have_one_place() -> None:
    assert EN.number(41_872) == FR.number(41_872) == f"41{NARROW}872"
    assert EN.percent(Fraction(7, 8)) == f"87.5{NARROW}%"
    assert FR.percent(Fraction(7, 8)) == f"87,5{NARROW}%"
    assert FR.percent(Fraction(1)) == f"100{NARROW}%"
    assert FR.decimal(Decimal("1234.5")) == f"1{NARROW}234,5"


def test_a_share_is_never_rounded_across_its_target() -> None:
    assert EN.percent(Fraction(9499, 10_000), against=Fraction(95, 100)) == f"94.99{NARROW}%"
    assert EN.percent(Fraction(95, 100), against=Fraction(95, 100)) == f"95{NARROW}%"


def test_dates_and_times_read_as_people_write_them() -> None:
    assert EN.day(date(2026, 11, 16)) == f"Mon{FIRM}16{FIRM}Nov"
    assert FR.day(date(2026, 11, 16)) == f"lun.{FIRM}16{FIRM}nov."
    assert FR.short_date(date(2026, 12, 1)) == f"1er{FIRM}déc.{FIRM}2026"
    assert FR.long_day(date(2026, 11, 1)) == f"dimanche 1er{FIRM}novembre{FIRM}2026"
    assert EN.clock(time(9, 5)) == "09:05"
    assert FR.clock(time(9, 0)) == f"9{FIRM}h"
    assert FR.clock(time(10, 42)) == f"10{FIRM}h{FIRM}42"
    assert FR.clock(time(11, 23, 8), seconds=True) == f"11{FIRM}h{FIRM}23{FIRM}min{FIRM}08{FIRM}s"
    assert EN.clock(time(11, 23, 8), seconds=True) == "11:23:08"
    assert EN.long_moment(datetime.combine(date(2026, 11, 17), time(10, 42))).startswith("Tuesday")


@pytest.mark.parametrize(
    ("seconds", "en", "fr"),
    [
        (45, "45 s", "45 s"),
        (1388, "23 min 08 s", "23 min 08 s"),
        (600, "10 min", "10 min"),
        (13_320, "3 h 42 min", "3 h 42"),
        (7200, "2 h", "2 h"),
        (187_200, "2 days 4 h", "2 jours 4 h"),
        (86_400, "1 day", "1 jour"),
        (-1388, "23 min 08 s", "23 min 08 s"),
    ],
)
def test_spans_have_at_most_two_units(seconds: int, en: str, fr: str) -> None:
    assert EN.span(seconds * 1_000_000).replace(FIRM, " ") == en
    assert FR.span(seconds * 1_000_000).replace(FIRM, " ") == fr


@pytest.mark.parametrize(
    ("cookie", "accepted", "wanted"),
    [
        ("fr", "en", "fr"),
        (None, "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        (None, "de, en;q=0.5, fr;q=0.7", "fr"),
        (None, "de", "en"),
        ("../etc", None, "en"),
        (None, "fr;q=0, en;q=nonsense", "en"),
        (None, "", "en"),
    ],
)
def test_the_cookie_chooses_before_the_browser(cookie: str | None, accepted: str | None, wanted: str) -> None:
    assert choose(cookie, accepted).code == wanted


@pytest.mark.parametrize(
    ("until", "said"),
    [("30 nov.", "Jusqu’au 30 nov."), ("30 mai", "Jusqu’au 30 mai."), ("…", "Jusqu’au …."), ("../a", "Jusqu’au ../a.")],
)
def test_a_sentence_that_ends_with_an_abbreviation_has_one_full_stop(until: str, said: str) -> None:
    assert Language("fr", {"one": "Jusqu’au {until}."}, FR.locale).text("one", until=until) == said
