"""Bounds of how much a file may say. Each list of each model has one, which the JSON Schema and the refusal name: what
one file asks for stays small beside what a store does in a second. Real contracts lie far below."""

from __future__ import annotations

from datetime import date

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)
"""The bounds, both included, of every date in a contract or a calendar."""
LONGEST_DAYS = 36_600
"""Days of the longest duration or rolling window: a century."""

TEXT, LINE, SHORT = 2_000, 300, 100
"""Letters of a text, of a line (a name, a source), of a short form (a duration, an encoding)."""

TYPES = 200
"""Types of event that one selector may name; as many sources, and values of one condition."""
CONDITIONS = 50
DELIVERABLES, CRITERIA, TARGETS, SLICES, DEPENDS_ON = 200, 50, 10, 10, 50
CRITERIA_IN_ALL = 500
TIMES_OF_DAY = 96
RUNGS, REMINDERS, PRESENT = 10, 10, 50
"""Steps of the ladder of a contract, reminders of an action, people of one party at a meeting."""
STEPS, STEP_WEIGHT, HOURS, MONEY_LINES, GROUNDS = 50, 1_000, 1_000_000, 50, 50
"""Steps of an action, the weight of one, hours and lines of money that it takes, what it rests on."""
METERS, METER_CUTS, MAPPED_CLIENTS = 5, 5, 2_000
"""Meters of an offer, paths that one is cut by, texts of its map of clients."""
FEATURES, LEVELS, PRICES, POOLS, PLAN_YEARS, PROFILE = 100, 20, 100, 100, 5, 1_000_000
"""Of an offer: pieces, levels, prices of one, pools of costs; years of a charter's plan, the largest part in a profile or a key."""
RESIDENCES, NEEDS = 60, 100
"""Places where data may lie, needs of a baseline."""
ADDRESS = 2_000
"""Letters of a web address."""
UNITS_OF_EFFECT = 200
"""Units that an effect check may look at, before or after."""
CHOICES = 200
"""Rows that a table of durations may have; as many reasons of pauses may have one name."""
LANGUAGES = 20
PEOPLE, SOURCES, HEADS = 1_000, 200, 20
ADMITTED, ROLES, GROUPS = 20_000, 200, 2_000
"""People of an access file, services of one of them, groups of an identity provider."""
CAUSES = 400
SHOWN_TO = 200
"""Services that a source may be shown to."""
PERSONAL = 50
"""Paths that a source may declare personal."""
SPANS_OF_A_DAY = 24
CLOSURES, OPENINGS, HOLIDAYS = 2_000, 2_000, 2_000
YEARS = 30
"""Years of holidays that a calendar may name."""
MAPPED_EVENTS, FORMS_OF_TIMES, COLUMNS = 100, 20, 500

DATES_OF_A_VERSION = 100_000
"""Dated occurrences that one version of a contract makes at once."""
