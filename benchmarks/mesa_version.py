"""How long a month takes in plain Mesa, and its acting in NumPy columns.

Times are those of the processor: what other programs take of the machine is not in them.
An agent-activity is one activity that a present agent's kind and traits fit: what an acting
month has to ask about. `python -m benchmarks.mesa_version` measures at two sizes.
"""

from __future__ import annotations

import statistics
import sys
import time
from dataclasses import dataclass

from benchmarks.numpy_columns import NumpyColumns
from benchmarks.plain_mesa.model import PHASES, PlainCreditModel, act
from creditsim.model.credit_model import CreditModel
from creditsim.model.regimes import Rules, compile_rules
from creditsim.population.synthesis import Population, build_population
from creditsim.spec.scenario import load_scenario

SCENARIO = "five-entries-2020"
WARM_UP = 12
"""Months before the first that is measured: by then every site is under the programme."""


@dataclass(frozen=True)
class MonthTimes:
    """Median times of a month in plain Mesa.

    Attributes
    ----------
    acting_ns : float
        Nanoseconds an agent-activity of the acting month: opportunities, choices, notice, filing.
    month_us : float
        Microseconds an agent of the whole month, data collector included.
    agents, agent_activities : int
        Present in the last month.
    """

    scale: float
    agents: int
    agent_activities: int
    acting_ns: float
    month_us: float


def time_month(scale: float = 0.03, months: int = 6, seed: int = 1) -> MonthTimes:
    """Time months of the plain Mesa model, after a year in which the programme comes in.

    Time per agent hardly depends on the size.

    Parameters
    ----------
    scale : float
        Size of the population, of which 1 is the district's.
    months : int
        Months measured; their medians are returned.
    """
    model = PlainCreditModel(SCENARIO, scale, seed)
    for _ in range(WARM_UP):
        model.step()
    acting, whole = [], []
    for _ in range(months):
        present = [agent for agent in model.agents if agent.present]
        pairs = sum(len(agent.activities) for agent in present)
        start = time.process_time()
        model.begin_month()
        acts = _run_phases(model)
        model.finish_month()
        whole.append((time.process_time() - start) / len(present))
        acting.append(acts / pairs)
    return MonthTimes(
        scale, len(present), pairs, 1e9 * statistics.median(acting), 1e6 * statistics.median(whole)
    )


def _run_phases(model: PlainCreditModel) -> float:
    """Run a month's phases; return the seconds that acting took."""
    seconds = 0.0
    for phase in PHASES:
        start = time.process_time()
        phase(model)
        if phase is act:
            seconds = time.process_time() - start
    return seconds


def time_columns(
    scale: float = 0.1, months: int = 6, seed: int = 1, population: Population | None = None,
    rules: Rules | None = None,
) -> float:  # fmt: skip
    """Return nanoseconds an agent-activity of the acting month in NumPy columns: the median of months.

    The months follow a year of the package's, in which the programme comes in.
    """
    rules = rules or compile_rules(load_scenario(SCENARIO))
    population = population or build_population(rules.scenario.population, scale, seed)
    model = CreditModel(rules.scenario, population=population)
    model.run(WARM_UP)
    columns = NumpyColumns(model.state, model.rules, seed)
    taken = []
    for _ in range(months):
        start = time.process_time()
        columns.act()
        taken.append((time.process_time() - start) / len(columns.pair_row))
    return 1e9 * statistics.median(taken)


def main() -> None:
    """Print the times at two sizes."""
    for scale in (0.03, 0.1):
        times, columns = time_month(scale), time_columns(scale)
        sys.stdout.write(
            f"scale {scale:g}: {times.agents:,} agents, {times.agent_activities:,} agent-activities\n"
            f"  acting, plain Mesa     {times.acting_ns:8.0f} ns an agent-activity\n"
            f"  acting, NumPy columns  {columns:8.0f} ns an agent-activity\n"
            f"  month, plain Mesa      {times.month_us:8.1f} microseconds an agent\n"
        )


if __name__ == "__main__":
    main()
