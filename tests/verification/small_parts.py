"""Parts of the package set up small: uniform numbers, ledgers, crowds of one agent, short runs."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from creditsim.core import draws
from creditsim.core.fields import with_fields
from creditsim.model.activities import ACTIVITY, activity_number
from creditsim.model.chains import Chains
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.quantities import QUANTITIES
from creditsim.model.regimes import compile_rules
from creditsim.model.state import MEMORY, RANKS, State, first_state
from creditsim.population.agents import AGENT, make_slots
from creditsim.population.synthesis import build_population
from creditsim.scoring.ledger import ENTRY, ITEM
from creditsim.scoring.score import score_ledger
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.scenario import PLAN, STATUS_QUO, Scenario, load_scenario
from creditsim.spec.vocabulary import KINDS

SEED = 2_024_1124
"""Of the whole suite: the same numbers on every machine."""

START = 24_240
"""January 2020."""

AT_ONCE = {
    "rollout.pilot_start_date": "never",
    "rollout.pilot_sites_per_setting_count": 0,
    "rollout.full_start_date": "2020-01",
    "rollout.phase_in_months": 1,
}
"""The programme everywhere from the first month on."""


def uniform(check: int, number: int, index: int = 0, month: int = 0) -> np.ndarray:
    """Return numbers in (0, 1) from the package's draws; `check` and the rest tell them apart."""
    return (draws.words(SEED, check, np.arange(number), month, draws.ACT, index) + 0.5) / draws.TWO_32


def normal(check: int, number: int, index: int = 0) -> np.ndarray:
    """Return standard normal numbers by the package's table of quantiles."""
    table = draws.normal_quantiles()
    return table[draws.words(SEED, check, np.arange(number), 1, draws.ACT, index) >> 20]


def book_without_repeats(name: str = "wendeng-2020"):
    """Return a book in which repeats are not doubled, as in that of the villages: points simply add up."""
    book = load_rulebook(name)
    rules = book.rule_record.copy()
    rules["most_doublings"] = 0
    return dataclasses.replace(book, rule_record=rules)


def entries_of(book, subjects, names, months, kinds=ITEM, refs=-1, points_mp=None) -> np.ndarray:
    """Return ledger entries in posting order; arguments are arrays or one value for all.

    `names` is one item id, or an array of item numbers; references are positions before sorting, -1 for none.
    """
    number = len(np.atleast_1d(months))
    entries = np.zeros(number, ENTRY)
    item = book[names].index if isinstance(names, str) else names
    entries["item"], entries["subject"], entries["kind"] = item, subjects, kinds
    listed = book.item_table["points_mp"][entries["item"]]
    entries["points_mp"] = listed if points_mp is None else points_mp
    entries["event"] = entries["end"] = entries["posted"] = months
    entries["account"] = book.account
    order = np.argsort(entries["posted"], kind="stable")
    place = np.empty(number, np.int64)
    place[order] = np.arange(number)
    refs = np.broadcast_to(refs, number)
    entries["ref"] = np.where(refs >= 0, place[refs], -1)
    entries = entries[order]
    entries["id"] = np.arange(number)
    entries["act"] = -1 - entries["id"]
    return entries


def scores(book, entries, month, subjects) -> np.ndarray:
    """Return the scores in milli-points of subjects 0 to n - 1."""
    return score_ledger(book, entries, month, subjects=range(subjects))["score_mp"]


def one_agent(**values) -> np.record:
    """Return one agent with right beliefs, money weight and trust of 1 and nothing else."""
    row = with_fields(np.zeros(1, AGENT))
    row.belief[:], row.money_weight[:], row.trust[:] = 1.0, 1.0, 1.0
    for name, value in values.items():
        row[name][:] = value
    return row[0]


def one_activity(**values) -> np.record:
    """Return one activity with a median stake of 1 yuan and nothing else."""
    row = with_fields(np.zeros(1, ACTIVITY))
    row.stake_yuan[:] = 1.0
    for name, value in values.items():
        row[name][:] = value
    return row[0]


@functools.cache
def rules_of(name: str, **levers):
    """Return the compiled rules of a shipped scenario."""
    return compile_rules(load_scenario(name))


@functools.cache
def small_population(scale: float = 0.01, replication: int = 0):
    """Return a population of the suite's seed."""
    return build_population(scale=scale, seed=SEED % 2**31, replication=replication)


def empty_state(scale: float = 0.01, replication: int = 0, active: int = 1) -> State:
    """Return a state before the first month, everybody under a regime."""
    state = first_state(small_population(scale, replication), START + 6, len(rules_of(STATUS_QUO).activities))
    state.active[:] = active
    return state


def crowd(number: int, kind: str = "resident", homes: Sequence[int] | None = None, first: int = 0) -> State:
    """Return a state whose agents are copies of one adult, each with luck of its own, all at one site.

    Only for phases that read agents alone: sites, peers and households are those of a small population.
    """
    state = empty_state()
    one = np.flatnonzero((state.agents.kind == KINDS.index(kind)) & (state.agents.online == 1))[0]
    agents = with_fields(np.repeat(np.asarray(state.agents)[one : one + 1], number))
    agents.slot = make_slots(KINDS.index(kind), first + number)[first:]
    agents.home = agents.home[0] if homes is None else homes
    agents.awareness = 0
    size = {name: np.zeros(number, getattr(state, name).dtype) for name in ("visited", "deeds", "pledges")}
    return dataclasses.replace(
        state,
        agents=agents,
        chains=Chains(np.ascontiguousarray(agents.slot)),
        ranks=with_fields(np.zeros(number, RANKS)),
        active=np.ones(number, np.uint8),
        memory=with_fields(np.zeros(number, MEMORY)),
        **size,
    )


@functools.cache
def scenario(name: str = PLAN, months: int = 6, burn_in: int = 3, **levers) -> Scenario:
    """Return a shipped scenario, shorter; dots in lever names are written as two underscores."""
    changed = {lever.replace("__", "."): value for lever, value in levers.items()}
    return load_scenario(name).with_levers(changed).with_(months=months, burn_in_months=burn_in)


def start_of(policy: Scenario, scale: float, replication: int = 0, only: Sequence[str] = ()) -> State:
    """Return the state after burn-in."""
    return burned_in(policy, small_population(scale, replication), only=only)


def run_of(
    policy: Scenario, scale: float = 0.01, replication: int = 0, rules=None, state=None
) -> CreditModel:
    """Return a finished run; `rules` replaces the compiled ones (the burn-in keeps its own)."""
    state = start_of(policy, scale, replication) if state is None else state
    model = CreditModel(policy, state=state)
    if rules is not None:
        model.rules = rules(model.rules)
    model.run()
    return model


def counted(model: CreditModel, name: str) -> np.ndarray:
    """Return a quantity of the district by month."""
    return model.track().counts[:, :, QUANTITIES.index(name)].sum(axis=1)


def number_of_activity(name: str) -> int:
    """Return the number of an activity."""
    return activity_number(name)
