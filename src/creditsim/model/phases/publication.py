"""Publication: which entries about persons are open to the public, and until when."""

from __future__ import annotations

import numpy as np

from creditsim.model.chains import REPAIRED, VOIDED
from creditsim.model.parts.records import DISPLAY
from creditsim.model.regimes import Rules
from creditsim.model.state import POSTED, State
from creditsim.population.agents import NO_SEX, STUDENT
from creditsim.scoring.ledger import ITEM


def on_display(state: State, rules: Rules) -> np.ndarray:
    """Update what is on display and return for each row whether an entry about it is open to the public.

    Negative entries that rest on an effective document (decisions, judgments, the
    defaulters' list) are published for as long as they are valid, at most for
    `publication.max_months` by the rules of the month of posting; an entry that is void
    or repaired leaves display. Names of minors are not published. Who posts a score code in
    a shop is on display as long as it hangs there.
    """
    files = state.files
    shown = np.concatenate((files.display, _new(state, rules)))
    agents, status = state.agents, state.chains.status
    stays = (shown["until"] > state.month) & (status[shown["id"]] & (VOIDED | REPAIRED) == 0)
    stays &= (agents.present[shown["row"]] == 1) & (agents.generation[shown["row"]] == shown["generation"])
    stays &= rules.regimes.score_on[state.active[shown["row"]]] == 1
    files.display = shown[stays]
    flags = np.zeros(len(agents), np.uint8)
    flags[files.display["row"]] = 1
    owners = agents.representative[state.pledges & POSTED > 0]
    flags[owners[owners >= 0]] = 1
    return flags


def _new(state: State, rules: Rules) -> np.ndarray:
    """Return this month's entries that go on display."""
    ids = state.chains.posted_in(state.month)
    entries, rows = state.chains.decode(ids), state.chains.rows_of(ids)
    public = (entries["kind"] == ITEM) & rules.book.is_public[entries["item"]]
    public &= (state.agents.sex[rows] < NO_SEX) & (state.agents.kind[rows] != STUDENT)
    ids, entries, rows = ids[public], entries[public], rows[public]
    most = np.array([levers["publication.max_months"] for levers in rules.values], np.int64)
    new = np.zeros(len(ids), DISPLAY)
    new["id"], new["row"], new["generation"] = ids, rows, state.agents.generation[rows]
    valid_until = entries["end"].astype(np.int64) + rules.book.validity_months[entries["item"]]
    new["until"] = np.minimum(state.month + most[state.active[rows]], valid_until)
    return new
