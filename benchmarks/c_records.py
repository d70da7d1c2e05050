"""What acting.c must know of our records and tables: sizes, codes and places by name, checked at loading.

Numbers go to the compiler by name. Where each field lies comes back from the compiled records and
is compared with our dtypes, so that a record that changed is refused in one line, not misread.
"""

from __future__ import annotations

import ctypes

import numpy as np

from creditsim.core import draws
from creditsim.model import activities, choice, coverage, ladders, means, opportunities, state, utility
from creditsim.model.parts.public_bodies import DUTY
from creditsim.model.phases import noticing
from creditsim.model.postings import POSTING
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import REGIME
from creditsim.population import agents
from creditsim.scoring.enterprise import CLASSES
from creditsim.spec.vocabulary import CHANNELS, GRADES, KINDS, KNOWS_ITEMS

RECORDS = {
    "Agent": agents.AGENT,
    "Activity": activities.ACTIVITY,
    "Regime": REGIME,
    "Posting": POSTING,
    "Ranks": state.RANKS,
    "Memory": state.MEMORY,
    "Duty": DUTY,
    "Pending": state.PENDING,
}
"""Our dtype of each record in records.h."""

_OF_AGENTS = "ENTERPRISE VILLAGER RESIDENT STUDENT CIVIL_SERVANT INSTITUTION NO_SEX"
_OF_STATE = (
    "BREACHED DID_GOOD GOT_GOODS GOT_CASH FOUND_OUT NOT_ABLE HARSH DUE FOR_WANT FINED PLEDGED POSTED "
    "BEST_CLASS"
)
_OF_NOTICING = (
    "NEIGHBOUR SELF_REPORT GOVERNMENT BREACHES MERITS HARM BENEFIT HOURS SORTED SORTING_MET FINES "
    "VISITS_SEEN LOCAL REWARDS UNDETECTED UNDETECTED_TOP PLEDGER_BREACHES SCHOOL_BREACHES "
    "CIVIL_SERVANT_BREACHES MEANS_UNABLE SPARED PENALISED PENALISED_UNABLE"
)


def numbers() -> dict[str, int]:
    """Return the numbers that acting.c knows by name: sizes, codes, bits, places in our tables."""
    found = {
        "CHANNELS": len(CHANNELS),
        "KINDS": len(KINDS),
        "GRADES": len(GRADES),
        "CLASSES": len(CLASSES),
        "CUTOFFS": ladders.CUTOFFS,
        "LADDERS": ladders.LADDERS,
        "QUANTITIES": len(QUANTITIES),
        "OBLIGATIONS": len(activities.OBLIGATIONS),
        "STAKES": activities.stake_multipliers().shape[1],
        "BUFFERS": means.buffers().shape[1],
        "ROWS": draws.BLOCK_ROWS,
        "MOST_LANES": opportunities.MOST_LANES,
        "FURTHER_BITS": opportunities.REST,
        "UNABLE": opportunities.UNABLE,
        "DRAW_OPPORTUNITY": draws.OPPORTUNITY,
        "DRAW_ACT": draws.ACT,
        "DRAW_MEANS": draws.MEANS,
        "INSPECTION": CHANNELS.index("inspection"),
        "COMPLAINT": choice.COMPLAINT,
        "COURT": choice.COURT,
        "KNOWS_ITEMS": KNOWS_ITEMS,
        "ASKED_OF_NOBODY": coverage.ASKED_OF_NOBODY,
        "FROM_ELSEWHERE": coverage._FROM_ELSEWHERE,
        "DUE_RECURRING": activities.RECURRING,
        "DUE_TO_TRADE": activities.TRADE,
        "STRAINED_PERSONS": means._PERSONS,
        "STRAINED_FIRMS": means._FIRMS,
        "STOPPED": means._STOPPED,
        "DRAWN_PERSONS": means._DRAWN_PERSONS,
        "DRAWN_FIRMS": means._DRAWN_FIRMS,
        "INCOME_FACTOR": means._FACTOR,
        "SHOCK_MONTH": means._SHOCK_MONTH,
        "SPELL_MONTHS": means._SPELL,
        "SHOCK_START": means._SHOCK_START,
        "NORM": utility._NORM,
        "WIDTH": utility._WIDTH,
        "TIES": utility._TIES,
        "TIES_PRIOR": utility._TIES_PRIOR,
    }
    for module, names in ((agents, _OF_AGENTS), (state, _OF_STATE), (noticing, _OF_NOTICING)):
        found |= {name: int(getattr(module, name)) for name in names.split()}
    return found


class Place(ctypes.Structure):
    """A field of a C record, as acting.c tells it; without a name the record itself."""

    _fields_ = (
        ("record", ctypes.c_char_p),
        ("field", ctypes.c_char_p),
        ("type", ctypes.c_char_p),
        ("offset", ctypes.c_size_t),
        ("size", ctypes.c_size_t),
    )


def read_places(table) -> dict[str, dict[str, tuple[str, int, int]]]:
    """Return C type, offset and size by record and field; under the empty name those of the record."""
    found: dict[str, dict[str, tuple[str, int, int]]] = {}
    number = 0
    while table[number].record:
        place = table[number]
        fields = found.setdefault(place.record.decode(), {})
        fields[place.field.decode()] = (place.type.decode(), place.offset, place.size)
        number += 1
    return found


def check_records(places: dict[str, dict[str, tuple[str, int, int]]]) -> None:
    """Compare each C record with our dtype.

    Raises
    ------
    RuntimeError
        If a size, or a field's name, type or offset differs: which record, and what it holds instead.
    """
    for record, dtype in RECORDS.items():
        ours = {"": ("", 0, dtype.itemsize)}
        ours |= {name: (str(at[0].base), at[1], at[0].itemsize) for name, at in dtype.fields.items()}
        theirs = {
            name: (str(dtype_of(kind)) if name else "", *rest)
            for name, (kind, *rest) in places[record].items()
        }
        for name in (*ours, *theirs):
            if ours.get(name) != theirs.get(name):
                raise RuntimeError(
                    f"records.h: {record} {name or 'as a whole'} has (type, offset, bytes) "
                    f"{theirs.get(name)}, expected {ours.get(name)} of {record.upper()}"
                )


def dtype_of(kind: str) -> np.dtype:
    """Return the dtype of a C type, or of what a C pointer points to."""
    name = kind.removeprefix("const ").removesuffix(" *")
    if name in RECORDS:
        return RECORDS[name]
    return np.dtype({"double": "f8", "float": "f4"}.get(name, name.removesuffix("_t")))
