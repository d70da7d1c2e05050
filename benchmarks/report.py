"""Measure everything anew and write docs/performance.md: versions side by side, and curves of scaling.

``python -m benchmarks.report`` (a few minutes); ``--large`` goes on to ten million agents (a
quarter of an hour and 6 GB).
"""

from __future__ import annotations

import argparse
import dataclasses
import math
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.c_version import agent_activities
from benchmarks.versions import SCENARIO, time_versions
from creditsim.core.threads import available_cores
from creditsim.experiment.execute import run_scenarios
from creditsim.model.activities import DISTRICT
from creditsim.model.credit_model import CreditModel, burned_in
from creditsim.model.phases.acting import acting
from creditsim.population.synthesis import build_population
from creditsim.population.targets import count_agents
from creditsim.spec.scenario import load_scenario

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
START, END = "<!-- measured -->", "<!-- end of measured -->"
SCALES = (0.036, 0.1, 0.36, 1.0, 3.6)
LARGE_SCALES = (*SCALES, 36.0)


def main() -> None:
    """Measure and write the measured part of the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="go on to ten million agents")
    parser.add_argument("--one", type=float, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        sys.stdout.write(" ".join(map(str, _one_size(given.one))))
        return
    found = time_versions(say=_say)
    parts = [
        _about(found), _versions_table(found), _sizes_table(LARGE_SCALES if given.large else SCALES),
        _months_table(), _activities_table(), _replications_table(),
    ]  # fmt: skip
    text = PAGE.read_text("utf-8")
    head, rest = text.split(START)[0], text.split(END)[1]
    PAGE.write_text(head + START + "\n" + "\n\n".join(parts) + "\n" + END + rest, "utf-8")
    sys.stdout.write(f"{PAGE.name}: written\n")


def _say(text: str) -> None:
    """Say on standard error what is being measured."""
    sys.stderr.write(f"bench: {text}\n")


def _table(head: tuple[str, ...], rows: list[tuple]) -> str:
    """Return a Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _about(found: dict) -> str:
    """Return the machine, versions and date."""
    software = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    return (
        f"Measured {time.strftime('%Y-%m-%d')} on {found['machine']}, {found['cores']} cores; {software}; "
        f"C: `{found['c_compiler']}`."
    )


def _versions_table(found: dict) -> str:
    """Return all versions of the month side by side."""
    rows = [
        ("compiled, one thread", "ns_per_agent_activity", "month_us_per_agent"),
        ("compiled, two threads", "ns_per_agent_activity_2", "month_us_per_agent_2"),
        ("C by hand, one thread", "c_ns_per_agent_activity", None),
        ("NumPy columns", "numpy_ns_per_agent_activity", None),
        ("plain Mesa agents", "mesa_ns_per_agent_activity", "mesa_month_us_per_agent"),
    ]
    cells = [
        (name, _digits(found[acting_key]), _digits(found[month]) if month else "")
        for name, acting_key, month in rows
    ]
    ratios = [
        ("acting, compiled / C, one thread", "ratio_c", "at most 1.15"),
        ("acting, plain Mesa / compiled, one thread", "ratio_mesa_1", "at least 35"),
        ("acting, plain Mesa / compiled, two threads", "ratio_mesa_2", "at least 65"),
        ("month, plain Mesa / compiled, one thread", "month_ratio_mesa_1", ""),
        ("month, plain Mesa / compiled, two threads", "month_ratio_mesa_2", ""),
    ]
    return "\n\n".join(
        [
            "### Versions of the month, in one run",
            _table(("version", "acting, ns an agent-activity", "whole month, µs an agent"), cells),
            _table(("ratio", "measured", "aim"), [(t, _digits(found[k]), aim) for t, k, aim in ratios]),
        ]
    )


def _digits(value: float | None) -> str:
    """Return three digits of a figure."""
    return "" if value is None else f"{value:.3g}"


