"""Ratios that must not get worse, guarded by pytest-benchmark; `make bench` runs them.

Ours and the other version are timed in turn in one run, so that a slow machine slows both. The
guards stand a quarter beyond what was measured; docs/performance.md has the aims and the figures.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.c_version import NoCompiler, agent_activities, build, time_both
from benchmarks.mesa_version import SCENARIO, WARM_UP, time_month
from benchmarks.versions import SCALE
from creditsim.model.credit_model import CreditModel
from creditsim.model.phases.acting import acting


@pytest.fixture(scope="module")
def model():
    model = CreditModel(SCENARIO, scale=SCALE)
    model.run(WARM_UP)
    return model


def acting_ns(benchmark, model, threads):
    """Time acting and return nanoseconds an agent-activity."""
    benchmark.pedantic(
        acting, setup=lambda: ((model.state.copy(), model.rules, threads), {}), rounds=15, warmup_rounds=2
    )
    return 1e9 * benchmark.stats.stats.median / agent_activities(model.state, model.rules)


def test_one_thread_against_c(benchmark, model, tmp_path):
    try:
        library = build(Path(tmp_path))
    except NoCompiler as error:
        pytest.skip(str(error))
    times = time_both(library, model.state, model.rules)
    acting_ns(benchmark, model, 1)
    benchmark.extra_info["ratio_c"] = times.ratio
    assert times.ratio < 1.8


@pytest.mark.parametrize(("threads", "least"), [(1, 35), (2, 40)])
def test_against_plain_mesa(benchmark, model, threads, least):
    ours = acting_ns(benchmark, model, threads)
    ratio = time_month(months=3).acting_ns / ours
    benchmark.extra_info["ratio_mesa"] = ratio
    assert ratio > least
