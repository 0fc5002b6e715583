"""A store of the day before: what was ended since does not come back, and what cannot be known is said."""

from __future__ import annotations

from pathlib import Path

from services.access import ADMINISTRATOR
from services.checkpoints.signing import create_key
from tests.end_to_end.running import Entente
from tests.entering import entered


def test_what_had_ended_does_not_come_back_with_a_backup(sqlite_url: str, tmp_path: Path) -> None:
    create_key(tmp_path / "key", "ville.example/entente")
    with entered(sqlite_url, checkpoint_key=str(tmp_path / "key")) as house:
        house.admit({"person": "anna", "services": {"it": "member"}}, {"person": "luc", "services": {"it": "member"}})
        anna = house.as_("anna")
        given = house.program.access_keys.create(ADMINISTRATOR, "it", "read")
        link = house.program.sign_in.inviting.invite(ADMINISTRATOR, "luc")
        assert house.program.checkpoints.make() is not None
        cookie = anna.http.cookies["entente"]
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    backup = file.read_bytes()
    with entered(sqlite_url) as house:
        house.program.sign_in.sign_out(cookie)
        house.browser().send(f"/welcome/{link}", password="x" * 3, password_again="y")
        house.program.access_keys.revoke(ADMINISTRATOR, given.terms.key)
    file.write_bytes(backup)
    for name in ("-wal", "-shm"):
        Path(f"{file}{name}").unlink(missing_ok=True)
    settings = {"ENTENTE_CHECKPOINT_KEY": str(tmp_path / "key"), "ENTENTE_ACCESS": "accounts"}
    told = Entente(sqlite_url, tmp_path, settings).ok("restore", "--reason", "the disk failed")
    assert "sessions 1, links 1" in told
    assert f"{given.terms.key} (it read)" in " ".join(told.split())
    assert "those of the backup" in told
    with entered(sqlite_url) as house:
        assert house.program.sign_in.sessions.of(cookie) is None
        assert house.browser().get(f"/welcome/{link}").status_code == 404
