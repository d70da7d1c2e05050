"""Runs: fingerprints, tidy tables, workers, replay of the exported ledger."""

import gc
import json

import numpy as np
import pandas as pd
import pytest

from creditsim.core.errors import InputError
from creditsim.experiment.execute import run_scenarios
from creditsim.experiment.files import read_table, write_json, write_table
from creditsim.experiment.replay import replay_folder
from creditsim.experiment.run import check_run, run_replication
from creditsim.experiment.store import write_run
from creditsim.model.state import State
from creditsim.spec.comparable import distinct_names
from creditsim.spec.outcomes import outcomes
from creditsim.spec.scenario import load_scenario

PLAN = load_scenario("five-entries-2020").with_(months=14, burn_in_months=2)
USUAL = load_scenario("status-quo-2019").with_(months=14, burn_in_months=2)


@pytest.fixture(scope="module")
def result():
    return run_replication([PLAN], scale=0.05, seed=11)[0]


@pytest.fixture
def folder(result, tmp_path):
    write_run(result, tmp_path)
    return tmp_path


def test_outcomes_are_tidy_and_in_the_catalogue(result):
    frame = result.outcomes
    assert list(frame.columns) == ["scenario", "replication", "month", "setting", "group", "outcome", "value"]
    assert not frame.duplicated(["month", "setting", "group", "outcome"]).any()
    assert set(frame["outcome"]) <= set(outcomes())
    assert frame["month"].nunique() == 14
    assert not np.isinf(frame["value"]).any()


def test_settings_and_groups_add_up(result):
    """Harm of all is the harm of the five settings; so is that of a group and its complement over persons."""
    harm = result.outcomes[result.outcomes["outcome"] == "breach.social_harm_yuan_month"]
    by_setting = (
        harm[harm["group"] == "all"].groupby(["month", "setting"], observed=True)["value"].sum().unstack()
    )
    assert np.allclose(by_setting["all"], by_setting.drop(columns="all").sum(axis=1))
    by_group = (
        harm[harm["setting"] == "village"].groupby(["month", "group"], observed=True)["value"].sum().unstack()
    )
    assert np.allclose(by_group["offline"] + by_group["online"], by_group["all"])


def test_replay_finds_every_score_again(folder, result):
    replay = replay_folder(folder)
    assert (replay.entries, replay.agents) == (len(result.ledger), len(result.agents))
    assert (replay.mismatches, replay.findings) == (0, ())
    assert result.agents["score_mp"].nunique() > 5, "a replay of equal scores would show nothing"
    assert result.agents["star"].nunique() > 1


def tamper_points(ledger):
    """Take 10 points more in the newest entry that still counts."""
    row = ledger[(ledger["kind"] == "item") & (ledger["points_mp"] < 0)].index[-1]
    ledger.loc[row, "points_mp"] -= 10_000
    return ledger


@pytest.mark.parametrize(
    "tamper",
    [
        tamper_points,
        lambda frame: frame.iloc[:-1],
        lambda frame: frame.iloc[1:],
        lambda frame: frame.iloc[:0],
    ],
    ids=["points", "last entry gone", "first entry gone", "empty"],
)
def test_replay_finds_a_tampered_or_shortened_ledger(folder, tamper):
    write_table(folder / "ledger.parquet", tamper(read_table(folder / "ledger.parquet")))
    assert replay_folder(folder).mismatches > 0


def test_replay_finds_a_changed_score_even_if_the_record_was_changed_too(folder):
    from creditsim.core.fingerprint import fingerprint_columns

    agents = read_table(folder / "agents.parquet")
    agents.loc[agents.index[-1], "score_mp"] += 1
    write_table(folder / "agents.parquet", agents)
    record = json.loads((folder / "run.json").read_text())
    record["tables"]["agents"]["sha256"] = fingerprint_columns({"agents": agents})
    write_json(folder / "run.json", record)
    assert replay_folder(folder).mismatches == 1


