from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.rule_sentences import sentences
from dashboards.rules import render_rules
from domain.terms import Target
from services.figures.rows import CommitmentRow
from tests.dashboards.promql import require_promql
from tests.dashboards.promtool import promtool
from tests.dashboards.rows_by_hand import MONTHLY_MISSES, QUARTERLY, commitment_row

HARD_TITLES = [
    'Sales "A": 95 % # not a comment',
    "{{ $labels.contract }} {{ template }} }}",
    "- a\n- b\tc \\ 'd'",
    "NO",
    "1:30",
    "Ventes — « été » 🎂\u2028\x85\x7f\ufeff",
    "%{}&*!|>@`",
    "",
]
COMMITMENT = {"contract": "sales-to-marketing", "deliverable": "weekly-sales", "criterion": "on-time"}


def rules_of(rows: list[CommitmentRow]) -> dict[str, dict[str, object]]:
    """Rules of the last group by name."""
    groups = yaml.safe_load(render_rules(rows))["groups"]
    return {rule["alert"]: rule for rule in groups[-1]["rules"]}


def every_expression(rendered: str) -> list[str]:
    return [rule["expr"] for group in yaml.safe_load(rendered)["groups"] for rule in group["rules"]]


def hard_rows() -> list[CommitmentRow]:
    return [
        commitment_row(f"contract-{number}", title, (QUARTERLY, MONTHLY_MISSES), each_miss=number % 2 == 0)
        for number, title in enumerate(HARD_TITLES)
    ]


def test_a_contract_is_a_group_and_the_platform_is_one_too() -> None:
    rendered = render_rules([commitment_row("b"), commitment_row("a"), commitment_row("b")])
    assert [group["name"] for group in yaml.safe_load(rendered)["groups"]] == ["entente", "entente/a", "entente/b"]


def test_without_any_contract_the_platform_still_watches_itself() -> None:
    assert [group["name"] for group in yaml.safe_load(render_rules([]))["groups"]] == ["entente"]


def test_the_same_contracts_give_the_same_bytes_in_any_order() -> None:
    rows = hard_rows()
    assert render_rules(rows) == render_rules(rows[::-1])


def test_a_lost_target_says_so_in_the_words_of_the_contract() -> None:
    rule = rules_of([commitment_row(title="Sales figures")])["EntenteTargetLost"]
    target = {"target": "at_least 95 % per quarter"}
    assert rule["labels"] == {"severity": "critical", "service": "sales", **COMMITMENT, **target}
    assert rule["annotations"] == {
        "summary": "Sales figures, weekly, on-time: the target at_least 95 % per quarter is lost",
        "description": (
            "Sales figures: sales owes “Sales figures, weekly” to marketing (sales-to-marketing/weekly-sales/on-time)."
        ),
        "debtor": "sales",
        "creditor": "marketing",
        "owner": "anna.martin",
    }


def test_each_target_has_its_own_rule() -> None:
    groups = yaml.safe_load(render_rules([commitment_row(targets=(QUARTERLY, MONTHLY_MISSES, QUARTERLY))]))["groups"]
    lost = [rule["expr"] for rule in groups[-1]["rules"] if rule["alert"] == "EntenteTargetLost"]
    assert len(lost) == 2
    assert 'target="at_least 95 % per quarter"' in lost[0]
    assert 'target="max_misses 1 per month"' in lost[1]


def test_where_each_miss_is_a_breach_any_miss_alerts_as_critical() -> None:
    rules = rules_of([commitment_row(each_miss=True)])
    assert rules["EntenteMissed"]["labels"] == {"severity": "critical", "service": "sales", **COMMITMENT}
    assert "EntenteOverdue" not in rules


def test_elsewhere_what_is_missing_only_warns() -> None:
    rules = rules_of([commitment_row()])
    assert rules["EntenteOverdue"]["labels"] == {"severity": "warning", "service": "sales", **COMMITMENT}
    assert "EntenteMissed" not in rules


@pytest.mark.parametrize(
    "target", [Target("max_misses", Fraction(0), "month"), Target("at_least", Fraction(1), "year")]
)
def test_a_target_without_room_is_never_called_tight(target: Target) -> None:
    assert "EntenteTargetTight" not in rules_of([commitment_row(targets=(target,))])


def test_alerts_speak_french_where_that_is_asked_for() -> None:
    row = commitment_row(title="Ventes", criterion_title="à l’heure", targets=(QUARTERLY, MONTHLY_MISSES))
    groups = yaml.safe_load(render_rules([row], language="fr"))["groups"]
    said = [rule["annotations"]["summary"] for group in groups for rule in group["rules"]]
    assert "Ventes, weekly, à l’heure : un manquement de plus et l’objectif max_misses 1 per month est perdu" in said
    assert not any("the target" in one or "ago" in one for one in said)


