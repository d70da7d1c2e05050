"""Only ledgers that a run can make again are scored, beyond teaching cases of 20 subjects."""

from __future__ import annotations

import json

import numpy as np
import pytest

from creditsim.core.errors import InputError
from creditsim.core.fingerprint import fingerprint_columns
from creditsim.experiment.files import read_table, write_json, write_table
from creditsim.experiment.replay import TEACHING_SUBJECTS, replay_folder
from creditsim.experiment.run import run_replication
from creditsim.experiment.store import write_run
from creditsim.spec.scenario import load_scenario


@pytest.fixture(scope="module")
def result():
    plan = load_scenario("five-entries-2020").with_(months=6, burn_in_months=0)
    return run_replication([plan], scale=0.02, seed=11)[0]


@pytest.fixture
def folder(result, tmp_path):
    write_run(result, tmp_path)
    return tmp_path


def rewritten(folder, name, frame):
    """Write a table and what the record says of it: a forger would do both."""
    write_table(folder / f"{name}.parquet", frame)
    record = json.loads((folder / "run.json").read_text("utf-8"))
    record["tables"][name] = {"rows": len(frame), "sha256": fingerprint_columns({name: frame})}
    write_json(folder / "run.json", record)


def with_record(folder, change):
    """Change the record of a run."""
    record = json.loads((folder / "run.json").read_text("utf-8"))
    change(record)
    write_json(folder / "run.json", record)


def test_a_run_s_own_ledger_is_scored(folder, result):
    assert result.ledger["subject"].nunique() > TEACHING_SUBJECTS
    assert replay_folder(folder).mismatches == 0


def test_a_ledger_about_others_is_refused(folder):
    ledger = read_table(folder / "ledger.parquet")
    ledger["subject"] = ledger["subject"] + 37_100_219
    rewritten(folder, "ledger", ledger)
    with pytest.raises(
        InputError, match="subjects that are not agents of the run's case; only ledgers that a run"
    ):
        replay_folder(folder)


def test_agents_that_the_case_does_not_make_are_refused(folder):
    agents = read_table(folder / "agents.parquet")
    agents["slot"] = agents["slot"].to_numpy() + 100_000
    rewritten(folder, "agents", agents)
    with pytest.raises(InputError, match="agents that the run's case does not make"):
        replay_folder(folder)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda record: record["case"].update(seed=12), "a case that is not the one of its inputs"),
        (lambda record: record["case"].pop("model"), "a case that is not the one of its inputs"),
        (lambda record: record.pop("inputs"), "something else than a run's agents and ledger"),
    ],
    ids=["another seed", "no version", "no inputs"],
)
def test_a_record_that_is_not_of_a_run_is_refused(folder, change, why):
    with_record(folder, change)
    with pytest.raises(InputError, match=why):
        replay_folder(folder)


def test_a_run_of_another_version_cannot_be_made_again_here(folder):
    from creditsim.model.case import run_key

    with_record(folder, lambda record: record["case"].update(model="0" * 64))
    with_record(folder, lambda record: record.update(inputs=run_key(record["case"])))
    with pytest.raises(InputError, match="a run of another version"):
        replay_folder(folder)


def test_what_was_changed_afterwards_is_not_scored(folder):
    ledger = read_table(folder / "ledger.parquet")
    write_table(folder / "ledger.parquet", ledger.assign(points_mp=ledger["points_mp"] * 2))
    found = replay_folder(folder)
    assert found.mismatches == len(found.findings) == 2
    assert "not scored" in found.findings[-1]
    assert not any(line.startswith("agent ") for line in found.findings)


def test_a_teaching_case_of_up_to_twenty_subjects_is_scored_wherever_it_came_from(folder):
    ledger = read_table(folder / "ledger.parquet")
    few = np.unique(ledger["subject"])[:TEACHING_SUBJECTS]
    rewritten(folder, "ledger", ledger[ledger["subject"].isin(few)].reset_index(drop=True))
    with_record(folder, lambda record: record.pop("inputs"))
    assert any("score_mp" in line for line in replay_folder(folder).findings)
    more = np.unique(ledger["subject"])[: TEACHING_SUBJECTS + 1]
    rewritten(folder, "ledger", ledger[ledger["subject"].isin(more)].reset_index(drop=True))
    with pytest.raises(InputError, match="teaching cases of up to 20 subjects"):
        replay_folder(folder)
