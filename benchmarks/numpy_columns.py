"""The acting month with NumPy columns: one array operation for all opportunities at once.

The arrays run over all (agent, activity) pairs that kind and traits fit. It is the package's
acting phase but for the following, all of which make this version do less: promises of public
bodies and debts to trade partners have no part in it; an agent's beliefs move from where they
stood before the month for all its breaches together, where the package moves them breach by
breach; fines of one month do not raise one another; visits that found a breach, pledgers'
breaches and undetected ones are not counted apart.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

from creditsim.model.activities import RECURRING, TRADE, spreads
from creditsim.model.choice import COMPLAINT
from creditsim.model.coverage import ON_FILE, SCORED, file_status
from creditsim.model.means import DAYS_A_MONTH
from creditsim.model.phases.noticing import NEIGHBOUR, SELF_REPORT
from creditsim.model.regimes import Rules
from creditsim.model.state import POSTED, State
from creditsim.model.utility import choice_terms, reckoned_visits, role_model_share, visible_shares
from creditsim.model.world import income_factor, opportunity_thresholds, shock_month
from creditsim.population.agents import ENTERPRISE, NO_SEX
from creditsim.population.peers import build_peers
from creditsim.spec.assumptions import assumed
from creditsim.spec.vocabulary import CHANNELS, KNOWS_ITEMS

TWO_32 = 2.0**32
_BREACHES, _MERITS, _HARM, _BENEFIT, _HOURS, _SORTED, _FINES, _LOCAL, _REWARDS, _UNABLE = range(10)
_COUNTS = 10


class Acted(NamedTuple):
    """What came of an acting month: opportunities and acts by (site, activity), counts by cell, filings.

    `filed` has the columns row, activity and channel.
    """

    met: np.ndarray
    done: np.ndarray
    counts: np.ndarray
    filed: np.ndarray


class NumpyColumns:
    """Acting months on columns taken from a state of the package, with luck of its own.

    Parameters
    ----------
    state : State
        Copied; its phases are not run.
    rules : Rules
    seed : int

    Examples
    --------
    >>> from creditsim.model.credit_model import CreditModel
    >>> model = CreditModel("status-quo-2019", scale=0.01)
    >>> acted = NumpyColumns(model.state, model.rules).act()
    >>> bool((acted.done <= acted.met).all())
    True
    """

    def __init__(self, state: State, rules: Rules, seed: int = 1):
        self.state, self.rules, self.random = state, rules, np.random.default_rng(seed)
        self.month = state.month
        agents, activities = state.agents, rules.activities
        names = (
            "income_yuan_month", "honesty", "prosociality", "money_weight", "trust", "crowding",
            "false_belief", "belief", "score_mp", "village_score_mp", "home", "cell", "kind",
        )  # fmt: skip
        self.agents = SimpleNamespace(**{name: np.ascontiguousarray(agents[name]) for name in names})
        self.agents.belief = self.agents.belief.astype(np.float64)
        self.activities = SimpleNamespace(
            **{name: np.ascontiguousarray(activities[name]) for name in activities.dtype.names}
        )
        self.activities.log_sd = np.array(spreads())[activities.spread]
        self.activities.filing_group = np.maximum(0, activities.setting.astype(np.int64) - 2)
        self.postings = SimpleNamespace(
            **{name: np.ascontiguousarray(rules.postings[name]) for name in rules.postings.dtype.names}
        )
        self.peers = build_peers(state.population)
        self.targets = self.peers.targets
        self.person = agents.sex < NO_SEX
        self.knows_items = ~self.person | (agents.awareness & KNOWS_ITEMS != 0)
        self.did, self.met = state.memory.did.copy(), state.memory.met.copy()
        firms = agents.kind == ENTERPRISE
        self.fines = np.zeros(len(agents), np.int64)
        self.fines[firms] = state.service.sanctioned
        self.last_fine = np.full(len(agents), -1000)
        self.last_fine[firms] = state.service.last_sanction
        self._read_state()
        self._pair_up(agents)
        self._fill_purses()

    def _read_state(self) -> None:
        """Copy what other phases set: regimes, files, pledges, visits, what sites show."""
        state, rules = self.state, self.rules
        self.regime = state.active.astype(np.int64)
        status = file_status(state, rules, np.arange(len(state.agents)))
        self.scored, self.filed = status >= SCORED, (status == ON_FILE).astype(np.int64)
        self.posted = state.pledges & POSTED != 0
        self.visited, self.firm_class = state.visited == 1, state.firm_class.astype(np.int64)
        self.terms = choice_terms(rules, self.month)
        self.visible = visible_shares(state, rules, self.terms)
        self.models = role_model_share(state)
        self.bins = state.site_ranks.bins
        self.visit_rates = reckoned_visits(state)

    def _pair_up(self, agents: np.ndarray) -> None:
        """List the pairs of agents and activities, activity by activity, and how likely each is."""
        activities, rows, numbers = self.activities, [], []
        for k in range(len(activities.kinds)):
            fits = (activities.kinds[k] >> agents.kind & 1 == 1) & (agents.present == 1)
            fits &= agents.traits & activities.all_traits[k] == activities.all_traits[k]
            if activities.any_traits[k]:
                fits &= agents.traits & activities.any_traits[k] != 0
            rows.append(np.flatnonzero(fits))
            numbers.append(np.full(len(rows[-1]), k))
        self.pair_row, self.pair_activity = np.concatenate(rows), np.concatenate(numbers)
        chance = opportunity_thresholds(self.rules, self.month) / TWO_32
        self.pair_chance = chance[self.pair_activity].astype(np.float32)

    def _fill_purses(self) -> None:
        """Draw cash buffers and spells without income."""
        size, random, person = len(self.person), self.random, self.person
        log_sd = np.where(person, assumed("means.liquid_log_sd"), assumed("means.cash_days_log_sd"))
        months = np.where(person, assumed("means.liquid_months"), assumed("means.cash_days") / DAYS_A_MONTH)
        self.buffer = months * np.exp(log_sd * random.standard_normal(size))
        self.length = int(assumed("means.spell_months"))
        self.offset, self.luck = random.integers(self.length, size=size), random.random(size)
        self.shock_luck = random.random(size)
        self.strained = np.where(
            person, assumed("means.strained_persons_share"), assumed("means.strained_firms_share")
        )
        self.drawn = np.where(
            person, assumed("means.drawn_persons_share"), assumed("means.drawn_firms_share")
        )
        self.ever_short = person | (self.agents.kind == ENTERPRISE)

    def act(self) -> Acted:
        """Let every agent meet its activities, choose, and be noticed or not."""
        random, agents, activities = self.random, self.agents, self.activities
        place = (self.month + self.offset) % self.length
        begins = place == 0
        self.luck[begins] = random.random(np.count_nonzero(begins))
        found = np.flatnonzero(random.random(len(self.pair_row), np.float32) < self.pair_chance)
        row, k = self.pair_row[found], self.pair_activity[found]
        stake = activities.stake_yuan[k] * np.exp(activities.log_sd[k] * random.standard_normal(len(k)))
        unable = np.zeros(len(k), np.bool_)
        due = np.flatnonzero(activities.due[k] > 0)
        unable[due] = self._is_short(row[due], k[due], stake[due], place)
        acted = self._wants(row, k, stake)
        home = agents.home[row].astype(np.int64)
        sites, number = self.visible.shape
        key = home * number + k
        met = np.bincount(key[~unable], minlength=sites * number).reshape(sites, number)
        chosen = acted & ~unable
        done = np.bincount(key[chosen], minlength=sites * number).reshape(sites, number)
        self._remember(row, k, ~unable, chosen)
        took = np.flatnonzero(chosen | unable)
        counts, filed = self._conclude(row[took], k[took], unable[took])
        self.month += 1
        return Acted(met, done, counts, filed)

    def _is_short(
        self, row: np.ndarray, k: np.ndarray, due_yuan: np.ndarray, place: np.ndarray
    ) -> np.ndarray:
        """Say who lacks the cash for a due this month."""
        activities = self.activities
        strained = np.maximum(activities.strained[k] / TWO_32, self.strained[row])
        spent = np.where(self.luck[row] < strained, place[row], -1)
        shock = shock_month(self.rules, self.month)
        if shock >= 0:
            lost = -self.rules.world("income_shock_2020_share") * assumed("shock.stopped_income_share")
            spent = np.where((spent < 0) & (self.shock_luck[row] < lost), shock, spent)
        income = self.agents.income_yuan_month[row] * income_factor(self.rules, self.month)

        def cash(months: np.ndarray) -> np.ndarray:
            return np.maximum(self.buffer[row] - self.drawn[row] * months, 0.0) * income

        short = (spent >= 0) & self.ever_short[row] & (activities.due[k] != TRADE) & (cash(spent) < due_yuan)
        before = (activities.due[k] == RECURRING) & (spent > 0) & (cash(spent - 1) < due_yuan)
        return short & ~before

    def _wants(self, row: np.ndarray, k: np.ndarray, stake: np.ndarray) -> np.ndarray:
        """Say who acts on an opportunity; what costs most is worked out only where it could turn it."""
        agents, activities = self.agents, self.activities
        weight, _, _, ties_share, _ = self.terms
        breach = activities.breach[k] == 1
        motive = agents.trust * (1.0 - agents.crowding)
        urge, duty = agents.prosociality * motive, agents.honesty * motive
        home = agents.home[row]
        shown, pull = self.visible[home, k], weight * activities.visible_share[k]
        worth_yuan = np.where(breach, stake, activities.reward_yuan[k] - stake)
        scale = agents.money_weight[row] / activities.stake_yuan[k]
        utility = activities.alpha[k] + scale * worth_yuan + np.where(breach, -duty[row], urge[row])
        utility += pull * (shown - activities.base_share[k]) + np.where(breach, 0.0, pull * self.models[home])
        utility += activities.tau[k] * self.random.logistic(size=len(k))
        by_ties = pull * ties_share
        good = np.flatnonzero(~breach)
        utility[good] += scale[good] * self._rewards(row[good], k[good])
        risky = np.flatnonzero(breach & (utility + by_ties * (1.0 - shown) > 0.0))
        utility[risky] -= scale[risky] * self._sanctions(row[risky], k[risky])
        open_ = np.flatnonzero((utility + by_ties * (1.0 - shown) > 0.0) & (utility - by_ties * shown <= 0.0))
        utility[open_] += by_ties[open_] * self._ties_differ(row[open_], k[open_], shown[open_])
        return utility > 0.0

    def _rewards(self, row: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Return what good deeds are reckoned to bring beside their pay."""
        reward = self._sorting_reward(row, k)
        regime = self.regime[row]
        knows = np.flatnonzero(self.knows_items[row] & (self.postings.worth_mp[regime, k] > 0))
        if len(knows):
            row, k = row[knows], k[knows]
            reward[knows] += self._detection(row, k) * self._worth_of_posting(row, k, False)
        return reward

    def _sorting_reward(self, row: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Return what a sorted month earns at a site with a points shop, in yuan."""
        regimes, regime = self.rules.regimes, self.regime[row]
        shop = (self.activities.sorts[k] == 1) & (
            self.bins[self.agents.home[row]] < regimes.sorting_sites[regime]
        )
        return np.where(shop, regimes.sorting_reward_yuan[regime], 0.0)

    def _sanctions(self, row: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Return what breaches are reckoned to cost: detection times fine and points."""
        activities, regimes, regime = self.activities, self.rules.regimes, self.regime[row]
        cost = activities.sanction_yuan[k] * regimes.fine_level[regime]
        cost *= np.where(activities.fine_yuan[k] > 0.0, self._fine_factor(row), 1.0)
        knows = np.flatnonzero(self.knows_items[row] & (self.postings.worth_mp[regime, k] > 0))
        cost[knows] += self._worth_of_posting(row[knows], k[knows], True)
        cost *= np.where(activities.due[k] > 0, 1.0 - regimes.spared_able[regime] / TWO_32, 1.0)
        return self._detection(row, k) * (1.0 - self.agents.false_belief[row]) * cost

    def _fine_factor(self, row: np.ndarray) -> np.ndarray:
        """Return by what fines are multiplied."""
        remembered = self.month - self.last_fine[row] <= assumed("escalation.memory_months")
        steps = np.minimum(self.fines[row], assumed("escalation.most_steps"))
        return np.where(remembered, 1.0 + self.rules.regimes.escalation[self.regime[row]] * steps, 1.0)

    def _reckoned(self, row: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Return the chances by channel that agents reckon with, shape (opportunities, channels)."""
        chances = self.activities.channels[k]
        visits = self.visit_rates[self.regime[row], self.firm_class[row], k]
        chances[:, 0] += visits * self.activities.seen_given_visit[k]
        return chances

    def _detection(self, row: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Return the chance of being seen that agents reckon with."""
        chances = self._reckoned(row, k)
        chances[:, COMPLAINT] *= np.where(self.posted[row], assumed("pledge.complaint_factor"), 1.0)
        return 1.0 - np.prod(1.0 - np.minimum(chances * self.agents.belief[row], 1.0), axis=1)

    def _worth_of_posting(self, row: np.ndarray, k: np.ndarray, breach: bool) -> np.ndarray:
        """Return what the points of noticed acts are reckoned to bring or cost, in yuan."""
        regimes, postings, regime, filed = (
            self.rules.regimes,
            self.postings,
            self.regime[row],
            self.filed[row],
        )
        account, kind = postings.account[regime, k].astype(np.int64), self.agents.kind[row]
        points = postings.worth_mp[regime, k].astype(np.float64)
        score = np.where(account == 1, self.agents.village_score_mp[row], self.agents.score_mp[row])
        cutoffs, steps = regimes.cutoffs_mp[regime, account], regimes.steps_yuan[regime, account, kind]

        def worth(score_mp: np.ndarray) -> np.ndarray:
            share = (score_mp[:, None] - cutoffs) / self.terms[2] + 0.5
            return (steps * np.clip(share, 0.0, 1.0)).sum(axis=1)

        here = worth(score.astype(np.float64))
        learns = postings.learns_of[regime, k, filed]
        if breach:
            found = (here - worth(score - points)) * postings.months[regime, k] * learns
            found += np.where(filed == 1, regimes.bad_file_yuan[regime, kind] * learns, 0.0)
        else:
            best = worth(score + points) - here
            distance = cutoffs - score[:, None]
            reach = regimes.attainable_mp[regime, account, kind][:, None]
            within = (distance > 0.0) & (distance <= reach)
            level = np.cumsum(steps, axis=1) - here[:, None]
            climb = np.where(within, points[:, None] * level / np.where(within, distance, 1.0), -np.inf)
            found = np.maximum(best, climb.max(axis=1)) * postings.months[regime, k] * learns
        counts = self.scored[row] & ((filed == 1) | (postings.needs_file[regime, k] == 0))
        return np.where(counts, found, 0.0)

    def _ties_differ(self, row: np.ndarray, k: np.ndarray, shown: np.ndarray) -> np.ndarray:
        """Return by how much the share of acts among ties differs from the site's, 0 where none met it."""
        starts = self.peers.indptr[row].astype(np.int64)
        degrees = self.peers.indptr[row + 1] - starts
        ends = np.cumsum(degrees)
        at = np.repeat(starts - (ends - degrees), degrees) + np.arange(ends[-1] if len(ends) else 0)
        tie, shift = self.targets[at], np.repeat(k, degrees).astype(np.uint64)
        owner = np.repeat(np.arange(len(row)), degrees)
        met = np.bincount(owner, self.met[tie] >> shift & np.uint64(1), minlength=len(row))
        did = np.bincount(owner, self.did[tie] >> shift & np.uint64(1), minlength=len(row))
        near = (did + self.terms[4] * shown) / (met + self.terms[4])
        return np.where(met > 0, near - shown, 0.0)

    def _remember(self, row: np.ndarray, k: np.ndarray, met: np.ndarray, did: np.ndarray) -> None:
        """Keep as bits what each agent met and did, for next month's ties."""
        bits = np.uint64(1) << k.astype(np.uint64)
        for name, chosen in (("met", met), ("did", did)):
            memory = np.zeros(len(self.person), np.uint64)
            np.bitwise_or.at(memory, row[chosen], bits[chosen])
            setattr(self, name, memory)

    def _conclude(self, row: np.ndarray, k: np.ndarray, unable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Let channels notice acts; count, fine, move beliefs, and file."""
        random, activities, regimes, regime = (
            self.random,
            self.activities,
            self.rules.regimes,
            self.regime[row],
        )
        breach = activities.breach[k] == 1
        channel = self._first_channels(row, k)
        spares = np.where(unable, regimes.spared_unable[regime], regimes.spared_able[regime])
        spared = breach & (channel >= 0) & (activities.due[k] > 0) & (random.random(len(k)) * TWO_32 < spares)
        fine = np.where(breach & (channel >= 0) & ~spared, activities.fine_yuan[k], 0.0)
        fine *= regimes.fine_level[regime]
        fine_fen = (fine * 100.0 * self._fine_factor(row)).astype(np.int64)
        sorted_, able = activities.sorts[k] == 1, ~unable
        amounts = {
            _BREACHES: breach & able,
            _MERITS: ~breach,
            _HARM: np.where(breach & able, activities.social_fen[k], 0),
            _BENEFIT: np.where(breach, 0, activities.social_fen[k]),
            _HOURS: activities.hours_tenths[k],
            _SORTED: sorted_,
            _FINES: fine_fen,
            _LOCAL: np.where(breach & able, activities.local[k], 0),
            _REWARDS: self._sorting_reward(row, k) * 100.0,
            _UNABLE: unable,
        }
        cell, cells = self.agents.cell[row], len(self.state.counts)
        counts = np.stack(
            [np.bincount(cell, amounts[number], cells) for number in range(_COUNTS)], axis=1
        ).astype(np.int64)
        fined = row[(fine > 0.0) & (self.agents.kind[row] == ENTERPRISE)]
        self._remember_fines(fined)
        moved = np.flatnonzero(breach & able)
        self._move_beliefs(row[moved], k[moved], channel[moved])
        noticed = np.flatnonzero((channel >= 0) & ~spared)
        return counts, self._file(row[noticed], k[noticed], channel[noticed])

    def _first_channels(self, row: np.ndarray, k: np.ndarray) -> np.ndarray:
        """Return the first channel that notices each act, or -1."""
        chances = self.activities.channels[k]
        chances[:, 0] += np.where(self.visited[row], self.activities.seen_given_visit[k], 0.0)
        chances[:, COMPLAINT] *= np.where(self.posted[row], assumed("pledge.complaint_factor"), 1.0)
        missed = np.cumprod(1.0 - np.minimum(chances, 1.0), axis=1)
        seen = self.random.random(len(k))[:, None] < 1.0 - missed
        return np.where(seen[:, -1], seen.argmax(axis=1), -1)

    def _remember_fines(self, row: np.ndarray) -> None:
        """Add fines of enterprises to those in memory."""
        over = row[self.month - self.last_fine[row] > assumed("escalation.memory_months")]
        self.fines[over] = 0
        np.add.at(self.fines, row, 1)
        self.last_fine[row] = self.month

    def _move_beliefs(self, row: np.ndarray, k: np.ndarray, channel: np.ndarray) -> None:
        """Move beliefs up where a breach was seen, down by what was expected in the channels before."""
        belief, chances = self.agents.belief, self._reckoned(row, k)
        order = np.arange(len(CHANNELS))
        asked = (chances > 0.0) & ((channel[:, None] < 0) | (order <= channel[:, None]))
        step = (order == channel[:, None]) - chances * belief[row]
        np.add.at(belief, row, np.where(asked, assumed("belief.learning_share") * step, 0.0))
        belief[row] = np.clip(belief[row], 0.0, assumed("belief.largest"))

    def _file(self, row: np.ndarray, k: np.ndarray, channel: np.ndarray) -> np.ndarray:
        """Return row, activity and channel of the noticed acts that are filed."""
        regimes, postings, regime, filed = (
            self.rules.regimes,
            self.postings,
            self.regime[row],
            self.filed[row],
        )
        can = (postings.items[regime, k, channel] >= 0) & self.scored[row]
        can &= (postings.needs_file[regime, k] == 0) | (filed == 1)
        village = postings.account[regime, k] == 1
        can &= (channel != NEIGHBOUR) | ~village | (regimes.neighbour_reports_on[regime] == 1)
        can &= (channel != SELF_REPORT) | self.knows_items[row]
        share = regimes.filing[regime, self.activities.filing_group[k], filed, channel]
        can &= self.random.random(len(k)) * TWO_32 < share
        return np.stack((row, k, channel))[:, can].T
