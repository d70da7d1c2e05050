"""Rows of the plan: how each of its 21 measures is judged, declared before any run."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic.dataclasses import dataclass

from creditsim.core.errors import Fault, InputError, unknown
from creditsim.spec.levers import Lever, levers
from creditsim.spec.outcomes import outcomes
from creditsim.spec.records import STRICT, Texts, read_entries
from creditsim.spec.vocabulary import SETTINGS

ROLES = ("direct", "behavioural", "harm")
"""What an outcome is to a row: true by construction, an answer of behaviour, a harm."""


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Row:
    """One row of the plan: its levers, and the outcomes by which it is judged.

    Attributes
    ----------
    mode : {'added', 'removed'}
        Judged by adding it to the baseline, or by taking it out of the whole plan.
    setting : str
        Where its outcomes are read, if they exist there.
    direct : mapping of str to {'lower', 'higher'}
        Outcomes true by construction, with the way each must move.
    behavioural, harm : tuple of str
        Outcomes without a declared sign, those of the levers included.
    requires : tuple of str
        Levers of other rows at the plan's values in both scenarios, beside what its levers
        and the measures that they switch on require.
    without : mapping of str to value
        Values of a removed row's levers, where taking it out is not the status quo's value.
    if_still : str
        Why a direct outcome may fail to move with sourced numbers.
    """

    name: str
    title_en: str
    title_zh: str
    plan_section: str
    mode: Literal["added", "removed"]
    setting: str
    direct: Mapping[str, Literal["lower", "higher"]]
    behavioural: Texts
    harm: Texts
    requires: Annotated[Texts, Field(strict=False)] = ()
    without: Annotated[Mapping[str, Any], Field(default_factory=dict)]
    if_still: Annotated[str, Field(repr=False)] = ""

    @model_validator(mode="after")
    def _agree(self) -> Row:
        """Refuse unknown outcomes and settings; add the outcomes of the row's levers."""
        if self.setting not in ("all", *SETTINGS):
            raise ValueError(f"got setting {self.setting!r}, expected all or one of {', '.join(SETTINGS)}")
        named = list(self.direct)
        for role in ROLES[1:]:
            declared = (*getattr(self, role), *(getattr(each, f"{role}_outcome") for each in self.levers()))
            fresh = tuple(name for name in dict.fromkeys(declared) if name not in named)
            object.__setattr__(self, role, fresh)
            named += fresh
        unknown = [name for name in self.requires if name not in levers()]
        if unknown:
            raise ValueError(f"got {', '.join(unknown)} under requires, expected levers")
        foreign = [name for name in self.without if name not in levers() or levers()[name].row != self.name]
        if foreign:
            raise ValueError(f"got {', '.join(foreign)}, expected levers of row {self.name}")
        strange = [name for name in named if name not in outcomes()]
        if strange:
            raise ValueError(f"got {', '.join(strange)}, expected outcomes of data/outcomes.yaml")
        return self

    def levers(self) -> tuple[Lever, ...]:
        """Return the row's levers, in the catalogue's order."""
        return tuple(lever for lever in levers().values() if lever.row == self.name)

    def outcomes(self) -> tuple[tuple[str, str, str | None], ...]:
        """Return (outcome, role, expected) in reporting order; only direct outcomes have an expectation."""
        found: list[tuple[str, str, str | None]] = [
            (name, "direct", way) for name, way in self.direct.items()
        ]
        for role in ROLES[1:]:
            found += [(name, role, None) for name in getattr(self, role)]
        return tuple(found)


@functools.cache
def rows() -> Mapping[str, Row]:
    """Return the plan's rows by name, in the plan's order.

    Examples
    --------
    >>> rows()["E4"].outcomes()[0]
    ('inspect.visits_per_compliant_firm_year', 'direct', 'lower')
    """
    found = read_entries("levers.yaml", "rows", Row, "name")
    homeless = {lever.row for lever in levers().values()} - {*found, "base", "world"}
    if homeless:
        raise ValueError(f"data/levers.yaml: rows {', '.join(sorted(homeless))} have levers but no entry")
    return found


def rows_named(names: Sequence[str], key: str = "rows") -> tuple[Row, ...]:
    """Return rows by name in the order given, whatever their capitals; no name means all.

    Parameters
    ----------
    key : str
        Where the names were given, for the faults.

    Raises
    ------
    InputError
        One fault an unknown name.

    Examples
    --------
    >>> [row.name for row in rows_named(["e4", "S3"])]
    ['E4', 'S3']
    """
    known = {name.lower(): row for name, row in rows().items()}
    strange = [name for name in names if name.lower() not in known]
    if strange:
        raise InputError([Fault(unknown(name, rows(), "row of the plan"), key=key) for name in strange])
    return tuple(known[name.lower()] for name in names) if names else tuple(rows().values())
