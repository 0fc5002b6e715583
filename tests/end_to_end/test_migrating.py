"""A store is created by one role and used by another that may create nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.end_to_end.agreements import contract, lines, requests
from tests.end_to_end.running import Entente

ROLE = "entente_runs"


@pytest.fixture
def restricted(postgres_url: str) -> Iterator[str]:
    """The same database as somebody who owns nothing in it."""
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {ROLE} LOGIN".encode())
        owner.execute(b"REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    yield postgres_url.replace("entente@", f"{ROLE}@")
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(f"DROP OWNED BY {ROLE}".encode())
        owner.execute(f"DROP ROLE {ROLE}".encode())


def test_a_program_runs_without_the_right_to_create(postgres_url: str, restricted: str, tmp_path: Path) -> None:
    owner, runs = Entente(postgres_url, tmp_path), Entente(restricted, tmp_path)
    assert "entente migrate" in runs.run("figures").problem(2)
    assert "version" in owner.ok("migrate", "--grant", ROLE)
    runs.write("contract.yaml", contract("to-marketing", "marketing"))
    (tmp_path / "e.jsonl").write_bytes(lines(requests("marketing", 20)))
    runs.ok("apply", "contract.yaml", "--sign", "supplier,client")
    assert runs.ok("import", "e.jsonl", "--advance", "2026-02-10T00:00:00Z").startswith("accepted 40,")
    assert runs.ok("import", "e.jsonl").startswith("accepted 0, duplicates 40")
    assert "no difference" in runs.ok("replay")
    with runs.serving() as server:
        assert server.push(*requests("sales", 1)).json()["accepted"] == 2


def test_a_reader_of_reports_beside_a_program_that_may_create_nothing(
    postgres_url: str, restricted: str, tmp_path: Path
) -> None:
    owner, runs = Entente(postgres_url, tmp_path), Entente(restricted, tmp_path)
    owner.ok("migrate", "--grant", ROLE, "--reports", "entente_reader")
    runs.write("contract.yaml", contract("to-marketing", "marketing"))
    (tmp_path / "e.jsonl").write_bytes(lines(requests("marketing", 20)))
    runs.ok("apply", "contract.yaml", "--sign", "supplier,client")
    runs.ok("import", "e.jsonl", "--advance", "2026-03-10T00:00:00Z")
    runs.ok("migrate")
    with psycopg.connect(postgres_url.replace("entente@", "entente_reader@"), autocommit=True) as reader:
        closed = reader.execute(
            b"SELECT commitment, period FROM report_periods WHERE state = 'final' AND total = 20"
        ).fetchall()
        assert closed == [("to-marketing/requests/answered", "2026-01")]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(b"SELECT * FROM view_period")
    again = owner.run("migrate", "--reports", ROLE)
    assert again.code == 0
    assert f"{ROLE} may also reach" in again.err


def test_a_reader_of_the_reports_of_one_service(postgres_url: str, tmp_path: Path) -> None:
    entente = Entente(postgres_url, tmp_path)
    for id, client in (("to-marketing", "marketing"), ("to-audit", "audit")):
        entente.write(f"{id}.yaml", contract(id, client))
        entente.ok("apply", f"{id}.yaml", "--sign", "supplier,client")
    told = entente.run("migrate", "--reports", 'Odd "reader"', "--service", "audit", "--service", "slaes")
    assert 'Odd "reader" reads the reports of audit, slaes, and of no other service' in told.out
    assert "slaes: no service of that name is known yet" in told.err
    with psycopg.connect(postgres_url, user='Odd "reader"', autocommit=True) as reader:
        assert reader.execute(b"SELECT contract FROM report_contracts").fetchall() == [("to-audit",)]
    told = entente.run("migrate", "--reports", 'Odd "reader"')
    assert 'Odd "reader" reads the reports of every service' in told.out
    assert "whose rows" in entente.run("migrate", "--service", "audit").problem(2)


def test_migrating_again_changes_nothing(entente_on_either: Entente) -> None:
    first = entente_on_either.ok("migrate")
    assert entente_on_either.ok("migrate") == first


def test_no_such_role_and_no_roles_at_all(entente: Entente, postgres_url: str, tmp_path: Path) -> None:
    assert "no roles" in entente.run("migrate", "--grant", "somebody").problem(2)
    assert "no roles" in entente.run("migrate", "--reports", "somebody").problem(2)
    assert "somebody" in Entente(postgres_url, tmp_path).run("migrate", "--grant", "somebody").problem(2)
    with psycopg.connect(postgres_url) as owner:
        assert owner.execute(b"SELECT surface FROM report_about").fetchall() == [(1,)]  # what needs no role is made
