"""Measure what shared draws gain, and hold it against really independent draws: ``make pairing`` (minutes).

Prints Markdown for docs/decisions/0015-shared-draws.md. Run from the repository root.
"""

import os

import joblib
import numpy as np
import pandas as pd

from creditsim.analysis.pairing import pairing_gains
from creditsim.experiment.execute import run_scenarios
from creditsim.experiment.run import run_replication
from creditsim.report.sharing import gain_text
from creditsim.spec.scenario import load_scenario

NAMES = ("status-quo-2019", "no-programme", "five-entries-2020", "guidance-2021", "same-money-without-scores")
KINDS = ("behavioural", "harm", "direct", "account", "cost")
SEED, WORKERS = 1, min(2, os.cpu_count() or 1)
GAIN = {"replications": 20, "scale": 0.1}
CHECK = {"replications": 40, "scale": 0.05}
CHECK_MONTHS = 12
APART = 1000
"""Scenario i draws as replication i * APART + r where draws are independent."""


def one_run(scenario, replication, labelled):
    """Return the outcomes of one scenario that runs alone, labelled as another replication."""
    found = run_replication([scenario], CHECK["scale"], SEED, replication, threads=1, keep_tables=False)
    return found[0].outcomes.astype({"scenario": str}).assign(replication=labelled)


def run_apart(scenarios):
    """Return outcomes as `run_scenarios` does, every scenario with draws of its own."""
    tasks = (
        joblib.delayed(one_run)(scenario, place * APART + number, number)
        for place, scenario in enumerate(scenarios)
        for number in range(CHECK["replications"])
    )
    return pd.concat(joblib.Parallel(n_jobs=WORKERS)(tasks), ignore_index=True)


def gains_text(gains):
    """Return median gains by scenario and kind as a Markdown table."""
    lines = ["| scenario | main | all | " + " | ".join(KINDS) + " | exact |", "|---" * (4 + len(KINDS)) + "|"]
    for name in (*NAMES[1:], "together"):
        mine = gains if name == "together" else gains.of(name)
        parts = [mine.main, mine, *map(mine.of_kind, KINDS)]
        medians = [gain_text(each.summary()["median_gain"], "en") for each in parts]
        lines.append(f"| {name} | " + " | ".join(medians) + f" | {mine.summary()['exact']} |")
    return "\n".join(lines)


def ceilings_text(found, gains):
    """Return how many gains are bounded by how differently the two scenarios vary."""
    spread = spreads(found)
    measured = gains.main.having("measured")
    bounds = []
    for each in measured:
        one, other = (spread[label, each.outcome, each.setting] for label in (each.scenario, NAMES[0]))
        bounds.append(np.inf if one == other else (one * one + other * other) / (one - other) ** 2)
    bounds, values = np.array(bounds), np.array([each.gain for each in measured])
    free = bounds >= 10
    return (
        f"Main differences: {len(values)}; bounded below 10 by their variances alone: {int((~free).sum())}, "
        f"of these exactly 1: {int((bounds == 1).sum())}; not so bounded: {int(free.sum())}, median gain "
        f"{gain_text(float(np.median(values[free])), 'en')}, below 10: {int((values[free] < 10).sum())}"
    )


def check_text(shared, apart):
    """Return the variance of differences of independent runs over that predicted from shared ones."""
    together, alone = spreads(shared), spreads(apart)
    difference = {label: paired_spreads(apart, label) for label in NAMES[1:]}
    ratios = []
    for (label, outcome, setting), _ in alone.items():
        if label == NAMES[0]:
            continue
        predicted = together[label, outcome, setting] ** 2 + together[NAMES[0], outcome, setting] ** 2
        realised = difference[label][outcome, setting] ** 2
        if predicted > 0 and np.isfinite(predicted) and np.isfinite(realised):
            ratios.append(realised / predicted)
    low, middle, high = np.quantile(ratios, [0.05, 0.5, 0.95])
    return f"realised / predicted variance: median {middle:.2f}, 90%: {low:.2f} to {high:.2f} ({len(ratios)})"


def spreads(found):
    """Return standard deviations over replications by scenario, outcome and setting, for everybody."""
    return {key: float(np.std(values, ddof=1)) for key, values in by_replication(found).items()}


def paired_spreads(found, label):
    """Return standard deviations of the differences to the baseline by outcome and setting."""
    values = by_replication(found)
    return {
        key[1:]: float(np.std(mine - values[NAMES[0], *key[1:]], ddof=1))
        for key, mine in values.items()
        if key[0] == label
    }


def by_replication(found):
    """Return means over months by replication, {(scenario, outcome, setting): values}."""
    whole = found[found["group"] == "all"].astype({"scenario": str, "outcome": str, "setting": str})
    keys = ["scenario", "outcome", "setting", "replication"]
    table = whole.groupby(keys)["value"].mean().unstack("replication")
    return dict(zip(table.index, table.to_numpy()))


def main():
    """Run, and print what was found."""
    scenarios = [load_scenario(name) for name in NAMES]
    found, _ = run_scenarios(scenarios, seed=SEED, workers=WORKERS, **GAIN)
    gains = pairing_gains(found, NAMES[0], NAMES[1:])
    print(gains_text(gains), "", ceilings_text(found, gains), sep="\n")
    short = [scenario.with_(months=CHECK_MONTHS) for scenario in scenarios]
    shared, _ = run_scenarios(short, seed=SEED, workers=WORKERS, **CHECK)
    print("", check_text(shared, run_apart(short)), sep="\n")


if __name__ == "__main__":
    main()
