"""Limits 13 and 14: disparity, variance shares of a known function, coverage of intervals, placebo pilots."""

from __future__ import annotations

import math

import numpy as np
from checks import Check, Finding, Size, replaced
from sample_sizes import mean_test, share_test
from small_parts import normal, run_of, scenario, uniform

from creditsim.analysis import intervals
from creditsim.experiment.designs import sobol
from creditsim.model.outcomes.basic import gaps
from creditsim.model.outcomes.counted import BIT_OF_GROUP, Track
from creditsim.model.phases import pilots, turnover
from creditsim.model.quantities import QUANTITIES
from creditsim.population.agents import CELLS_PER_AREA, CELLS_PER_SETTING
from creditsim.spec.scenario import STATUS_QUO
from creditsim.spec.vocabulary import SETTINGS


def disparity(size: Size, forgets_unable: bool = False) -> Finding:
    """Largest over smallest recorded share of the eight groups, from counts of one month in random cells."""
    worst = 0.0
    for case in range(size.cases):
        counts = np.zeros((1, CELLS_PER_AREA, len(QUANTITIES)), np.int64)
        truth = {name: 1 + (40 * uniform(131, CELLS_PER_AREA, k, case)).astype(np.int64) for k, name in
                 enumerate(("posted_negative", "breaches", "means_unable"))}  # fmt: skip
        for name, values in truth.items():
            counts[0, :, QUANTITIES.index(name)] = values
        track = Track((0,), counts, ({},), 1.0, ("all",))
        found = float(gaps(track, "all")["record.disparity_ratio"][0])
        group = np.arange(CELLS_PER_AREA) % CELLS_PER_SETTING
        shares = []
        for bit in BIT_OF_GROUP.values():
            for has in (True, False):
                mine = (group < 16) & ((group & bit > 0) == has)
                true = truth["breaches"] + (0 if forgets_unable else truth["means_unable"])
                shares.append(truth["posted_negative"][mine].sum() / true[mine].sum())
        worst = max(worst, abs(found - max(shares) / min(shares)))
    return Finding(worst < 1e-12, size.cases, worst, note=f"{len(SETTINGS)} settings, 8 groups")


def ishigami(size: Size, reused: bool = False) -> Finding:
    """First-order and total shares of the Ishigami function from the package's Sobol points (Jansen 1999)."""
    a, b, points = 7.0, 0.1, 2**12 if size.name == "short" else 2**15
    names = [f"world.x{number}" for number in range(6)]
    positions, of = sobol(names, points, seed=3)
    x = (positions + 0.5) / of * 2.0 * math.pi - math.pi
    one, other = x[:, :3], x[:, 3:]
    if reused:
        one = one[:, [0, 1, 0]]

    def f(x):
        return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])

    fourth, eighth = math.pi**4, math.pi**8
    variance = a * a / 8 + b * fourth / 5 + b * b * eighth / 18 + 0.5
    v1, v2, v13 = 0.5 * (1 + b * fourth / 5) ** 2, a * a / 8, b * b * eighth * (1 / 18 - 1 / 50)
    first, total = np.array([v1, v2, 0.0]) / variance, np.array([v1 + v13, v2, v13]) / variance
    at_one, at_other = f(one), f(other)
    spread = np.concatenate((at_one, at_other)).var()
    worst = abs(spread / variance - 1.0)
    for k in range(3):
        mixed = one.copy()
        mixed[:, k] = other[:, k]
        at_mixed = f(mixed)
        worst = max(
            worst,
            abs(1.0 - ((at_other - at_mixed) ** 2).mean() / 2.0 / spread - first[k]),
            abs(((at_one - at_mixed) ** 2).mean() / 2.0 / spread - total[k]),
        )
    return Finding(
        worst <= 0.01 * size.coarseness, points * 5, worst, note="largest error of a share or of the variance"
    )


REPLICATIONS = 6


def coverage(size: Size, level_of_normal: bool = False) -> Finding:
    """Share of experiments of six replications whose 95% interval holds the true mean."""
    test = share_test(0.95, 0.01 * size.coarseness)
    values = np.stack([normal(140, test.size, index) for index in range(REPLICATIONS)])
    if level_of_normal:
        with replaced(intervals, "t_quantile", lambda freedom, level: 1.959964):
            _, low, high = intervals.t_interval(values)
    else:
        _, low, high = intervals.t_interval(values)
    covered = float(((low <= 0.0) & (high >= 0.0)).mean())
    return test.finding(covered - 0.95, f"covered {covered:.4f} of {test.size:,} experiments")


def placebo(size: Size, twice: bool = False) -> Finding:
    """Pilots against units not yet started, where the programme is the status quo: on average no effect.

    In standard deviations of a run. Student's intervals over replications then cover 0 as any mean.
    """
    test = mean_test(1.0, 0.5 * size.coarseness)
    policy = scenario(
        STATUS_QUO,
        8,
        6,
        rollout__pilot_start_date="2020-01",
        rollout__pilot_sites_per_setting_count=10,
        rollout__full_start_date="2020-12",
        rollout__phase_in_months=12,
    )
    found = []
    for replication in range(test.size):
        with replaced(turnover, "count_pilots", _count_twice if twice else pilots.count_pilots):
            table = run_of(policy, 0.02, replication).outcomes()
        chosen = table[(table["outcome"] == "rollout.treated_minus_control") & (table["group"] == "all")]
        found.append(float(chosen["value"].dropna().mean()))
    effect = np.array(found)
    mean, low, high = (float(each) for each in intervals.t_interval(effect))
    note = f"{mean:.2f} breaches per 1,000 a month (95%: {low:.2f} to {high:.2f})"
    return test.finding(mean / effect.std(ddof=1), note)


def _count_twice(state, rules):
    """A seeded fault: breaches at pilots are counted once more."""
    pilots.count_pilots(state, rules)
    column = QUANTITIES.index("pilot_breaches")
    state.counts[:, column] *= 2


CHECKS = (
    Check(
        "limit-13-disparity",
        "Disparity of records: largest over smallest recorded share of the groups, in closed form",
        "exact",
        disparity,
        lambda size: disparity(size, forgets_unable=True),
        "acts for want of cash are left out of the true ones",
    ),
    Check(
        "limit-13-gini-theil",
        "Gini and Theil of a known law, in closed form",
        "exact",
        None,
        None,
        status="not in the package",
        scope="no outcome uses either index: groups are compared by ratios and gaps",
    ),
    Check(
        "limit-13-ishigami",
        "Sobol points give the variance shares of the Ishigami function",
        "exact",
        ishigami,
        lambda size: ishigami(size, reused=True),
        "one column of draws is used for two factors",
    ),
    Check(
        "limit-14-coverage",
        "Student's 95% interval over replications covers the truth in 95% of experiments",
        "statistical",
        coverage,
        lambda size: coverage(size, level_of_normal=True),
        "the normal quantile in place of Student's",
    ),
    Check(
        "limit-14-placebo-pilots",
        "Pilots of a programme that changes nothing show no effect on average",
        "statistical",
        placebo,
        lambda size: placebo(size, twice=True),
        "breaches at pilots are counted twice",
        "scope differs",
        "the package has no stepped-wedge regression: it reports breaches at pilots against units not yet"
        " started, by month; its interval is Student's over replications, checked by limit-14-coverage",
    ),
)
