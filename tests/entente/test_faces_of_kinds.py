"""Every layer has a face of every kind of indicator, and nothing else asks which kind one is. What is told apart by `match` ends
with `assert_never`, so that a type error or one of these tests misses a kind that is added (docs/design/add-a-kind.md)."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

import pytest

from dashboards.kinds.faces import FACES as ON_PAGES
from dashboards.language import LANGUAGES, language
from domain.kinds.faces import FACES as IN_THE_DOMAIN
from domain.terms import KINDS, Indicator
from services.contract_files.indicator_models import IndicatorModel
from services.contract_files.kinds.faces import FACES as IN_FILES

ROOT = Path(__file__).parents[2]
PACKAGES = ("domain", "services", "ingestion", "dashboards", "entente")
LAYERS: Final[Mapping[str, Mapping[Any, Any]]] = {"domain": IN_THE_DOMAIN, "files": IN_FILES, "pages": ON_PAGES}
CLASSES = frozenset(one.__name__ for one in get_args(Indicator))
RULES = frozenset(
    {"CaseRule", "ItemRule", "SignalRule", *(f"{name}Rule" for name in CLASSES), "OutageRule", "StaleRule"}
)
DECLARING = (
    "domain/terms.py",
    "domain/kinds/faces.py",
    "services/contract_files/kinds/",
    "services/explaining/rule_shapes.py",
    "dashboards/kinds/faces.py",
)
"""Where the name of a kind is declared: its terms, its form in a file, the shape of its rule, the lists of faces."""
ALLOWED: Final[Mapping[str, tuple[int, str]]] = {
    "domain/kinds/volume.py: isinstance of a kind": (1, "its own versions, of all of a commitment"),
    "domain/schedule.py: isinstance of a kind": (2, "the dates of punctuality, and of no other kind"),
    "domain/commitments.py: isinstance of a rule": (
        3,
        "the dates, the counted periods, the stretches: what only such a rule has",
    ),
    "domain/commitments.py: a rule that is asked for in place of the kind": (
        1,
        "where the question is answered, by name",
    ),
    "services/explaining/time_counted.py: isinstance of a rule": (
        1,
        "the rule of a turnaround, which it is told already",
    ),
    "services/trying/proposing.py: isinstance of a kind": (
        1,
        "due times that move: punctuality alone has dates of a rule",
    ),
    "services/trying/next_dates.py: the name of a kind": (
        2,
        "due times of a draft: punctuality alone has dates of a rule",
    ),
    "services/arrivals/connecting.py: getattr of an indicator": (1, "what is good, of whatever kind says so"),
    "dashboards/pages/contracts/box_faces.py: the name of a kind": (
        2,
        "keys of the file that mean another thing in one kind",
    ),
    "services/explaining/rule_values.py: the name of a kind": (1, "a code of the API, which happens to be called so"),
    "dashboards/pages/figures/proofs.py: isinstance of a kind": (1, "the same clause as another version words it"),
    "services/explaining/shapes.py: the name of a kind": (1, "a code of the API, which happens to be called so"),
    "domain/selecting.py: getattr of an indicator": (1, "the selectors of whatever kind, by every field"),
    "domain/personal.py: getattr of an indicator": (
        1,
        "every field is looked at, of whatever kind; a test compares them with the paths of the models",
    ),
    "entente/simulation/cases.py: isinstance of a kind": (
        4,
        "one of two kinds of cases: a third has a type error there",
    ),
}
"""What asks all the same, how often, and why nothing is passed over in silence there."""


class Place(NamedTuple):
    file: str
    line: int
    what: str


def places(source: str, file: str = "") -> Iterator[Place]:
    """Where the code tells kinds apart so that one more would fall through without a word."""
    tree = ast.parse(source)
    asserted = {id(one) for node in ast.walk(tree) if isinstance(node, ast.Assert) for one in ast.walk(node.test)}
    for node in ast.walk(tree):
        what = None if id(node) in asserted else _told_apart(node)
        if what is not None:
            yield Place(file, getattr(node, "lineno", 0), what)


def _told_apart(node: ast.AST) -> str | None:
    match node:
        case ast.Match() if _matched(node) and not _ends_with_assert_never(node):
            return "a match of kinds that does not end with assert_never"
        case ast.Call(func=ast.Name("isinstance"), args=[_, classes]) if _names(classes) & CLASSES:
            return "isinstance of a kind"
        case ast.Call(func=ast.Name("isinstance"), args=[_, classes]) if _names(classes) & RULES:
            return "isinstance of a rule"
        case ast.Call(func=ast.Name("getattr" | "hasattr"), args=[asked, *_]) if _is_indicator(asked):
            return "getattr of an indicator"
        case ast.Compare(left=ast.Attribute(attr="signals")):
            return "a rule that is asked for in place of the kind"
        case ast.Call(func=ast.Name("type"), args=[asked]) if _is_indicator(asked):
            return "the type of an indicator"
        case ast.Compare(left=left) if any(_is_kind(one) for one in (left, *node.comparators)):
            return "a comparison of kinds"
        case ast.Constant(value=str(text)) if text in KINDS:
            return "the name of a kind"
    return None


def _matched(node: ast.Match) -> set[str]:
    patterns = [one for case in node.cases for one in ast.walk(case.pattern) if isinstance(one, ast.MatchClass)]
    return {name for one in patterns for name in _names(one.cls)} & CLASSES


def _ends_with_assert_never(node: ast.Match) -> bool:
    last = node.cases[-1]
    return last.guard is None and any(
        isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "assert_never"
        for line in last.body
        for one in ast.walk(line)
    )


def _names(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _is_indicator(node: ast.expr) -> bool:
    return ast.unparse(node).rpartition(".")[2] in ("indicator", "terms") and "contract" not in ast.unparse(node)


def _is_kind(node: ast.expr) -> bool:
    return ast.unparse(node).endswith("indicator.kind")


def in_the_sources(root: Path = ROOT) -> list[Place]:
    found: list[Place] = []
    for file in sorted(one for package in PACKAGES for one in (root / package).rglob("*.py")):
        name = file.relative_to(root).as_posix()
        is_declaring = name.startswith(DECLARING)
        here = places(file.read_text("utf-8"), name)
        found += [one for one in here if not (is_declaring and one.what == "the name of a kind")]
    return found


def exhaustive_matches(root: Path = ROOT) -> set[str]:
    """The modules in which kinds are told apart by a match that ends with assert_never."""
    found = set()
    for file in sorted(one for package in PACKAGES for one in (root / package).rglob("*.py")):
        nodes = ast.walk(ast.parse(file.read_text("utf-8")))
        if any(isinstance(one, ast.Match) and _matched(one) and _ends_with_assert_never(one) for one in nodes):
            found.add(file.relative_to(root).as_posix())
    return found


def test_the_kinds_are_those_that_have_terms() -> None:
    assert {one.__dataclass_fields__["kind"].default for one in get_args(Indicator)} == set(KINDS)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_kind_has_a_face_in_the_layer(layer: str) -> None:
    assert set(LAYERS[layer]) == set(KINDS)


def test_every_kind_has_its_own_terms_in_the_domain() -> None:
    assert {kind: face.terms.__dataclass_fields__["kind"].default for kind, face in IN_THE_DOMAIN.items()} == {
        kind: kind for kind in KINDS
    }


def test_every_kind_may_stand_in_a_file() -> None:
    models = [get_args(one)[0] for one in get_args(get_args(IndicatorModel)[0])]
    assert sorted(kind for one in models for kind in get_args(one.model_fields["kind"].annotation)) == sorted(KINDS)
    assert {face.model for face in IN_FILES.values()} == set(models)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_kind_has_its_words(code: str) -> None:
    said = language(code)
    wanted = [key for kind in KINDS for key in (f"kind.{kind}", f"start.about.{kind}")]
    timed = [kind for kind in KINDS if kind in IN_THE_DOMAIN and IN_THE_DOMAIN[kind].counts == "seconds"]
    prefixes = ("says.since", "says.between", "chart.by", "time.left", "time.over")
    wanted += [
        f"{prefix}.{kind}" if prefix != "chart.by" else f"chart.by_{kind}" for prefix in prefixes for kind in timed
    ]
    assert [key for key in wanted if not said.has(key)] == []


def test_nothing_else_asks_which_kind_an_indicator_is() -> None:
    found = in_the_sources()
    assert [f"{one.file}:{one.line}: {one.what}" for one in found if f"{one.file}: {one.what}" not in ALLOWED] == []
    assert Counter(f"{one.file}: {one.what}" for one in found) == {place: most for place, (most, _) in ALLOWED.items()}


def test_the_guide_names_every_place_that_must_know_a_kind() -> None:
    guide = (ROOT / "docs" / "design" / "add-a-kind.md").read_text("utf-8")
    faces = {f"{one}/kinds/faces.py" for one in ("domain", "services/contract_files", "dashboards")}
    assert sorted(place for place in faces | exhaustive_matches() if f"`{place}`" not in guide) == []


@pytest.mark.parametrize(
    "silent",
    [
        "if isinstance(indicator, Measure | Satisfaction): pass",
        "match it:\n    case Volume():\n        pass\n    case _:\n        pass",
        "match it:\n    case Availability() | Freshness() as rule:\n        pass",
        "match it:\n    case _ if isinstance(it, Punctuality):\n        assert_never(it)",
        'warn = getattr(version.criterion.indicator, "warn", None)',
        "roles = {Measure: 1}.get(type(terms))",
        "if row.criterion.indicator.kind in TIMED: pass",
        "if other == criterion.indicator.kind: pass",
        "is_case = any(isinstance(rule, CaseRule) for rule in commitment.rules)",
        "if commitment.signals is None: pass",
        'TIMED = ("availability", "freshness")',
    ],
)
def test_a_place_that_would_pass_over_a_kind_in_silence_is_found(silent: str) -> None:
    assert list(places(silent))


@pytest.mark.parametrize(
    "loud",
    [
        "assert isinstance(indicator, Measure)",
        "match it:\n    case Volume():\n        pass\n    case _:\n        assert_never(it)",
        "unit = face(indicator).unit(indicator)",
        "def rules(terms: Measure) -> None: ...",
    ],
)
def test_a_place_that_passes_over_none_is_let_be(loud: str) -> None:
    assert list(places(loud)) == []