@pytest.mark.parametrize("name", ["run.json", "ledger.parquet", "agents.parquet"])
def test_a_missing_or_broken_file_is_one_line(folder, name):
    (folder / name).write_text("broken")
    with pytest.raises(InputError, match=f"{name}: got .*expected"):
        replay_folder(folder)
    (folder / name).unlink()
    with pytest.raises(InputError, match=f"{name}: got no such file"):
        replay_folder(folder)


def test_workers_and_order_of_replications_change_nothing():
    short = [s.with_(months=3, burn_in_months=0) for s in (USUAL, PLAN)]
    (one, print_one), (two, print_two) = (run_scenarios(short, 3, 0.01, 4, workers) for workers in (1, 2))
    assert print_one == print_two
    pd.testing.assert_frame_equal(one, two)
    half, _ = run_scenarios(short, 2, 0.01, 4)
    pd.testing.assert_frame_equal(
        half.astype(object), one[one["replication"] < 2].reset_index(drop=True).astype(object)
    )


def test_a_scenario_named_twice_is_told_apart():
    assert [s.name for s in distinct_names([USUAL, PLAN, USUAL])] == [
        "status-quo-2019", "five-entries-2020", "status-quo-2019 (2)"
    ]  # fmt: skip


def test_all_wrong_numbers_are_told_at_once():
    with pytest.raises(InputError) as caught:
        check_run(scale=50, seed=-1, replications=0, months=0, threads=0, engine="fast")
    assert [fault.key for fault in caught.value.faults] == [
        "scale",
        "seed",
        "replications",
        "months",
        "threads",
        "engine",
    ]


def test_a_failed_write_leaves_the_old_file(tmp_path):
    write_json(tmp_path / "a.json", {"x": 1})
    with pytest.raises(ValueError):
        write_json(tmp_path / "a.json", {"x": float("nan")})
    assert json.loads((tmp_path / "a.json").read_text()) == {"x": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_run_takes_over_a_state_that_nobody_else_needs_and_results_stay_the_same():
    short = [each.with_(months=2, burn_in_months=1) for each in (USUAL, PLAN)]
    together = run_replication(short, 0.01, 4)
    alone = [run_replication([each], 0.01, 4)[0] for each in short]
    other_way = run_replication(short[::-1], 0.01, 4)[::-1]
    prints = [each.fingerprint for each in together]
    assert prints == [each.fingerprint for each in alone] == [each.fingerprint for each in other_way]


def test_a_sweep_keeps_nothing_that_grows_with_the_population():
    short = PLAN.with_(months=2, burn_in_months=0)
    kept, lean = (run_replication([short], 0.01, 4, keep_tables=keep)[0] for keep in (True, False))
    assert lean.fingerprint == kept.fingerprint
    assert lean.number_of_agents == len(kept.agents)
    assert lean.tables is None
    with pytest.raises(ValueError, match="keep_tables"):
        lean.ledger  # noqa: B018


def test_a_finished_replication_leaves_no_state_behind_for_the_collector_of_cycles():
    short = [each.with_(months=2, burn_in_months=1) for each in (USUAL, PLAN)]
    gc.collect()
    before = {id(each) for each in gc.get_objects() if isinstance(each, State)}
    gc.disable()
    try:
        results = run_replication(short, 0.01, 4, keep_tables=False)
        left = [each for each in gc.get_objects() if isinstance(each, State) and id(each) not in before]
    finally:
        gc.enable()
    assert len(results) == 2
    assert left == []


def test_a_table_in_several_pieces_reads_back_as_it_was(tmp_path, monkeypatch):
    from creditsim.experiment import files

    frame = pd.DataFrame({"n": np.arange(10), "word": pd.Categorical(list("abbbbbbbba"), ["z", "b", "a"])})
    monkeypatch.setattr(files, "_ROWS_AT_ONCE", 3)
    write_table(tmp_path / "pieces.parquet", frame)
    pd.testing.assert_frame_equal(read_table(tmp_path / "pieces.parquet"), frame)
    write_table(tmp_path / "none.parquet", frame.iloc[:0])
    assert len(read_table(tmp_path / "none.parquet")) == 0
