"""The doctor says what is weak in who may come in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from entente.doctor_access import access_findings, announced_key
from entente.findings import Finding
from entente.settings import Settings
from services.access import ADMINISTRATOR, Grade, signed_in
from services.checkpoints.announcing import announce, restored
from services.checkpoints.signing import SigningKey, create_key, read_key
from services.directory.names import Directory
from services.history.history import open_history
from services.sign_in.sessions import DAY
from tests.entering import entered


def test_it_names_offices_that_nobody_holds_keys_that_end_and_files_that_others_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x" * 40)
    secret.chmod(0o644)
    with entered(proxy_secret_file=str(secret)) as house:
        history, settings, clock = house.program.store.history, house.program.settings, lambda: house.clock[0]

        def found() -> list[Finding]:
            return list(access_findings(history, settings, clock))

        assert [one.state for one in found()] == ["warning", "warning"]
        secret.chmod(0o600)
        house.admit({"person": "ines", "administrator": True})
        [finding] = found()
        assert "arbiter" in str(finding.says)
        house.admit({"person": "ines", "administrator": True, "arbiter": True})
        assert [one.state for one in found()] == ["ok"]
        until = house.program.sign_in.today() + timedelta(days=30)
        house.program.access_keys.create(ADMINISTRATOR, "it", "push", until=until)
        [_, ending] = found()
        assert ending.state == "warning"
        assert "it, " in str(ending.says)


def test_it_names_the_keys_of_who_is_let_in_no_more() -> None:
    with entered() as house:
        ines, luc = (
            {"person": "ines", "administrator": True, "arbiter": True},
            {"person": "luc", "services": {"it": "head"}},
        )
        house.admit(ines, luc)
        history, settings = house.program.store.history, house.program.settings
        key = house.program.access_keys.create(signed_in("luc", {"it": Grade.HEAD}), "it", "push").terms.key

        def left() -> list[str]:
            return [
                str(one.says) for one in access_findings(history, settings, lambda: house.clock[0]) if one.state != "ok"
            ]

        assert left() == []
        said = [f"luc is let in no more, and access keys that they made go on: {key} (it)"]
        house.program.sign_in.suspending.suspend(ADMINISTRATOR, "luc")
        assert left() == said
        house.program.sign_in.suspending.resume(ADMINISTRATOR, "luc")
        assert left() == []
        house.admit(ines)
        assert left() == said
        house.program.access_keys.revoke(ADMINISTRATOR, key)
        assert left() == []


def test_for_thirty_days_after_a_restore_it_says_what_is_that_of_the_backup() -> None:
    with entered() as house:
        house.admit({"person": "ines", "administrator": True, "arbiter": True})
        history, settings = house.program.store.history, house.program.settings

        def found() -> list[str]:
            return [str(one.says) for one in access_findings(history, settings, lambda: house.clock[0])]

        before = found()
        restored(history, "", "the disk failed", lambda: house.clock[0])
        [told, *others] = found()
        assert "are those of the backup" in told
        assert others == before
        house.clock[0] += 30 * DAY
        assert told in found()
        house.clock[0] += DAY
        assert found() == before


def test_a_key_that_somebody_else_has_announced_is_told(tmp_path: Path) -> None:
    """Whoever can write the store, and has no key, names one of his own: nothing else would say so before a bundle is verified."""
    create_key(file := tmp_path / "key", "ville.example/entente")
    with entered() as house:
        history, settings = house.program.store.history, Settings(checkpoint_key=str(file))
        announce(history, read_key(file).verifiers[0].text, lambda: house.clock[0])
        assert list(announced_key(history, settings)) == []
        assert list(announced_key(history, Settings())) == []
        other = SigningKey("ville.example/entente", bytes(32)).verifiers[0].text
        announce(history, other, lambda: house.clock[0])
        [finding] = announced_key(history, settings)
        assert (finding.state, other in str(finding.says)) == ("wrong", True)


def test_where_nobody_signs_in_that_is_said() -> None:
    with entered() as house:
        [finding] = access_findings(house.program.store.history, Settings(), lambda: house.clock[0])
        assert finding.state == "ok"


def test_a_store_that_was_never_opened_by_this_version_is_to_be_upgraded() -> None:
    history = open_history("sqlite://:memory:")
    [finding] = access_findings(history, Settings(access="accounts"), lambda: 0)
    assert (finding.state, finding.mend) == ("warning", "entente migrate")
    assert Directory(history).names() == {}
    history.close()