def test_both_languages_say_the_same_things() -> None:
    english, french = sentences("en"), sentences("fr")
    assert english.keys() == french.keys()
    for name, sentence in english.items():
        assert set(re.findall(r"{+[^}]+}", sentence)) == set(re.findall(r"{+[^}]+}", french[name]))


@pytest.mark.parametrize("title", HARD_TITLES)
def test_any_title_survives_the_quoting(title: str) -> None:
    annotations = rules_of([commitment_row(title=title)])["EntenteTargetLost"]["annotations"]
    assert isinstance(annotations, dict)
    described = str(annotations["description"]).replace('{{ "{{" }}', "{{")
    assert described.startswith(f"{title}: sales owes")


@settings(max_examples=60)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_title_can_add_or_spoil_a_rule(title: str) -> None:
    rules = rules_of([commitment_row(title=title)])
    assert set(rules) == {"EntenteTargetLost", "EntenteTargetTight", "EntenteOverdue"}


def test_every_expression_is_promql() -> None:
    for expression in every_expression(render_rules(hard_rows())):
        require_promql(expression)


def test_promtool_accepts_the_rules_of_the_hardest_titles(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(render_rules(hard_rows()), encoding="utf-8")
    assert "SUCCESS" in promtool("check", "rules", "rules.yml", at=tmp_path)


def test_alerts_fire_and_stay_quiet_as_promtool_simulates_them(tmp_path: Path) -> None:
    rows = [
        commitment_row("strict", "{{ Strict }}", each_miss=True),
        commitment_row("loose", "Loose", (MONTHLY_MISSES,)),
    ]
    (tmp_path / "rules.yml").write_text(render_rules(rows), encoding="utf-8")
    (tmp_path / "test.yml").write_text(yaml.safe_dump(simulation()), encoding="utf-8")
    assert "SUCCESS" in promtool("test", "rules", "test.yml", at=tmp_path)


def simulation() -> dict[str, object]:
    strict = 'contract="strict", deliverable="weekly-sales", criterion="on-time"'
    loose = 'contract="loose", deliverable="weekly-sales", criterion="on-time"'
    quarter, month = 'target="at_least 95 % per quarter"', 'target="max_misses 1 per month"'
    series = {
        f'entente_commitment_status{{{strict}, {quarter}, state="breached"}}': "0 1x30",
        f'entente_commitment_status{{{loose}, {month}, state="open"}}': "1x31",
        f"entente_commitment_misses_left{{{loose}, {month}}}": "1x9 0x22",
        f'entente_occurrences{{{strict}, verdict="late"}}': "0x4 1x27",
        f'entente_occurrences{{{strict}, verdict="met"}}': "5x31",
        f'entente_occurrences{{{loose}, verdict="missing"}}': "0x31",
        "entente_history_position": "0+10x31",
        "entente_judged_position": "0+10x5 50x26",
        "entente_watermark_timestamp_seconds": "0+60x5 300x26",
        'entente_time_held_seconds{by="kafka"}': "0x31",
        'entente_time_held_seconds{by="body"}': "0x31",
        'entente_source_last_event_timestamp_seconds{source="crm/reports"}': "-1000x31",
        'entente_source_expected_every_seconds{source="crm/reports"}': "600x31",
    }
    return {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [
                    fires("EntenteTargetLost", "0m"),
                    fires("EntenteTargetLost", "1m", of("strict", quarter, state="breached", said=LOST)),
                    fires("EntenteMissed", "4m"),
                    fires("EntenteMissed", "5m", of("strict", said=MISSED)),
                    fires("EntenteTargetTight", "9m"),
                    fires("EntenteTargetTight", "10m", of("loose", month, severity="warning", said=TIGHT)),
                    fires("EntenteOverdue", "30m"),
                    fires("EntenteTimeStalled", "20m"),
                    fires("EntenteTimeStalled", "23m", platform(said=STALLED)),
                    fires("EntenteJudgingStalled", "20m"),
                    fires("EntenteJudgingStalled", "22m", platform(said=BEHIND)),
                    fires("EntenteSourceSilent", "4m"),
                    fires("EntenteSourceSilent", "22m", platform("warning", said=SILENT, source="crm/reports")),
                    fires("EntenteSilent", "30m"),
                ],
            }
        ],
    }


LOST = "{{ Strict }}, weekly, on-time: the target at_least 95 % per quarter is lost"
MISSED = "{{ Strict }}, weekly, on-time: missed, and each miss is a breach"
TIGHT = "Loose, weekly, on-time: one more miss loses the target max_misses 1 per month"
STALLED = "Time stands still since 18m 0s: nothing falls due until it moves again"
BEHIND = "What was received a quarter of an hour ago is not judged yet"
SILENT = "Nothing happened at crm/reports for 21m 40s, twice what was declared"


