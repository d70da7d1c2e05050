"""One run that times the acting month and the whole month in all versions, as ratios.

Compiled (one thread, all threads), hand-written C, plain Mesa agents, NumPy columns: what a
month costs an agent-activity, that is one activity that a present agent's kind and traits fit.
Ours is measured before and after each of the others, so that a machine that slows down slows
both; ratios are what counts, times are of this machine.
"""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.c_version import OPTIONS, NoCompiler, agent_activities, build, time_both
from benchmarks.mesa_version import SCENARIO, WARM_UP, time_columns, time_month
from creditsim.app.api import versions
from creditsim.core.threads import available_cores
from creditsim.model.credit_model import CreditModel
from creditsim.model.month import simulate_month
from creditsim.model.phases.acting import acting
from creditsim.model.state import State

SCALE, MESA_SCALE, NUMPY_SCALE = 0.3, 0.03, 0.1
"""Sizes: of ours, large enough to leave the cache as a district does; of plain Mesa, whose time an agent
hardly depends on the size (at ten times this size it takes a few per cent more)."""

COMPILED_MONTHS = 12
"""Months of a model of two hundredths before anything is timed: all that compiles is compiled then."""


def time_versions(scale: float = SCALE, say: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Time all versions and return what `creditsim bench --json` prints.

    Parameters
    ----------
    scale : float
        Size of the population for ours and C; 1 is the district.
    say : callable
        Told what is being timed.

    Returns
    -------
    dict
        Nanoseconds and microseconds are of the wall clock for ours and C, of the processor for plain
        Mesa and NumPy columns, which run on one core. ``ratio_c`` is ours / C on one thread,
        ``ratio_mesa_1`` and ``ratio_mesa_2`` plain Mesa / ours on one and on two threads.
    """
    started = time.perf_counter()
    say("compile")
    CreditModel(SCENARIO, scale=0.02, threads=2).run(COMPILED_MONTHS)
    say("ours, one and two threads")
    model = CreditModel(SCENARIO, scale=scale)
    model.run(WARM_UP)
    number = agent_activities(model.state, model.rules)
    first = _acting_ns(model, number)
    say("C")
    in_c = _time_c(model)
    say("plain Mesa")
    mesa = time_month(MESA_SCALE)
    second = _acting_ns(model, number)
    say("NumPy columns")
    columns = time_columns(NUMPY_SCALE)
    say("whole months")
    month_us = {threads: _month_us(model, threads) for threads in (1, 2)}
    ours = {threads: statistics.median(first[threads] + second[threads]) for threads in (1, 2)}
    return {
        "ns_per_agent_activity": ours[1],
        "ns_per_agent_activity_2": ours[2],
        **in_c,
        "mesa_ns_per_agent_activity": mesa.acting_ns,
        "numpy_ns_per_agent_activity": columns,
        "ratio_mesa_1": mesa.acting_ns / ours[1],
        "ratio_mesa_2": mesa.acting_ns / ours[2],
        "ratio_numpy_1": columns / ours[1],
        "month_us_per_agent": month_us[1],
        "month_us_per_agent_2": month_us[2],
        "mesa_month_us_per_agent": mesa.month_us,
        "month_ratio_mesa_1": mesa.month_us / month_us[1],
        "month_ratio_mesa_2": mesa.month_us / month_us[2],
        "agents": int(model.state.agents.present.sum()),
        "agent_activities": number,
        "mesa_agents": mesa.agents,
        "cores": available_cores(),
        "machine": _processor(),
        "versions": versions(),
        "seconds": time.perf_counter() - started,
    }


def _acting_ns(model: CreditModel, number: int, repeats: int = 7) -> dict[int, list[float]]:
    """Return nanoseconds an agent-activity of the acting phase, by threads, in turn."""
    found: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(repeats):
        for threads, times in found.items():
            state: State = model.state.copy()
            start = time.perf_counter_ns()
            acting(state, model.rules, threads)
            times.append((time.perf_counter_ns() - start) / number)
    return found


def _month_us(model: CreditModel, threads: int, months: int = 6) -> float:
    """Return microseconds an agent of a whole month, the median of some."""
    state, times = model.state.copy(), []
    for _ in range(months):
        present = int(np.count_nonzero(state.agents.present))
        start = time.perf_counter()
        simulate_month(state, model.rules, threads)
        times.append(1e6 * (time.perf_counter() - start) / present)
    return statistics.median(times)


def _time_c(model: CreditModel) -> dict[str, Any]:
    """Return what C takes, and ours against it; None where there is no compiler."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            library = build(Path(folder))
        except NoCompiler as error:
            return {"c_ns_per_agent_activity": None, "ratio_c": None, "c_compiler": str(error)}
        times = time_both(library, model.state, model.rules)
        return {
            "c_ns_per_agent_activity": times.c_ns,
            "ratio_c": times.ratio,
            "c_compiler": f"{os.environ.get('CC', 'cc')} {' '.join(OPTIONS)}",
        }


def _processor() -> str:
    """Return the processor's name where the system tells it, else its kind."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine() or os.name
