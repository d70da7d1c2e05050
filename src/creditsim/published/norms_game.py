"""Axelrod (1986), the norms game, and what its re-examination found.

Axelrod, R. (1986), "An Evolutionary Approach to Norms", American Political Science Review 80(4),
1095-1111. Twenty players have a boldness B and a vengefulness V, in sevenths. Four times a generation
each meets a temptation that is seen by each other with a chance S, uniform, and known to it; it
defects if B > S, which brings it 3 and each other player -1. Who sees it punishes with chance V, at
-2 for itself and -9 for the defector. In the metanorms game who sees a defection unpunished (with
chance S again) also punishes, with chance V and at the same prices, who saw it and let it pass. After
a generation players one standard deviation or more above the mean score have two offspring, those as
far below none, others one; numbers are made up or cut by lot to twenty, and each of the six bits of B
and V flips with chance 0.01. Axelrod's few runs of 100 generations: norms collapse or not, with
metanorms they stand.

Galán, J. M., Izquierdo, L. R. (2005), "Appearances Can Be Deceiving: Lessons Learned Re-Implementing
Axelrod's 'Evolutionary Approach to Norms'", Journal of Artificial Societies and Social Simulation 8(3) 2:
"We can obtain the opposite results by running the model for longer, by slightly modifying some of the
parameters, or by changing some arbitrary assumptions". No number of theirs is used here: only that in
the norms game collapse is the end, and that metanorms need not hold.

The expected score of a player in one opportunity of all, each S uniform and independent
(`expected_scores`), with n players:

    3 B_i + sum over j of [ -B_j - 9 V_j B_i**2 / 2 - 2 V_i B_j**2 / 2 ] + with metanorms
    sum over defectors d and third players k of [ -9 (1 - V_i) V_k - 2 V_i (1 - V_k) ] B_d**3 / 3

Ours: the utility of a breach and the rule of choice (a breach with B at stake, detection S and
sanction 1), ties as a `Relation` (who sees whom), every lot. Added: the punishments and the heredity.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from creditsim.core import draws
from creditsim.core.compiled import compiled
from creditsim.model.choice import acts, breach_utility
from creditsim.population.ties import Relation
from creditsim.published.bare import bare_agents, bare_breach

OPPORTUNITIES = 4
MOST = 7
"""Boldness and vengefulness are whole numbers from 0 to this, in sevenths."""


class Game(NamedTuple):
    """Payoffs and heredity, as Axelrod has them.

    Attributes
    ----------
    temptation, hurt, punishment, enforcement : float
        What a defection brings the defector and each other, what punishing costs the punished and the
        punisher.
    meta_punishment, meta_enforcement : float
        The same for those who let a defection pass; both zero: no metanorms.
    mutation_share : float
        Chance that a bit flips.
    """

    temptation: float = 3.0
    hurt: float = -1.0
    punishment: float = -9.0
    enforcement: float = -2.0
    meta_punishment: float = 0.0
    meta_enforcement: float = 0.0
    mutation_share: float = 0.01


NORMS = Game()
METANORMS = Game(meta_punishment=-9.0, meta_enforcement=-2.0)


def play(
    game: Game = NORMS,
    *,
    players: int = 20,
    generations: int = 100,
    replications: int = 20,
    seed: int = 1,
    ties: Relation | None = None,
) -> pd.DataFrame:
    """Play the game generation after generation, from lots of boldness and vengefulness.

    Parameters
    ----------
    ties : Relation, optional
        Who is hurt by and may see whom; by default everyone everyone.

    Returns
    -------
    DataFrame
        One row a replication and generation: replication, generation, boldness_share and
        vengefulness_share (means over players, 0 to 1), state (see `states`).
    """
    ties = everyone(players) if ties is None else ties
    frames = []
    for replication in range(replications):
        traits = _first_traits(players, seed, replication)
        means = np.zeros((generations + 1, 2))
        _evolve(
            traits, np.zeros(players), bare_agents(players), bare_breach(), ties.indptr, ties.indices,
            np.array(game, np.float64), seed, replication, means,
        )  # fmt: skip
        frames.append(
            pd.DataFrame(
                {
                    "replication": replication, "generation": np.arange(generations + 1),
                    "boldness_share": means[:, 0], "vengefulness_share": means[:, 1],
                }
            )
        )  # fmt: skip
    runs = pd.concat(frames, ignore_index=True)
    return runs.assign(state=states(runs["boldness_share"], runs["vengefulness_share"]))


COLLAPSED, STANDING, BETWEEN = "collapsed", "standing", "between"


def states(boldness: pd.Series, vengefulness: pd.Series) -> np.ndarray:
    """Return what has become of the norm: collapsed (bold, not vengeful), standing (the reverse), between.

    Bold means a mean of 6/7 or more, timid 2/7 or less; vengeful 5/7 or more, not 1/7 or less.
    """
    collapsed = (boldness >= 6 / 7) & (vengefulness <= 1 / 7)
    standing = (boldness <= 2 / 7) & (vengefulness >= 5 / 7)
    return np.select([collapsed, standing], [COLLAPSED, STANDING], BETWEEN)


def everyone(players: int) -> Relation:
    """Return the ties of a group in which everyone is tied to everyone else."""
    one, other = np.divmod(np.arange(players * players), players)
    return Relation.from_pairs(one[one != other], other[one != other], players)


def mean_scores(
    boldness: np.ndarray, vengefulness: np.ndarray, game: Game, *, rounds: int = 1_000, seed: int = 1
) -> tuple[np.ndarray, np.ndarray]:
    """Return each player's mean score of an opportunity of all, and its standard error, by simulation.

    Parameters
    ----------
    boldness, vengefulness : ndarray of int64
        In sevenths, by player.
    """
    players = len(boldness)
    traits, ties = np.column_stack([boldness, vengefulness]).astype(np.int64), everyone(players)
    scores = np.zeros((rounds, players))
    for generation in range(rounds):
        _score(
            traits, scores[generation], bare_agents(players), bare_breach(), ties.indptr, ties.indices,
            np.array(game, np.float64), seed, 0, generation,
        )  # fmt: skip
    scores /= OPPORTUNITIES
    return scores.mean(axis=0), scores.std(axis=0, ddof=1) / np.sqrt(rounds)


def expected_scores(boldness: np.ndarray, vengefulness: np.ndarray, game: Game) -> np.ndarray:
    """Return each player's expected score of an opportunity of all, by the formula above."""
    b, v = np.asarray(boldness) / MOST, np.asarray(vengefulness) / MOST
    found = np.zeros(len(b))
    for i in range(len(b)):
        others = [j for j in range(len(b)) if j != i]
        found[i] = game.temptation * b[i]
        for j in others:
            found[i] += game.hurt * b[j] + game.punishment * v[j] * b[i] ** 2 / 2
            found[i] += game.enforcement * v[i] * b[j] ** 2 / 2
            for k in others:
                if k != j:  # j defects, i and k see it
                    punished = game.meta_punishment * (1 - v[i]) * v[k]
                    punishes = game.meta_enforcement * v[i] * (1 - v[k])
                    found[i] += (punished + punishes) * b[j] ** 3 / 3
    return found


