"""The tables of notices: they follow from no entry of the history, and rebuilding leaves them alone.

Instants are microseconds since 1970 UTC. No table holds an address of mail: that of a letter is looked up when it goes.
"""

from __future__ import annotations

from typing import Final

from domain.saying import said
from services.places import Place

TABLES: Final = (
    "CREATE TABLE IF NOT EXISTS notice (id {text} PRIMARY KEY, person {text} NOT NULL, kind {text} NOT NULL, "
    "subject {text} NOT NULL, transition {text} NOT NULL, source {text} NOT NULL, at {bigint} NOT NULL, "
    "ready {bigint} NOT NULL, state {text} NOT NULL, letter {text} NOT NULL DEFAULT ''){clustered}",
    "CREATE TABLE IF NOT EXISTS notice_told (subject {text} NOT NULL, transition {text} NOT NULL, at {bigint} NOT NULL, "
    "PRIMARY KEY (subject, transition)){clustered}",
    "CREATE TABLE IF NOT EXISTS notice_letter (id {text} NOT NULL, channel {text} NOT NULL, person {text} NOT NULL, "
    "kind {text} NOT NULL, made {bigint} NOT NULL, due {bigint} NOT NULL, tries {bigint} NOT NULL DEFAULT 0, "
    "state {text} NOT NULL, why {text} NOT NULL DEFAULT '', settled {bigint} NOT NULL DEFAULT 0, "
    "holder {text} NOT NULL DEFAULT '', fingerprint {text} NOT NULL DEFAULT '', is_noted {bigint} NOT NULL DEFAULT 0, "
    "PRIMARY KEY (id, channel)){clustered}",
    "CREATE TABLE IF NOT EXISTS notice_preference (person {text} PRIMARY KEY, document {text} NOT NULL){clustered}",
)
PLACES: Final = (
    Place(
        said("what people want to be told, when, in which language, and at which address of a chat"),
        "notice_preference",
        said("until they are forgotten"),
        is_erased=True,
    ),
    Place(
        said("notices: whom they tell of what, whether they were sent; no address, nothing of what they say"),
        "notice, notice_letter, notice_told",
        said("30 days after they were settled"),
        is_erased=True,
    ),
)