def _one_size(scale: float) -> tuple[float, ...]:
    """Return agents, seconds of building, of 3 months of burn-in and of 12 months, and peak memory in MB."""
    scenario = load_scenario(SCENARIO).with_(burn_in_months=3)
    CreditModel(scenario, scale=0.02).run(12)
    start = time.perf_counter()
    population = build_population(scenario.population, scale)
    built = time.perf_counter()
    state = burned_in(scenario, population)
    burned = time.perf_counter()
    model = CreditModel(scenario, state=state, adopt=True)
    model.run(12)
    model.outcomes()
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return len(state.agents), built - start, burned - built, done - burned, peak


def _sizes_table(scales: tuple[float, ...]) -> str:
    """Return time and memory by agents, each size in a process of its own."""
    rows, logs = [], []
    for scale in scales:
        _say(f"{count_agents(DISTRICT, scale):,} agents")
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.report", "--one", str(scale)],
            capture_output=True, text=True, check=True, cwd=PAGE.parents[1],
        )  # fmt: skip
        agents, built, burned, months, peak = map(float, done.stdout.split())
        rows.append(
            (f"{agents:,.0f}", f"{built:.2f}", f"{burned:.2f}", f"{months:.2f}",
             f"{1e6 * months / 12 / agents:.3f}", f"{peak:,.0f}")
        )  # fmt: skip
        logs.append((math.log10(agents), math.log10(built + burned + months)))
    slope = float(np.polyfit(*np.array(logs).T, 1)[0])
    head = (
        "agents",
        "population, s",
        "3 months of burn-in, s",
        "12 months, s",
        "µs an agent-month",
        "peak, MB",
    )
    return "\n\n".join(
        ["### Agents", _table(head, rows), f"Slope of the whole, log against log: {slope:.2f}."]
    )


def _months_table() -> str:
    """Return time by months of one run."""
    _say("months")
    scenario = load_scenario(SCENARIO).with_(months=120)
    state, rows = burned_in(scenario, scale=0.1), []
    model = CreditModel(scenario, state=state, adopt=True)
    for months in (12, 24, 36, 60, 120):
        start, before = time.perf_counter(), len(model.track().months) if months > 12 else 0
        model.run(months - before)
        spent = time.perf_counter() - start
        rows.append((f"{before + 1} to {months}", f"{1000 * spent / (months - before):.1f}"))
    return "\n\n".join(["### Months", _table(("months", "ms a month, scale 0.1"), rows)])


def _activities_table() -> str:
    """Return the time of acting by activities: the others fit nobody."""
    _say("activities")
    model = CreditModel(SCENARIO, scale=0.3, threads=1)
    model.run(12)
    rows, table = [], model.rules.activities
    for kept in (15, 30, 45, len(table)):
        fewer = table.copy()
        fewer.kinds[kept:] = 0
        rules, times = dataclasses.replace(model.rules, activities=fewer), []
        number = agent_activities(model.state, rules)
        for _ in range(7):
            state = model.state.copy()
            start = time.perf_counter()
            acting(state, rules, 1)
            times.append(time.perf_counter() - start)
        spent = statistics.median(times)
        rows.append((kept, f"{number:,}", f"{1000 * spent:.2f}", f"{1e9 * spent / max(number, 1):.1f}"))
    head = ("activities", "agent-activities", "ms", "ns an agent-activity")
    return "\n\n".join(["### Activities (acting, one thread, scale 0.3)", _table(head, rows)])


def _replications_table() -> str:
    """Return time by replications, all cores."""
    _say("replications")
    scenario, rows, workers = load_scenario(SCENARIO).with_(months=12), [], available_cores()
    run_scenarios([scenario], workers, 0.05, workers=workers)  # workers start once
    for replications in (4, 8, 16, 32):
        spent: list[float] = []
        start = time.perf_counter()
        run_scenarios([scenario], replications, 0.05, workers=workers, spent=spent)
        wall = time.perf_counter() - start
        rows.append(
            (replications, f"{wall:.2f}", f"{wall / replications:.3f}", f"{sum(spent) / wall / workers:.0%}")
        )
    head = ("replications", "s", "s a replication", "of the workers' time inside runs")
    return "\n\n".join([f"### Replications ({workers} workers, scale 0.05, 12 months)", _table(head, rows)])


if __name__ == "__main__":
    main()
