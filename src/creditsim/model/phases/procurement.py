"""Procurement: tenders, with credit checked first and reports asked for, and qualification reviews."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from creditsim.core import draws
from creditsim.model.budgets import active_share, whole_part
from creditsim.model.coverage import SCORED, file_status
from creditsim.model.phases.contests import count_firm_awards
from creditsim.model.regimes import Rules
from creditsim.model.slots import ONE, ability, count_slots, decide, pool_ranks, worth
from creditsim.model.state import BASE_MP, State, kind_rows
from creditsim.population.agents import TRAIT_BIT
from creditsim.spec.assumptions import assumed
from creditsim.spec.contests import REVIEW_FIELD, TENDER_FIELD, TENDER_LEVER, check_chance

REPORTS = "tender.third_party_report_share"
_FIGURES = (
    "tenders",
    "tenders_failed",
    "tenders_awarded",
    "tender_premium_fen",
    "tender_lowest_fen",
    "contracts_broken",
)

# Words of PROCUREMENT: of the tender (or review) by its number in the month ...
_VALUE, _CHECK, _REPORT, _REVIEW = range(4)
_INVITED = 8
# ... and of the bidder, four for each tender.
_BIDDER = 1024
_COST, _MARGIN, _DETERRED, _LOT = range(4)


class Bids(NamedTuple):
    """The bids of a month: tender and row of the firm, cost and price in fen, lot."""

    tender: np.ndarray
    rows: np.ndarray
    cost_fen: np.ndarray
    price_fen: np.ndarray
    lot: np.ndarray

    def where(self, chosen: np.ndarray) -> Bids:
        """Return some of the bids."""
        return Bids(*(column[chosen] for column in self))


def procurement(state: State, rules: Rules) -> None:
    """Decide the month's tenders by price and credit, and count reviews of qualifications.

    Firms are invited by lot in proportion to their size and bid cost times one plus a margin;
    the able have lower costs. Of the valid bids the highest (1 - w) * price points + w * credit
    points wins; w is 0 where credit was not checked first. Price points are the lowest price
    over the bid (Ministry of Finance order 87 of 2017, article 55), credit points the rank of the
    firm's score, 0 to 1, among the firms that may bid. Some tenders ask for a
    third-party credit report, paid by the bidder and valid for a year; who expects less profit
    than the report costs may stay away. With too few bids a tender fails. A winner breaks the
    contract the more often the less honest it is.
    """
    scale, month = state.population.scale, state.month
    number = whole_part(round(assumed("tender.number_per_month") * scale * 1000), month)
    reviews = whole_part(round(assumed("qualification.reviews_per_month") * scale * 1000), month)
    state.public |= dict.fromkeys(_FIGURES, 0)
    state.public["decisions"] += reviews
    state.public["decisions_checked"] += int(
        np.count_nonzero(_by_lot(state, reviews, _REVIEW, _mixed(state, rules, REVIEW_FIELD)))
    )
    firms = _bidders(state)
    if number and len(firms):
        _tender(state, rules, firms, number)


def _tender(state: State, rules: Rules, firms: np.ndarray, number: int) -> None:
    """Invite, let bid, and award."""
    spread = draws.lognormal_multipliers(assumed("tender.value_log_sd"))
    value_fen = np.rint(
        assumed("tender.value_yuan") * 100 * spread[_of_tenders(state, number, _VALUE) >> 20]
    ).astype(np.int64)
    checked = _by_lot(state, number, _CHECK, _mixed(state, rules, TENDER_FIELD))
    asks = _by_lot(state, number, _REPORT, _mixed_value(state, rules, REPORTS))
    bids = _ask_for_reports(state, _make_bids(state, value_fen, *_invite(state, firms, number)), asks)
    enough = np.bincount(bids.tender, minlength=number) >= round(assumed("tender.least_bids_count"))
    bids = bids.where(enough[bids.tender])
    state.public["tenders"] = number
    state.public["tenders_failed"] = int(np.count_nonzero(~enough))
    state.public["slots_offered"] += int(np.count_nonzero(enough))
    state.public["tenders_awarded"] = int(np.count_nonzero(enough))
    state.public["decisions"] += int(np.count_nonzero(enough))
    state.public["decisions_checked"] += int(np.count_nonzero(enough & checked))
    if len(bids.rows):
        _award(state, rules, firms, bids, enough, checked)


def _award(
    state: State, rules: Rules, firms: np.ndarray, bids: Bids, enough: np.ndarray, checked: np.ndarray
) -> None:
    """Give each contract to the best of its bids, and count what the preference cost."""
    rows, agents = bids.rows, state.agents
    by_regime = np.array([round(values[TENDER_LEVER] * ONE) for values in rules.values], np.int64)
    weight = np.where(checked[bids.tender], by_regime[state.active[rows]], 0)
    lowest = np.full(len(enough), np.iinfo(np.int64).max)
    np.minimum.at(lowest, bids.tender, bids.price_fen)
    points = lowest[bids.tender] * ONE // bids.price_fen
    credit = _credit_points(state, rules, firms)[np.searchsorted(firms, rows)]
    nobody = np.zeros(len(rows), np.bool_)
    decision = decide(bids.tender, enough.astype(np.int64), points, credit, weight, nobody, bids.lot)
    profit = bids.price_fen - bids.cost_fen
    count_slots(state, rows, bids.tender, decision, worth(state, rows), profit, "enterprise")
    won = rows[decision.actual]
    count_firm_awards(state, won)
    cheapest = int(bids.price_fen[decision.usual].sum())
    state.public["tender_lowest_fen"] = cheapest
    state.public["tender_premium_fen"] = int(bids.price_fen[decision.actual].sum()) - cheapest
    breaks = 2.0 * assumed("tender.broken_share") * (1.0 - agents.honesty[won])
    drawn = _of_bidders(state, won, bids.tender[decision.actual], _DETERRED)
    # The high and low half of one word: whoever was deterred has not won.
    state.public["contracts_broken"] = int(np.count_nonzero((drawn & 0xFFFF) < breaks * 65536.0))


def _credit_points(state: State, rules: Rules, firms: np.ndarray) -> np.ndarray:
    """Return each firm's rank by score among all that may bid, 0 to 1 in millionths; equals share one."""
    scored = file_status(state, rules, firms) >= SCORED
    score = np.where(scored, state.agents.score_mp[firms].astype(np.int64), BASE_MP)
    ranks = pool_ranks(np.zeros(len(firms), np.int64), score)
    return ranks * ONE // max(2 * (len(firms) - 1), 1)


