"""Words that every room shares, as plain tuples: a word's index is its code in arrays.

An index, once given, is never given again: agents, ledgers and outcomes are stored by code.
"""

from __future__ import annotations

KINDS = ("enterprise", "teacher", "villager", "resident", "student", "civil_servant", "school", "agency")
"""Kinds of agents; sole traders are enterprises with the trait ``sole_trader``, pupils of secondary schools
are the students, and all staff of public bodies are the civil servants."""

SETTINGS = ("enterprise", "school", "government", "village", "community")
"""The five settings of the action plan."""

PARTS = tuple(dict.fromkeys((*SETTINGS, *KINDS, *(f"kind.{kind}" for kind in KINDS))))
"""What may be named to take part alone; a name that is both, ``school``, is the setting."""

CHANNELS = (
    "inspection",
    "complaint",
    "neighbour_report",
    "automatic_record",
    "court",
    "self_report",
    "media",
)
"""Ways in which an act comes to be noticed, in the order in which they are tried."""

TRAITS = (
    "active",
    "firm",
    "sole_trader",
    "food",
    "manufacturing",
    "construction",
    "retail",
    "catering",
    "services",
    "public_staff",
    "private_staff",
    "urban_household",
    "aged_18_60",
    "parent_nearby",
    "trusted_neighbour",
    "rural",
    "secondary",
    "public_school",
    "private_school",
    "tutoring",
)
"""Traits of agents: number ``i`` is bit ``i`` of ``AGENT.traits``."""

SITE_KINDS = ("village", "community", "school", "agency", "market")
"""Kinds of sites."""

AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-59", "60-64", "65-74", "75+")
"""Age bands of adults, in years."""

EDUCATION = ("none", "primary", "junior", "senior", "college_3y", "bachelor_plus")
"""Highest schooling."""

REGISTRATION = ("zone", "weihai", "elsewhere")
"""Where one's household is registered; ``elsewhere`` is outside Weihai city."""

GRADES = ("D", "C", "B", "A", "AA", "AAA")
"""Grades of a score, from the lowest to the highest."""

STARS = (0, 1, 2, 3, 4, 5)
"""Stars of the village book."""

# Bits of AGENT.awareness.
AWARE = 1
REGISTERED = 2
ACTIVE = 4
KNOWS_SCORE = 8
KNOWS_ITEMS = 16

LEADS = (
    "economic_development",
    "education",
    "organisation",
    "rural_economy",
    "social_affairs",
    "joint_office",
)
"""Departments that lead the plan's rows, and the joint credit office."""