DAY = 86_400
LIVES = {'entente_time_held_seconds{by="kafka"}': "0x60"}
RIGHTLY_QUIET = {
    "the demo, whose clock shows five days ago and catches up": LIVES
    | {
        "entente_history_position": "1000+40x60",
        "entente_judged_position": "1000+40x60",
        "entente_watermark_timestamp_seconds": f"{-5 * DAY}+14400x60",
        'entente_source_last_event_timestamp_seconds{source="crm"}': f"{-5 * DAY - 3600}+14400x60",
        'entente_source_expected_every_seconds{source="crm"}': f"{DAY}x60",
    },
    "a store that is empty yet": LIVES
    | {
        "entente_history_position": "0+1x60",
        "entente_judged_position": "0+1x60",
        "entente_watermark_timestamp_seconds": "-120+60x60",
    },
    "time moved by hand, a year ago": {
        "entente_history_position": "1000x60",
        "entente_judged_position": "1000x60",
        "entente_watermark_timestamp_seconds": f"{-365 * DAY}x60",
        'entente_source_last_event_timestamp_seconds{source="crm"}': f"{-365 * DAY - 3600}x60",
        'entente_source_expected_every_seconds{source="crm"}': f"{DAY}x60",
    },
    "a store of which nobody has said that time passed": LIVES
    | {
        "entente_history_position": "7x60",
        "entente_judged_position": "7x60",
        'entente_source_last_event_timestamp_seconds{source="crm"}': f"{-9 * DAY}x60",
        'entente_source_expected_every_seconds{source="crm"}': f"{DAY}x60",
    },
    "a program that waits a quarter of an hour for what producers repeat": LIVES
    | {
        "entente_history_position": "1000x60",
        "entente_judged_position": "1000x60",
        "entente_watermark_timestamp_seconds": f"{-DAY}x15 780+60x44",
    },
}


@pytest.mark.parametrize("what", RIGHTLY_QUIET)
def test_the_platforms_alerts_are_quiet_where_all_is_as_it_should_be(tmp_path: Path, what: str) -> None:
    series = [{"series": name, "values": values} for name, values in RIGHTLY_QUIET[what].items()]
    alerts = [rule["alert"] for rule in yaml.safe_load(render_rules([]))["groups"][0]["rules"]]
    asked = [fires(alert, f"{minute}m") for alert in alerts for minute in (2, 17, 20, 59)]
    tests = [{"interval": "1m", "input_series": series, "alert_rule_test": asked}]
    content = {"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": tests}
    (tmp_path / "rules.yml").write_text(render_rules([]), encoding="utf-8")
    (tmp_path / "test.yml").write_text(yaml.safe_dump(content), encoding="utf-8")
    assert "SUCCESS" in promtool("test", "rules", "test.yml", at=tmp_path)


def fires(alert: str, at: str, *alerts: dict[str, object]) -> dict[str, object]:
    return {"eval_time": at, "alertname": alert, "exp_alerts": list(alerts)}


def of(contract: str, target: str = "", *, severity: str = "critical", said: str, **more: str) -> dict[str, object]:
    title = {"strict": "{{ Strict }}", "loose": "Loose"}[contract]
    labels = {"contract": contract, "deliverable": "weekly-sales", "criterion": "on-time", **more}
    if target:
        labels["target"] = target.split('"')[1]
    return {
        "exp_labels": {**labels, "severity": severity, "service": "sales"},
        "exp_annotations": {
            "summary": said,
            "description": f"{title}: sales owes “{title}, weekly” to marketing ({contract}/weekly-sales/on-time).",
            "debtor": "sales",
            "creditor": "marketing",
            "owner": "anna.martin",
        },
    }


def platform(severity: str = "critical", *, said: str, **more: str) -> dict[str, object]:
    return {
        "exp_labels": {"severity": severity, "service": "entente", **more},
        "exp_annotations": {"summary": said},
    }


def test_alerts_lead_to_the_page_and_the_dashboard_where_there_are_such(tmp_path: Path) -> None:
    rendered = render_rules([commitment_row()], pages="https://entente.example/", grafana="https://grafana.example")
    id = "sales-to-marketing/weekly-sales/on-time"
    chosen = "var-contract=sales-to-marketing&var-deliverable=weekly-sales&var-criterion=on-time"
    platform, contract = yaml.safe_load(rendered)["groups"]
    for rule in contract["rules"]:
        assert rule["annotations"]["page"] == f"https://entente.example/commitments/{id}"
        assert rule["annotations"]["dashboard"] == f"https://grafana.example/d/entente-commitment?{chosen}"
    for rule in [*platform["rules"], *yaml.safe_load(render_rules([commitment_row()]))["groups"][1]["rules"]]:
        assert not {"page", "dashboard"} & set(rule["annotations"])
    (tmp_path / "rules.yml").write_text(rendered, encoding="utf-8")
    assert "SUCCESS" in promtool("check", "rules", "rules.yml", at=tmp_path)
