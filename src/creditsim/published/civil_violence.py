"""Epstein (2002): a crowd that is quiet for long and then flares up.

Epstein, J. M. (2002), "Modeling civil violence: An agent-based computational approach", Proceedings
of the National Academy of Sciences 99 (suppl. 3), 7243-7250, model 1. Citizens and cops on a torus move
to a free cell within sight. A citizen of hardship H and risk aversion R (both uniform) is active if

    H (1 - L) - R P > T,     P = 1 - exp(-k n),   n = cops over actives in sight, oneself among these

with L the legitimacy of the regime; a cop arrests one active in sight, for a term uniform up to a
longest. n is rounded, as in the model that comes with Mesa (`mesa.examples`), which says that without
it what the paper shows is not found; `rounded=False` is the formula of the paper to the letter. The
shape: long quiet, then outbursts (punctuated equilibrium).

Ours: utility of a breach, perceived detection and the rule of choice (model/choice.py): a breach with
the grievance at stake, alpha = -T, detection P and sanction R; every lot. Added: the torus, moves,
arrests. Order and rules within a step are those of Mesa's model, so that both can be compared in
distribution; single runs differ, for the luck does.
"""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.choice import acts, breach_utility, perceived_detection
from creditsim.published.bare import bare_agents, bare_breach

OURS, MESAS = "creditsim", "Mesa"
"""Whose model a row is from."""


class Unrest(NamedTuple):
    """The parameters of a run; as for the paper's outbursts, on its torus of 40 by 40.

    Attributes
    ----------
    width : int
        Cells along either side; above twice the sight.
    citizen_share, cop_share : float
        Of the cells.
    sight : int
        Steps along rows and columns that everyone sees, and can move at once.
    legitimacy, threshold, arrest_constant : float
        L, T, k.
    longest_term : int
        Steps in jail at most.
    """

    width: int = 40
    citizen_share: float = 0.7
    cop_share: float = 0.04
    sight: int = 7
    legitimacy: float = 0.82
    threshold: float = 0.1
    arrest_constant: float = 2.3
    longest_term: int = 30


def run_unrest(
    unrest: Unrest = Unrest(),  # noqa: B008 - a constant
    *,
    steps: int = 300,
    replications: int = 1,
    seed: int = 1,
    rounded: bool = True,
) -> pd.DataFrame:
    """Run the model on our parts.

    Returns
    -------
    DataFrame
        One row a replication and step, from step 0: source (``creditsim``), replication, step, citizens,
        active, quiet, jailed (numbers of citizens), active_share and jailed_share.
    """
    frames = []
    for replication in range(replications):
        counts = _run(*_layout(unrest, seed, replication), unrest, steps, seed, replication, rounded)
        frames.append(_frame(OURS, replication, counts))
    return pd.concat(frames, ignore_index=True)


def run_mesas_own(
    unrest: Unrest = Unrest(),  # noqa: B008 - a constant
    *,
    steps: int = 300,
    replications: int = 1,
    seed: int = 1,
) -> pd.DataFrame:
    """Run the model that comes with Mesa, with Mesa's own luck.

    Returns
    -------
    DataFrame
        As that of `run_unrest`, with ``Mesa`` as the source.
    """
    frames = []
    for replication in range(replications):
        model = _mesa_model(unrest, 1000 * seed + replication)
        for _ in range(steps):
            model.step()
        counts = model.datacollector.get_model_vars_dataframe()[["active", "quiet", "arrested"]]
        frames.append(_frame(MESAS, replication, counts.to_numpy()))
    return pd.concat(frames, ignore_index=True)


def summarise(runs: pd.DataFrame, *, from_step: int = 1, outburst_share: float = 0.05) -> pd.DataFrame:
    """Return what marks each run of both sources: how much, how high, how calm in between.

    Parameters
    ----------
    from_step : int
        First step that counts.
    outburst_share : float
        Share of citizens above which activity is an outburst.

    Returns
    -------
    DataFrame
        One row a run: source, replication, mean_active_share, peak_active_share, mean_jailed_share,
        calm_step_share (steps with less than a tenth of an outburst), outbursts (spells above the share).
    """
    rows = []
    for (source, replication), run in runs[runs["step"] >= from_step].groupby(
        ["source", "replication"], sort=False
    ):
        active = run["active_share"].to_numpy()
        above = active > outburst_share
        rows.append(
            (source, replication, active.mean(), active.max(), run["jailed_share"].mean(),
             (active < 0.1 * outburst_share).mean(), int((above & ~np.append(False, above[:-1])).sum()))
        )  # fmt: skip
    columns = (
        "source replication mean_active_share peak_active_share mean_jailed_share calm_step_share outbursts"
    )
    return pd.DataFrame(rows, columns=columns.split())


def _frame(source: str, replication: int, counts: np.ndarray) -> pd.DataFrame:
    """Return the rows of one run from its numbers of active, quiet and jailed, a row a step."""
    citizens = int(counts[0].sum())
    frame = pd.DataFrame(counts, columns=["active", "quiet", "jailed"]).astype(np.int64)
    frame.insert(0, "citizens", citizens)
    frame.insert(0, "step", np.arange(len(counts)))
    frame.insert(0, "replication", replication)
    frame.insert(0, "source", source)
    return frame.assign(active_share=frame["active"] / citizens, jailed_share=frame["jailed"] / citizens)


