"""What pages load: the font and the style sheet, under names that change with them."""

from __future__ import annotations

import re
from importlib.resources import files
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont

from dashboards.language import LANGUAGES, language
from dashboards.pages.house.assets import font as font_bytes
from dashboards.pages.reviews.printing import WEIGHTS
from tests.dashboards.visiting import Site


@pytest.fixture
def font(shown: Site) -> TTFont:
    [address] = re.findall(r'<link rel="preload" href="(/static/inter-[0-9a-f]{12}\.woff2)"', shown.get("/").text)
    return TTFont(BytesIO(shown.get(address).content))


def test_the_font_is_ours_and_kept_for_a_year(shown: Site) -> None:
    answer = shown.get("/")
    [preloaded] = re.findall(
        r'<link rel="preload" href="([^"]+)" as="font" type="font/woff2" crossorigin>', answer.text
    )
    [sheet] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', answer.text)
    [asked_for] = re.findall(r"@font-face\{[^}]*url\(([^)]+)\)[^}]*font-display:swap", shown.get(sheet).text)
    assert preloaded == asked_for
    served = shown.get(preloaded)
    assert served.headers["content-type"] == "font/woff2"
    assert "immutable" in served.headers["cache-control"]
    assert len(served.content) < 40_000
    assert "font-src 'self'" in answer.headers["content-security-policy"]
    assert shown.get("/static/inter-000000000000.woff2").status_code == 404


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_letter_that_the_pages_write_stands_in_the_font(font: TTFont, code: str) -> None:
    written = set("".join(language(code).texts.values())) | set("łŁšŠžőűğŞąęţșřßẞ€→≤≥−")
    assert {sign for sign in written if ord(sign) not in font.getBestCmap()} <= {"\n"}


def test_the_font_has_tabular_figures_slashed_zeros_and_every_weight_in_use(shown: Site, font: TTFont) -> None:
    features = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert {"tnum", "zero"} <= features
    [axis] = font["fvar"].axes
    [sheet] = re.findall(r'<link rel="stylesheet" href="([^"]+)"', shown.get("/").text)
    weights = {int(weight) for weight in re.findall(r"font(?:-weight)?:(\d{3})[ ;}]", shown.get(sheet).text)}
    assert (axis.axisTag, axis.minValue, axis.maxValue) == ("wght", 400, 600)
    assert weights <= set(range(400, 601))


def test_figures_alone_are_as_wide_as_each_other_and_words_stay_as_they_are(font: TTFont) -> None:
    table = font["GSUB"].table
    [found] = {
        tuple(one.Feature.LookupListIndex) for one in table.FeatureList.FeatureRecord if one.FeatureTag == "tnum"
    }
    rules = [rule for at in found for rule in table.LookupList.Lookup[at].SubTable]
    changed = {plain for rule in rules for plain in getattr(rule, "ExtSubTable", rule).mapping}
    figures = {font.getBestCmap()[ord(figure)] for figure in "0123456789"}
    assert figures <= changed
    assert not {font.getBestCmap()[ord(sign)] for sign in " -,.:\u00a0"} & changed


@pytest.mark.parametrize("weight", WEIGHTS)
def test_each_weight_for_paper_has_the_letters_of_the_font(weight: str) -> None:
    whole, cut = TTFont(BytesIO(font_bytes())), TTFont(BytesIO(font_bytes(weight)))
    assert cut.getBestCmap() == whole.getBestCmap()
    assert "fvar" not in cut
    assert cut["OS/2"].usWeightClass == int(weight)


def test_what_was_typed_as_a_secret_is_kept_by_no_browser() -> None:
    """What is typed and not sent lies in the window's own store (tests/browser shows that it comes back); this does not."""
    script = (files("dashboards.pages") / "static" / "live.js").read_text(encoding="utf-8")
    [left_out] = re.findall(r"!/\^\(([a-z|]+)\)\$/\.test\(one\.type\)", script)
    assert {"password", "hidden"} <= set(left_out.split("|"))
    assert 'one.autocomplete !== "one-time-code"' in script
    assert script.count("sessionStorage.setItem") == 1