def _first_traits(players: int, seed: int, replication: int) -> np.ndarray:
    """Return boldness and vengefulness of the first players, whole numbers by lot, shape (players, 2)."""
    lots = draws.blocks(seed, replication, np.arange(players), 0, draws.DISPOSITION)
    return np.column_stack([lots[word].astype(np.int64) >> 29 for word in (0, 1)])


@compiled
def _evolve(traits, scores, agents, breaches, indptr, indices, game, seed, replication, means):
    """Play and reproduce; write the mean traits at the start and after each generation."""
    players = traits.shape[0]
    for generation in range(means.shape[0]):
        for trait in range(2):
            total = 0
            for row in range(players):
                total += traits[row, trait]
            means[generation, trait] = total / (players * MOST)
        if generation + 1 < means.shape[0]:
            for row in range(players):
                scores[row] = 0.0
            _score(traits, scores, agents, breaches, indptr, indices, game, seed, replication, generation)
            _reproduce(traits, scores, game[6], seed, replication, generation)


@compiled
def _score(traits, scores, agents, breaches, indptr, indices, game, seed, replication, generation):
    """Add up the scores of one generation."""
    players = traits.shape[0]
    metanorms = game[4] != 0.0 or game[5] != 0.0
    for row in range(players):
        for chance in range(OPPORTUNITIES):
            seen = draws.word(seed, replication, row, generation, draws.OPPORTUNITY, chance) / draws.TWO_32
            boldness = traits[row, 0] / MOST
            if not acts(breach_utility(agents[row], breaches[0], boldness, seen, 1.0), 0.0, 0.0):
                continue
            scores[row] += game[0]
            least = seen * draws.TWO_32
            for place in range(indptr[row], indptr[row + 1]):
                other = indices[place]
                scores[other] += game[1]
                pair = row * players + other
                sees, minds = draws.philox(seed, replication, pair, generation, draws.NOTICE, chance)[:2]
                if sees >= least:
                    continue
                if minds < traits[other, 1] / MOST * draws.TWO_32:
                    scores[row] += game[2]
                    scores[other] += game[3]
                elif metanorms:
                    for around in range(indptr[other], indptr[other + 1]):
                        third = indices[around]
                        if third == row or traits[third, 1] == 0:
                            continue
                        slot = pair * players + third
                        sees, minds = draws.philox(
                            seed, replication, slot, generation, draws.SUPERVISION, chance
                        )[:2]
                        if sees < least and minds < traits[third, 1] / MOST * draws.TWO_32:
                            scores[other] += game[4]
                            scores[third] += game[5]


@compiled
def _reproduce(traits, scores, mutation, seed, replication, generation):
    """Put offspring in the places of the players, by score, and let their bits flip."""
    players = traits.shape[0]
    mean, square = 0.0, 0.0
    for row in range(players):
        mean += scores[row] / players
    for row in range(players):
        square += (scores[row] - mean) * (scores[row] - mean) / players
    sd = np.sqrt(square)
    parents = np.empty(2 * players, np.int64)
    number = 0
    for row in range(players):
        offspring = 1
        if sd > 0.0 and scores[row] >= mean + sd:
            offspring = 2
        elif sd > 0.0 and scores[row] <= mean - sd:
            offspring = 0
        for _ in range(offspring):
            parents[number] = row
            number += 1
    lots = 0
    born = number
    while number > players:  # too many: some go by lot
        lot = draws.word(seed, replication, lots, generation, draws.TURNOVER, 0)
        number -= 1
        parents[(lot * (number + 1)) >> 32] = parents[number]
        lots += 1
    while number < players:  # too few: some have a twin by lot
        lot = draws.word(seed, replication, lots, generation, draws.TURNOVER, 0)
        parents[number] = parents[(lot * born) >> 32]
        number += 1
        lots += 1
    before = traits.copy()
    for row in range(players):
        for trait in range(2):
            flipped = before[parents[row], trait]
            for bit in range(3):
                lot = draws.word(seed, replication, row, generation, draws.MIGRATION, 3 * trait + bit)
                if lot < mutation * draws.TWO_32:
                    flipped ^= 1 << bit
            traits[row, trait] = flipped
