"""What an agent and a site are: one record each, in structured arrays.

`AGENT` is the row of the whole model: the population fills identity, group, economics and
dispositions, and leaves beliefs and accounts at zero for the model to set. Kinds, traits and
bands are stored by their index in `creditsim.spec.vocabulary`.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence

import numpy as np

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.spec.vocabulary import CHANNELS, EDUCATION, KINDS, PARTS, SETTINGS, SITE_KINDS, TRAITS

AGENT = np.dtype(
    [
        ("income_yuan_month", "<f8"),  # adults: disposable; pupils: pocket money; others: turnover or budget
        ("honesty", "<f8"),  # fixed, 0 to 1; uniform when drawn, raised a little by training
        ("prosociality", "<f8"),  # fixed, 0 to 1; uniform when drawn
        ("money_weight", "<f8"),  # fixed; lognormal, median 1
        ("trust", "<f8"),  # in the scheme, 0 to 1
        ("crowding", "<f8"),  # motivation crowded out, 0 to 1
        ("false_belief", "<f8"),  # perceived chance of a false record although compliant
        ("slot", "<u4"),  # kind * SLOTS_PER_KIND + index within the kind: the key of all draws
        ("household", "<i4"),  # index in Population.households, NOBODY for an organisation
        ("employer", "<i4"),  # row of the enterprise, school or agency where one works or learns, or NOBODY
        ("representative", "<i4"),  # enterprise, tutoring institution: row of an adult; else NOBODY
        ("traits", "<u4"),  # bit i is TRAITS[i]
        ("belief", "<f4", (len(CHANNELS),)),  # by channel, a multiple of the true chance; 1 is right
        ("score_mp", "<i4"),  # district account, milli-points
        ("village_score_mp", "<i4"),  # village account, milli-points
        ("site", "<u2"),  # row in Population.sites: where one is treated
        ("home", "<u2"),  # row in Population.sites: where one lives
        ("cell", "<u2"),  # group cell, see cell_codes
        ("months_low", "<i2"),  # months in D or C on end
        ("kind", "u1"),  # index in KINDS
        ("area", "u1"),  # index in Population.areas
        ("age_band", "u1"),  # index in AGE_BANDS, or MINOR
        ("sex", "u1"),  # MALE, FEMALE, NO_SEX
        ("education", "u1"),  # index in EDUCATION
        ("residence", "u1"),  # RURAL, URBAN
        ("registration", "u1"),  # 0 zone, 1 city outside the zone, 2 elsewhere
        ("online", "u1"),  # 1 if it uses the internet
        ("grade", "i1"),  # index in GRADES, of the regime's district book
        ("star", "i1"),  # of the village book, 0 to 5
        ("awareness", "u1"),  # bits: 1 aware, 2 registered, 4 active, 8 knows its score, 16 knows the items
        ("filed", "u1"),  # 1 if a local file is open
        ("withdrawn", "u1"),  # 1 after consent to a score was taken back
        ("present", "u1"),  # 1 while somebody holds the slot
        ("generation", "u1"),  # how often somebody has come to the slot
    ],
    # Wide fields first, so that alignment costs nothing: Numba loads a nested array (belief) as if it were
    # aligned, whatever the record says.
    align=True,
)
"""One agent."""

_WHO_ONE_IS = ("slot", "household", "employer", "representative", "traits", "site", "home", "kind", "area")
_WHO_ONE_IS += ("age_band", "sex", "education", "residence", "registration", "online", "awareness")

PERSON_ROW = np.dtype([(name, AGENT[name]) for name in _WHO_ONE_IS], align=True)
"""What is known of a person before anything is drawn for all agents: a quarter of `AGENT`."""

SITE = np.dtype([("kind", "u1"), ("area", "u1"), ("number", "<i4")], align=True)
"""One site: kind (index in SITE_KINDS), area, and its number within kind and area, from 1."""

ENTERPRISE_DETAIL = np.dtype([("sector", "u1"), ("size", "u1"), ("workers", "<i4")], align=True)
"""What only enterprises have: sector and size (indices in the marginals), workers in the zone."""

SCHOOL_DETAIL = np.dtype([("site", "<u2"), ("stage", "u1"), ("ownership", "u1")], align=True)
"""What only schools have: row in the sites, stage and ownership (indices in the marginals)."""

AGENCY_DETAIL = np.dtype([("site", "<u2"), ("body", "u1"), ("kind", "u1"), ("staff", "<i4")], align=True)
"""What only agencies have: row in the sites; the body it stands for and the kind of that (indices in the
district's bodies and in the marginals); its staff."""

SLOTS_PER_KIND = 1 << 24
"""Slots reserved for each kind, so that one more agent of a kind moves nobody's slot."""

MOST_ROWS = 1 << 24
"""Agents that three bytes tell apart, see creditsim.population.peers: the district 60 times over."""

NOBODY = -1
"""No household, no employer, no representative."""

MALE, FEMALE, NO_SEX = 0, 1, 255
RURAL, URBAN = 0, 1

MINOR = 255
"""Age band of pupils, who are minors: no index in AGE_BANDS, which are those of adults."""

ENTERPRISE, TEACHER, VILLAGER, RESIDENT, STUDENT, CIVIL_SERVANT, INSTITUTION, AGENCY = range(len(KINDS))
"""Codes of the kinds; INSTITUTION is the kind ``school``: kindergartens, schools, tutoring institutions."""

VILLAGE, COMMUNITY, SCHOOL, OFFICE, MARKET = range(len(SITE_KINDS))
"""Codes of the kinds of sites; OFFICE is the kind ``agency``."""

FIRST_BAND_OF_60 = 5
"""Index in AGE_BANDS of the first band of people aged 60 or more."""

FIRST_BAND_OF_65 = 6
"""Index in AGE_BANDS of the first band of people aged 65 or more."""

TRAIT_BIT = {name: 1 << position for position, name in enumerate(TRAITS)}
"""The bit of each trait in ``AGENT.traits``."""

CELLS_PER_SETTING = 17
"""Number of group cells of one setting: four yes-or-no groups of persons, and all organisations."""

OF_ORGANISATIONS = CELLS_PER_SETTING - 1
"""Place of the organisations' cell within its setting."""

CELLS_PER_AREA = len(SETTINGS) * CELLS_PER_SETTING
"""Number of group cells of one area."""

SETTING_OF_KIND = tuple(
    SETTINGS.index(name)
    for name in (
        "enterprise",
        "school",
        "village",
        "community",
        "school",
        "government",
        "school",
        "government",
    )
)
"""Index in SETTINGS for each of KINDS: where a kind's outcomes are counted."""


def takes_part(kinds: np.ndarray, only: Sequence[str]) -> np.ndarray:
    """Say for each kind code whether it is among some kinds and settings; no names mean all of them.

    A name that is both, ``school``, is the setting; ``kind.school`` is the kind.

    Raises
    ------
    InputError
        If a name is neither a kind nor a setting.
    """
    strange = [name for name in only if name not in PARTS]
    if strange:
        raise InputError([Fault(unknown(name, PARTS, "setting or kind"), key="only") for name in strange])
    chosen = [
        not only
        or f"kind.{kind}" in only
        or (kind in only and kind not in SETTINGS)
        or SETTINGS[SETTING_OF_KIND[code]] in only
        for code, kind in enumerate(KINDS)
    ]
    return np.array(chosen)[kinds]


def make_slots(kind: int, count: int) -> np.ndarray:
    """Return the slots of the first `count` agents of a kind, as ``uint32``."""
    return (kind * SLOTS_PER_KIND + np.arange(count, dtype=np.int64)).astype(np.uint32)


def cell_codes(agents: np.ndarray) -> np.ndarray:
    """Return the group cell of each agent, as ``uint16``.

    A cell is area * CELLS_PER_AREA + setting * CELLS_PER_SETTING + aged 60 or more * 8 + offline * 4 +
    registered outside the zone * 2 + low education (primary or none). A minor is neither aged nor little
    schooled; an organisation is in no group.
    """
    setting = np.asarray(SETTING_OF_KIND, dtype=np.int64)[agents["kind"]]
    groups = (
        is_aged(agents) * 8
        + (agents["online"] == 0) * 4
        + (agents["registration"] > 0) * 2
        + is_little_schooled(agents) * 1
    )
    area = agents["area"].astype(np.int64) * CELLS_PER_AREA
    groups = np.where(agents["sex"] == NO_SEX, OF_ORGANISATIONS, groups)
    return (area + setting * CELLS_PER_SETTING + groups).astype(np.uint16)


def is_adult(agents: np.ndarray) -> np.ndarray:
    """Return for each agent whether it is a person of 18 or over, as booleans."""
    return (agents["sex"] != NO_SEX) & (agents["age_band"] != MINOR)


def is_minor(agents: np.ndarray) -> np.ndarray:
    """Return for each agent whether it is a person below 18, as booleans."""
    return (agents["sex"] != NO_SEX) & (agents["age_band"] == MINOR)


def is_aged(agents: np.ndarray) -> np.ndarray:
    """Return for each agent whether it is a person of 60 or over, as booleans."""
    return is_adult(agents) & (agents["age_band"] >= FIRST_BAND_OF_60)


def is_little_schooled(agents: np.ndarray) -> np.ndarray:
    """Return for each agent whether it is an adult with primary school or less, as booleans."""
    return is_adult(agents) & (agents["education"] <= EDUCATION.index("primary"))


def rows_of_kind(agents: np.ndarray, kind: int) -> slice:
    """Return the rows of a kind, by its code: agents are sorted by kind."""
    kinds = agents["kind"]  # a search of numpy's would copy the column first
    return slice(bisect.bisect_left(kinds, kind), bisect.bisect_left(kinds, kind + 1))


def has_trait(agents: np.ndarray, name: str) -> np.ndarray:
    """Return for each agent whether it has a trait, as booleans."""
    return (agents["traits"] & TRAIT_BIT[name]) != 0
