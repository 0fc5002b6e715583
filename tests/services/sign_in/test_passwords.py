"""What guessing a password costs whoever has the table of accounts (ASVS 5.0, 11.4.2)."""

from __future__ import annotations

import subprocess
import sys

from argon2 import Type, extract_parameters

from tests.forks import ROOT


def test_a_password_is_kept_so_that_guessing_it_costs_much() -> None:
    """In a process of its own, as it runs: here passwords cost little."""
    done = subprocess.run(
        [sys.executable, "-c", "from services.sign_in.passwords import hashed, nobodys; print(hashed('x'), nobodys())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    both = done.stdout.split()
    assert len(both) == 2
    for kept in both:
        found = extract_parameters(kept)
        assert (found.type, found.memory_cost, found.time_cost, found.parallelism) == (Type.ID, 65_536, 3, 4)
