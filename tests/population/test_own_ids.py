"""The ids that synthetic agents have are no identifiers of anybody."""

from __future__ import annotations

import numpy as np

from creditsim.core.identifiers import kinds_in
from creditsim.core.names import column_kinds
from creditsim.population.agents import make_slots
from creditsim.population.synthesis import build_population
from creditsim.spec.vocabulary import KINDS

A_KIND = -(-1_000_000 // len(KINDS))


def test_none_of_a_million_own_ids_is_refused():
    slots = np.concatenate([make_slots(kind, A_KIND) for kind in range(len(KINDS))])[:1_000_000]
    assert len(np.unique(slots)) == 1_000_000
    made = build_population(scale=0.01).agents["slot"]
    assert np.isin(made, slots).all(), "these are the ids that a population gives"
    texts = slots.astype(str).tolist()
    assert [text for text in texts if kinds_in(text)] == []
    assert column_kinds("slot", texts[::37]) == {}