def _bidders(state: State) -> np.ndarray:
    """Return the rows of active firms; sole traders do not bid."""
    agents, of_kind = state.agents, kind_rows(state, "enterprise")
    wanted = np.uint32(TRAIT_BIT["active"] | TRAIT_BIT["firm"])
    able = ((agents.traits[of_kind] & wanted) == wanted) & (agents.present[of_kind] == 1)
    return of_kind.start + np.flatnonzero(able)


def _invite(state: State, firms: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Return tender and row of the firms invited, by lot in proportion to their workers, each once a tender.

    Twice as many lots are drawn as firms are wanted; one that falls on the same firm again is passed over.
    """
    wanted = round(assumed("tender.bidders_count"))
    size = np.cumsum(np.maximum(state.population.enterprises["workers"][firms].astype(np.int64), 1))
    picks = np.stack(
        [
            np.searchsorted(size, (_of_tenders(state, number, _INVITED + j) * size[-1]) >> 32, side="right")
            for j in range(2 * wanted)
        ],
        axis=1,
    )
    new = np.ones(picks.shape, np.bool_)
    for j in range(1, 2 * wanted):
        new[:, j] = (picks[:, :j] != picks[:, j : j + 1]).all(axis=1)
    tender, place = np.nonzero(new & (np.cumsum(new, axis=1) <= wanted))
    return tender, firms[picks[tender, place]]


def _make_bids(state: State, value_fen: np.ndarray, tender: np.ndarray, rows: np.ndarray) -> Bids:
    """Return the bids: cost by ability and luck, price with the firm's margin."""
    luck = draws.normal_quantiles()[_of_bidders(state, rows, tender, _COST) >> 20]
    share = (
        1.0
        - assumed("tender.ability_cost_share") * ability(state, rows)
        + assumed("tender.cost_sd_share") * luck
    )
    cost = np.rint(value_fen[tender] * np.clip(share, 0.5, 1.5))
    low, high = assumed("tender.margin_low_share"), assumed("tender.margin_high_share")
    margin = low + (high - low) * (_of_bidders(state, rows, tender, _MARGIN) / draws.TWO_32)
    return Bids(
        tender,
        rows,
        cost.astype(np.int64),
        np.rint(cost * (1.0 + margin)).astype(np.int64),
        _of_bidders(state, rows, tender, _LOT),
    )


def _ask_for_reports(state: State, bids: Bids, asks: np.ndarray) -> Bids:
    """Return the bids that stay where a tender asks for a report; those without a valid one buy it."""
    held = state.contests.report_month
    valid = round(assumed("tender.report_valid_months"))
    has = (held[bids.rows] >= 0) & (state.month - held[bids.rows] < valid)
    needs = asks[bids.tender] & ~has
    cost_fen = round(assumed("tender.report_cost_yuan") * 100)
    expected = (bids.price_fen - bids.cost_fen) // round(assumed("tender.bidders_count"))
    drawn = _of_bidders(state, bids.rows, bids.tender, _DETERRED)
    away = needs & (expected < cost_fen) & ((drawn >> 16) < assumed("tender.deterred_share") * 65536.0)
    buyers = np.unique(bids.rows[needs & ~away])
    held[buyers] = state.month
    state.count("report_cost_fen", buyers, cost_fen)
    return bids.where(~away)


def _mixed(state: State, rules: Rules, field: str) -> float:
    """Return the chance of a check in a field, mixed by the share of enterprises under the programme."""
    outside, under = (check_chance(field, values) for values in rules.values)
    return outside + (under - outside) * active_share(state, "enterprise")


def _mixed_value(state: State, rules: Rules, lever: str) -> float:
    """Return a lever's value, mixed by the share of enterprises under the programme."""
    outside, under = (float(values[lever]) for values in rules.values)
    return outside + (under - outside) * active_share(state, "enterprise")


def _by_lot(state: State, number: int, index: int, chance: float) -> np.ndarray:
    """Say for each tender or review of the month whether something with a chance happens."""
    return _of_tenders(state, number, index) < draws.threshold(chance)


def _of_tenders(state: State, number: int, index: int) -> np.ndarray:
    """Return a word for each tender (or review) of the month, by its number."""
    return draws.words(
        state.seed, state.replication, np.arange(number), state.month, draws.PROCUREMENT, index
    )


def _of_bidders(state: State, rows: np.ndarray, tender: np.ndarray, lane: int) -> np.ndarray:
    """Return a word for each bid, by the firm's slot and the tender's number."""
    return draws.paired_words(
        state.seed,
        state.replication,
        state.agents.slot[rows],
        state.month,
        draws.PROCUREMENT,
        _BIDDER + 4 * tender + lane,
    )
