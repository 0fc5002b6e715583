"""What the program does about what is to be forgotten: at each start, every hour, and in the words of `doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from entente.doctor_keys import key_findings
from entente.forgetting import Forgetting
from entente.settings import Settings
from entente.wiring import Program, program
from ingestion.cloudevents import decode_structured
from services.access import ADMINISTRATOR
from services.contracts.contracting import Contracting
from services.sealing.kek import create_kek
from tests.given import at, document
from tests.services.sealing.sealed import NOW, lab, ticket

DAY = 86_400_000_000


@contextmanager
def opened(folder: Path, now: int = NOW, **changes: str) -> Iterator[Program]:
    kek = folder / "kek"
    if not kek.exists():
        create_kek(kek, NOW)
    named = {
        "store": f"sqlite:///{folder / 'entente.db'}",
        "kek_file": str(kek),
        "erased_to": str(folder / "erased"),
        **changes,
    }
    with program(Settings().model_copy(update=named), clock=lambda: now) as found:
        yield found


def found(program: Program, now: int = NOW, **changes: str) -> list[tuple[str, str]]:
    settings = program.settings.model_copy(update=changes)
    return [(one.state, one.says) for one in key_findings(program.store.history, settings, now)]


def test_every_hour_what_is_due_goes_and_the_wrapping_key_is_replaced_in_each_quarter(tmp_path: Path) -> None:
    with opened(tmp_path) as program:
        program.store.use(Contracting).apply(ADMINISTRATOR, document(lab()))
        program.door.submit([decode_structured(ticket("t1"))], ADMINISTRATOR, "http")
        program.store.timekeeping.advance(ADMINISTRATOR, at("2026-07-02 00:00"), ahead=True)
        assert program.keys is not None
        kek = program.keys.wrapped_by()
        Forgetting(program).look()
        assert program.keys.held("event") == []
        assert program.keys.wrapped_by() == kek
        later = replace(program, store=replace(program.store, clock=lambda: NOW + 28 * DAY))
        Forgetting(later).look()
        assert program.keys.wrapped_by() != kek
        assert program.keys.waiting_since() is None


def test_doctor_says_what_is_refused_what_may_come_back_and_what_stays_in_clear(tmp_path: Path) -> None:
    with opened(tmp_path) as program:
        assert found(program, kek_file="") == []
        [(state, says)] = found(program)
        assert (state, says[:10]) == ("ok", "wrapped by")
        program.door.submit([decode_structured(ticket("t0"))], ADMINISTRATOR, "http")
        program.store.use(Contracting).apply(ADMINISTRATOR, document(lab()))
        program.door.submit([decode_structured(ticket("t1"))], ADMINISTRATOR, "http")
        [(state, says)] = found(program, kek_file="")
        assert (state, "desk are refused" in says) == ("wrong", True)
        [(state, _)] = found(program, kek_file=str(tmp_path / "absent"))
        assert state == "wrong"
        wants = ["warning", "ok", "warning"]
        assert [state for state, _ in found(program, erased_to="")] == wants
        assert "before these were declared, and stay in clear: 1" in found(program)[-1][1]
        assert program.keys is not None
        program.keys.destroy([one.id for one in program.keys.held("event")], NOW)
        assert [state for state, _ in found(program, NOW + 31 * DAY)] == ["wrong", "warning"]
