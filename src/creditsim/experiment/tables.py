"""A run's two large tables, its ledger and its final agents: made when somebody looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from creditsim.core.months import month_text
from creditsim.model.credit_model import CreditModel
from creditsim.model.packing import PackedEntries
from creditsim.scoring.ledger import ACCOUNTS, KINDS_OF_ENTRY, MONTH_OPEN
from creditsim.spec.vocabulary import CHANNELS, GRADES, KINDS

_WHO = ("area", "site", "home", "household", "employer", "representative")
_WHO += ("age_band", "sex", "education", "residence", "registration", "online")

_BLOCK = 1 << 18
"""Entries decoded at a time: the records in full are several times as large as the table's columns."""


@dataclass(frozen=True, eq=False)
class RunTables:
    """What the tables of a run are made from, as the run left it; nothing else of the run is kept alive.

    Attributes
    ----------
    agents : FieldArray of AGENT
    under_programme : ndarray of uint8
        By agent: the regime of the last month.
    entries : PackedEntries
    items : tuple of str
        What the items of entries are called.
    """

    agents: np.ndarray
    under_programme: np.ndarray
    entries: PackedEntries
    items: tuple[str, ...]

    @classmethod
    def of(cls, model: CreditModel) -> RunTables:
        """Return what the tables of a model's run are made from; a further month would change it."""
        state = model.state
        items = tuple(item.id for item in model.rules.book.district.items)
        return cls(state.agents, state.active, state.chains.entries.with_slots(state.agents.slot), items)

    def ledger(self) -> dict[str, np.ndarray | pd.Categorical]:
        """Return the ledger's columns, one element an entry, codes as words and months as text."""
        entries, number = self.entries, self.entries.number
        words = {
            "account": ACCOUNTS,
            "kind": KINDS_OF_ENTRY,
            "channel": (*CHANNELS, ""),
            "item": (*self.items, ""),
        }
        plain = {"entry": "id", "subject": "subject", **dict.fromkeys(words), "points_mp": "points_mp"}
        plain |= {"act": "act", **dict.fromkeys(("event", "end", "posted")), "ref": "ref"}
        fields = {name: field or name for name, field in plain.items()}
        columns: dict = {}
        for first in range(0, max(number, 1), _BLOCK):
            block = slice(first, min(first + _BLOCK, number))
            decoded = entries[np.arange(block.start, block.stop)]
            for name, field in fields.items():
                if first == 0:
                    columns[name] = np.empty(number, decoded.dtype[field])
                columns[name][block] = decoded[field]
        for name, vocabulary in words.items():
            columns[name] = _categorical(columns[name], vocabulary)
        for name in ("event", "end", "posted"):
            columns[name] = _month_column(columns[name])
        return columns

    def final(self) -> dict[str, np.ndarray | pd.Categorical]:
        """Return where each agent ended: what counts to a run's fingerprint."""
        names = ("slot", "score_mp", "village_score_mp", "star")
        columns = {name: self.agents[name] for name in names}
        return {**columns, "grade": _categorical(self.agents.grade, GRADES)}

    def agents_frame(self) -> pd.DataFrame:
        """Return who the agents are and how they ended, one row an agent; synthetic all of them."""
        agents = self.agents
        columns = {"slot": agents.slot.astype(np.int64), "kind": _categorical(agents.kind, KINDS)}
        for name in (*_WHO, "present", "generation"):
            columns[name] = agents[name].astype(np.int64)
        columns["under_programme"] = self.under_programme.astype(np.int64)
        for name in ("filed", "awareness", "score_mp", "village_score_mp"):
            columns[name] = agents[name].astype(np.int64)
        columns["grade"] = _categorical(agents.grade, GRADES)
        columns["star"] = agents.star.astype(np.int64)
        columns["trust"] = np.array(agents.trust)
        columns["crowding"] = np.array(agents.crowding)
        return pd.DataFrame(columns)


def ledger_frame(model: CreditModel) -> pd.DataFrame:
    """Return a run's ledger, one row an entry, codes as words and months as text."""
    return pd.DataFrame(RunTables.of(model).ledger())


def agents_frame(model: CreditModel) -> pd.DataFrame:
    """Return the final agents: who they are and how they ended, one row an agent; synthetic all of them."""
    return RunTables.of(model).agents_frame()


def _categorical(codes: np.ndarray, vocabulary: Sequence[str]) -> pd.Categorical:
    """Return codes as words; -1 is the last word."""
    codes = np.where(codes < 0, len(vocabulary) - 1, codes).astype(np.int16)
    return pd.Categorical.from_codes(codes, list(vocabulary))


def _month_column(months: np.ndarray) -> pd.Categorical:
    """Return months as text; an open end is ``open``."""
    distinct = np.unique(months)
    texts = ["open" if month == MONTH_OPEN else month_text(int(month)) for month in distinct]
    return pd.Categorical.from_codes(np.searchsorted(distinct, months).astype(np.int16), texts)
