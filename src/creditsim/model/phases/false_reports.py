"""False reports: records about people who did nothing, by mistake or made up."""

from __future__ import annotations

import numpy as np

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.coverage import is_filed, is_scored
from creditsim.model.phases.noticing import NEIGHBOUR
from creditsim.model.regimes import Rules
from creditsim.model.state import BREACHED, NOT_ABLE, PENDING, State
from creditsim.population.fixed import inhabitants
from creditsim.population.peers import build_peers
from creditsim.scoring.ledger import VILLAGE
from creditsim.spec.assumptions import assumed

_TRIES = 8
_MADE_UP = 1024
"""First block of the draws of made-up reports; the blocks before are those of mistaken ones, by activity."""


def false_reports(state: State, rules: Rules, reports: np.ndarray) -> np.ndarray:
    """Return the false records that arise beside people's reports of this month.

    A share of negative reports hits somebody at the reported agent's home site who did
    nothing. Under a compact with neighbour reports, a share of those reported by a
    neighbour answer with a report that is made up, about a neighbour of theirs.
    """
    negative = reports[reports["points_mp"] < 0]
    homes = state.agents.home[negative["row"]].astype(np.int64)
    mistaken = _about_others(
        state, rules, negative, homes, inhabitants(state.population),
        rules.world("false_record_human_share"), 0,
    )  # fmt: skip
    reported = negative[(negative["channel"] == NEIGHBOUR) & (negative["account"] == VILLAGE)]
    if len(reported) == 0:
        return mistaken
    near = build_peers(state.population).of(reported["row"])
    made_up = _about_others(
        state, rules, reported, np.arange(len(reported)), (near.indptr, near.indices.astype(np.int32)),
        assumed("neighbour.made_up_share"), _MADE_UP,
    )  # fmt: skip
    return np.concatenate((mistaken, made_up))


def _about_others(
    state: State, rules: Rules, reports: np.ndarray, groups: np.ndarray,
    members: tuple[np.ndarray, np.ndarray], share: float, block: int,
) -> np.ndarray:  # fmt: skip
    """Return false records beside a share of reports, about members of each report's group."""
    false = np.zeros(len(reports), PENDING)
    number = _pick_victims(
        reports, groups, state.agents, rules.regimes, state.active, state.ranks, state.deeds, members[0],
        members[1], state.seed, state.replication, state.month, draws.threshold(share), block,
        rules.postings.needs_file, false,
    )  # fmt: skip
    return false[:number]


@compiled
def _pick_victims(
    reports, groups, agents, regimes, active, ranks, deeds, starts, members, seed, replication, month,
    share, block, needs_file, false,
):  # fmt: skip
    """Write a false record about a compliant member of the reported agent's kind, where luck has it."""
    number = 0
    for position in range(reports.shape[0]):
        report = reports[position]
        agent = agents[report["row"]]
        w0, w1, w2, _ = draws.philox(
            seed, replication, np.int64(agent.slot), month, draws.FALSE_RECORD,
            block + np.int64(report["activity"]),
        )  # fmt: skip
        first = starts[groups[position]]
        size = starts[groups[position] + 1] - first
        if w0 >= share or size == 0:
            continue
        at = (w1 * size) >> 32
        for _ in range(min(_TRIES, size)):
            row = members[first + at]
            other = agents[row]
            did_nothing = deeds[row] & (BREACHED | NOT_ABLE) == 0
            innocent = other.present == 1 and did_nothing and other.kind == agent.kind
            regime = regimes[active[row]]
            on_file = is_scored(other, regime, ranks[row]) == 1
            if needs_file[active[row], report["activity"]] == 1:
                on_file = is_filed(other, regime, ranks[row]) == 1
            if innocent and on_file:
                false[number] = report
                false[number]["row"] = row
                false[number]["wrong"] = 1
                false[number]["due"] = 0
                false[number]["check"] = w2
                number += 1
                break
            at += 1
            if at == size:
                at = 0
    return number