def _mesa_model(unrest: Unrest, seed: int) -> Any:
    """Return Mesa's own model; its parameters moved into a scenario in Mesa 3.4."""
    from mesa.examples.advanced.epstein_civil_violence import model as mesas

    values = {
        "citizen_density": unrest.citizen_share, "cop_density": unrest.cop_share,
        "citizen_vision": unrest.sight, "cop_vision": unrest.sight, "legitimacy": unrest.legitimacy,
        "max_jail_term": unrest.longest_term, "active_threshold": unrest.threshold,
        "arrest_prob_constant": unrest.arrest_constant,
    }  # fmt: skip
    size = {"width": unrest.width, "height": unrest.width}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a later Mesa will call its seed
        if hasattr(mesas, "EpsteinScenario"):
            return mesas.EpsteinCivilViolence(**size, scenario=mesas.EpsteinScenario(**values, rng=seed))
        return mesas.EpsteinCivilViolence(**size, **values, seed=seed)


def _layout(unrest: Unrest, seed: int, replication: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the cells of citizens and of cops: each cell is a citizen's, a cop's or free by lot."""
    cells = np.arange(unrest.width * unrest.width)
    lots = draws.words(seed, replication, cells, 0, draws.PLACE)
    citizen = lots < draws.threshold(unrest.citizen_share)
    cop = ~citizen & (lots < draws.threshold(unrest.citizen_share + unrest.cop_share))
    return np.flatnonzero(citizen), np.flatnonzero(cop)


def _run(citizens, cops, unrest, steps, seed, replication, rounded) -> np.ndarray:
    """Return the numbers of active, quiet and jailed citizens at the start and after each step."""
    number = len(citizens) + len(cops)
    agents = bare_agents(number)
    lots = draws.blocks(seed, replication, agents.slot, 0, draws.DISPOSITION)
    hardship, aversion = (lots[word].astype(np.float64) / draws.TWO_32 for word in (0, 1))
    reach = range(-unrest.sight, unrest.sight + 1)
    seen = np.array(
        [(dy, dx) for dy in reach for dx in reach if 0 < abs(dy) + abs(dx) <= unrest.sight], np.int64
    )
    counts = np.zeros((steps + 1, 3), np.int64)
    _live(
        agents, bare_breach(alpha=-unrest.threshold), np.append(citizens, cops), len(citizens),
        hardship * (1.0 - unrest.legitimacy), aversion, seen, unrest.width, unrest.arrest_constant,
        unrest.longest_term, rounded, seed, replication, counts,
    )  # fmt: skip
    return counts


@compiled
def _live(
    agents, breaches, cell_of, citizens, grievance, aversion, seen, width, constant, longest, rounded, seed,
    replication, counts,
):  # fmt: skip
    """Run the steps: each agent in turn, in an order by lot, looks, acts and moves."""
    number = cell_of.shape[0]
    holder = np.full(width * width, -1, np.int64)
    for row in range(number):
        holder[cell_of[row]] = row
    condition, term = np.zeros(citizens, np.int64), np.zeros(citizens, np.int64)
    order = np.arange(number)
    free, active = np.empty(seen.shape[0], np.int64), np.empty(seen.shape[0], np.int64)
    counts[0, 1] = citizens
    for step in range(1, counts.shape[0]):
        for place in range(number - 1, 0, -1):
            lot = draws.word(seed, replication, place, step, draws.OPPORTUNITY, 0)
            other = (lot * (place + 1)) >> 32
            order[place], order[other] = order[other], order[place]
        for row in order:
            if row < citizens and term[row] > 0:
                term[row] -= 1
                continue
            y, x = cell_of[row] // width, cell_of[row] % width
            frees, actives, cops = 0, 0, 0
            for at in range(seen.shape[0]):
                cell = (y + seen[at, 0]) % width * width + (x + seen[at, 1]) % width
                other = holder[cell]
                if other < 0:
                    free[frees] = cell
                    frees += 1
                elif other >= citizens:
                    cops += 1
                elif condition[other] == 1:
                    active[actives] = other
                    actives += 1
            slot = agents[row].slot
            moves, arrests, terms = draws.philox(seed, replication, slot, step, draws.ACT, 0)[:3]
            if row < citizens:
                chance = _arrest_chance(cops, actives + 1, constant, rounded)
                detection = perceived_detection(agents[row], breaches[0], chance, 1.0)
                utility = breach_utility(agents[row], breaches[0], grievance[row], detection, aversion[row])
                condition[row] = 1 if acts(utility, 0.0, 0.0) else 0
            elif actives > 0:
                taken = active[(arrests * actives) >> 32]
                term[taken] = (terms * (longest + 1)) >> 32
                condition[taken] = 2
            if frees > 0:
                holder[cell_of[row]] = -1
                cell_of[row] = free[(moves * frees) >> 32]
                holder[cell_of[row]] = row
        for row in range(citizens):
            state = condition[row]
            counts[step, 0 if state == 1 else (1 if state == 0 else 2)] += 1


@compiled
def _arrest_chance(cops, actives, constant, rounded):
    """Return P; a ratio is rounded half to even."""
    ratio = cops / actives
    if rounded:
        whole, rest = cops // actives, cops % actives
        if 2 * rest > actives or (2 * rest == actives and whole % 2 == 1):
            whole += 1
        ratio = float(whole)
    exponent = constant * ratio
    return 1.0 - draws.exp_portable(-exponent) if exponent < 40.0 else 1.0
