"""creditsim trace: one agent in two runs on the same people with the same luck."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from creditsim.analysis.trace import differing_entries, trace_folders
from creditsim.app.cli import run_command


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Write a run before and one after, of a few months, and one of another seed."""
    folder = tmp_path_factory.mktemp("runs")
    for name, scenario, seed in (
        ("before", "status-quo-2019", 1),
        ("after", "five-entries-2020", 1),
        ("other", "status-quo-2019", 2),
    ):
        line = ["run", scenario, "--scale", "0.01", "--months", "6", "--seed", str(seed), "--threads", "1"]
        assert run_command([*line, "--out", str(folder / name), "--quiet"]) == 0
    return folder


@pytest.fixture(scope="module")
def differing(runs):
    """Return an agent with entries that only one run has, by the ledgers alone."""
    tables = [pd.read_parquet(runs / name / "ledger.parquet") for name in ("before", "after")]
    slots = pd.read_parquet(runs / "before" / "agents.parquet")["slot"].tolist()
    counts = [(table["subject"] & 0xFFFFFFFF).value_counts() for table in tables]
    return next(n for n, slot in enumerate(slots) if counts[0].get(slot, 0) != counts[1].get(slot, 0))


def test_sentences_name_the_entries_of_one_run_in_both_languages(said, runs, differing):
    pair = (runs / "before", runs / "after", "--agent", differing)
    code, english, err = said("trace", *pair)
    assert (code, err) == (0, [])
    assert "only in run" in english and "At the end of run B" in english
    _, chinese, _ = said("trace", *pair, "--lang", "zh")
    assert "仅在运行" in chinese and "运行 B 结束时" in chinese
    assert len(chinese.splitlines()) == len(english.splitlines())


def test_json_has_the_entries_that_make_the_ledgers_of_the_agent_alike(said, runs, differing):
    _, out, _ = said("trace", runs / "before", runs / "after", "--agent", differing, "--json")
    found = json.loads(out)
    assert not found["same"] and found["entries"] and found["rules"]
    assert found["first_month"] == min(each["posted"] for each in found["entries"])


def test_a_run_against_itself_differs_for_nobody(said, runs, differing):
    ledger = pd.read_parquet(runs / "after" / "ledger.parquet")
    assert len(ledger) and differing_entries(ledger, ledger).empty
    found = trace_folders(runs / "after", runs / "after", differing)
    assert found.same and not found.rules
    assert "same entries" in said("trace", runs / "after", runs / "after", "--agent", differing)[1]


def test_an_entry_taken_out_of_one_ledger_is_the_one_that_differs(runs):
    ledger = pd.read_parquet(runs / "after" / "ledger.parquet").head(200)
    found = differing_entries(ledger, ledger.drop(index=7))
    assert found["run"].tolist() == ["a"]
    assert found["item"].tolist() == [ledger["item"].iloc[7]]


@pytest.mark.parametrize("agent", ["-1", "99999999", "x"])
def test_no_such_agent_is_one_fault(said, runs, agent):
    code, out, err = said("trace", runs / "before", runs / "after", f"--agent={agent}")
    assert (code, out, len(err)) == (2, "", 1)
    assert "--agent" in err[0] and "from 0" in err[0]


def test_other_people_cannot_be_compared(said, runs):
    code, out, err = said("trace", runs / "before", runs / "other", "--agent", "0")
    assert (code, out, len(err)) == (2, "", 1)
    assert "seed" in err[0]


def test_what_entries_count_adds_up_to_the_difference_of_the_scores(runs):
    agents = [pd.read_parquet(runs / name / "agents.parquet") for name in ("before", "after")]
    differing = agents[0]["score_mp"] != agents[1]["score_mp"]
    same_book = agents[0]["under_programme"] == agents[1]["under_programme"]
    named = agents[0].index[differing & (same_book | (agents[0]["grade"] == "A"))].tolist()[:10]
    assert named
    for agent in named:
        found = trace_folders(runs / "before", runs / "after", agent)
        of = found.entries[found.entries["account"] == "district"]
        counted = {run: int(of.loc[of["run"] == run, "counted_mp"].sum()) for run in "ab"}
        gap = found.end["b"]["score_mp"] - found.end["a"]["score_mp"]
        assert counted["b"] - counted["a"] == gap, agent


def test_levers_about_the_entries_are_some_of_those_that_differ(runs, differing):
    found = trace_folders(runs / "before", runs / "after", differing)
    assert 0 < len(found.touching) < len(found.rules)
    assert {each.lever for each in found.touching} <= {each.lever for each in found.rules}
