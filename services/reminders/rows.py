"""What reads return of reminders. Instants are microseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReminderRow:
    """What `service` has reminded `debtor` of about one occurrence, and what that has answered: (by, at, text) each."""

    id: str
    commitment: str
    key: str
    service: str
    debtor: str
    is_answered: bool
    reminded: tuple[tuple[str, int, str], ...]
    answers: tuple[tuple[str, int, str], ...]
    day: str
    """The local day of the last one, YYYY-MM-DD."""

    @property
    def asked_by(self) -> str:
        """Who has reminded last, as SERVICE[/PERSON]: whom the answer is for."""
        return self.reminded[-1][0]

    @property
    def answered_at(self) -> int:
        """When it was answered last; 0 where it never was."""
        return max((at for _, at, _ in self.answers), default=0)

    @property
    def last_at(self) -> int:
        return max(at for _, at, _ in self.reminded)
