"""Checkpoints: a run that goes on is the whole run, a branch shares its past, and nothing is forgotten."""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import creditsim as cs
from creditsim.core.archive import HEAD, blocks_of
from creditsim.core.errors import InputError
from creditsim.core.fingerprint import fingerprint_columns
from creditsim.experiment.run import run_model
from creditsim.model import checkpoint
from creditsim.model.credit_model import burned_in
from creditsim.model.members import members_of
from creditsim.population.synthesis import build_population

SCALE, SEED, MONTHS = 0.01, 3, 36
PLAN = cs.load_scenario("five-entries-2020").with_(months=MONTHS)
USUAL = cs.load_scenario("status-quo-2019").with_(months=MONTHS)
SHORT = PLAN.with_(months=6, burn_in_months=2)


# A run that goes on


def facts_of(model: cs.CreditModel) -> dict[str, str]:
    """Return hashes of all that a finished run gives, and of its whole state."""
    arrays, plain = members_of(model.state)
    digest = hashlib.sha256(repr(plain).encode())
    for name, array in arrays.items():
        digest.update(f"{name} {array.dtype} {array.shape}".encode())
        for block in blocks_of(array):
            digest.update(block)
    result = run_model(model)
    tables = ("outcomes", "ledger", "agents", "grades", "balances")
    found = {name: fingerprint_columns({name: result.table(name)}) for name in tables}
    found |= {"state": digest.hexdigest(), "fingerprint": result.fingerprint, "inputs": result.inputs}
    return found | {"case": json.dumps(result.case), "memory": json.dumps(result.memory)}


def save_every_month(policy, folder: Path, every: int = 1) -> dict[str, str]:
    """Run a scenario, save it before its first month and after each; return what it gives."""
    model = cs.CreditModel(policy, scale=SCALE, seed=SEED, threads=1)
    model.save(folder / "00.checkpoint")
    while model.months_done < policy.months:
        model.step()
        if model.months_done % every == 0:
            model.save(folder / f"{model.months_done:02}.checkpoint")
    return facts_of(model)


GO_ON = """
import json, sys
sys.path.insert(0, sys.argv[1])
import creditsim as cs
from test_checkpoint import facts_of
for path in sys.argv[3:]:
    model = cs.CreditModel.load(path, **json.loads(sys.argv[2]))
    model.run()
    print(json.dumps(facts_of(model)), flush=True)
"""


def go_on_elsewhere(folder: Path, **options) -> list[dict[str, str]]:
    """Go on from all checkpoints of a folder in one fresh process; return what each run gives."""
    source = str(Path(cs.__file__).parents[1])
    path = os.pathsep.join(filter(None, (source, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-c", GO_ON, str(Path(__file__).parent), json.dumps(options)]
    done = subprocess.run(
        [*command, *map(str, sorted(folder.iterdir()))],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_going_on(policy, folder: Path, every: int = 1, **options) -> None:
    """Fail unless a run that goes on from any of its checkpoints is the whole run."""
    whole = save_every_month(policy, folder, every)
    found = go_on_elsewhere(folder, **options)
    assert len(found) == 1 + policy.months // every
    for number, each in enumerate(found):
        assert each == whole, f"after {number * every} months"


def check_going_on_at_length(folder: Path) -> None:
    """Do the same for two scenarios, both engines, one thread and two: some minutes."""
    for policy, engine, threads in itertools.product((USUAL, PLAN), ("compiled", "objects"), (1, 2)):
        here = folder / f"{policy.name}-{engine}-{threads}"
        here.mkdir()
        check_going_on(policy, here, engine=engine, threads=threads)


def test_a_run_that_goes_on_from_any_month_is_the_whole_run(tmp_path):
    check_going_on(PLAN, tmp_path, threads=2)


def test_a_run_goes_on_object_by_object(tmp_path):
    check_going_on(SHORT, tmp_path, every=3, engine="objects")


def test_a_run_of_some_settings_alone_goes_on_alone(tmp_path):
    whole = cs.CreditModel(SHORT, scale=SCALE, seed=SEED, only=["village"])
    whole.step()
    whole.save(tmp_path / "a")
    other = cs.CreditModel.load(tmp_path / "a")
    whole.run()
    other.run()
    assert other.case["only"] == ["village"]
    assert facts_of(other) == facts_of(whole)


def test_a_longer_horizon_is_the_longer_run(tmp_path):
    model = cs.CreditModel(SHORT, scale=SCALE, seed=SEED)
    model.run()
    model.save(tmp_path / "a")
    longer = cs.CreditModel.load(tmp_path / "a", SHORT.with_(months=8))
    whole = cs.CreditModel(SHORT.with_(months=8), scale=SCALE, seed=SEED)
    for each in (longer, whole):
        each.run()
    assert facts_of(longer) == facts_of(whole)


# Branches


@pytest.fixture(scope="module")
def population():
    return build_population(PLAN.population, SCALE, SEED)


@pytest.fixture
def begun(tmp_path):
    """Run six months of the plan's pilots; return the model and the file in which it was saved."""
    model = cs.CreditModel(PLAN, scale=SCALE, seed=SEED)
    model.run(9)
    model.save(tmp_path / "nine")
    return model, tmp_path / "nine"


def test_a_branch_into_the_same_scenario_is_the_whole_run(begun):
    model, path = begun
    branch = cs.CreditModel.load(path, PLAN)
    assert "branch" not in branch.case
    for each in (model, branch):
        each.run(3)
    assert branch.outcomes().equals(model.outcomes())
    assert members_equal(branch.state, model.state)


LATE = {"rollout.phase_in_months": 0}


@pytest.mark.parametrize(
    ("before", "months", "after"),
    [
        ({}, 12, {"rollout.end_date": "2021-01"}),
        ({**LATE, "rollout.full_start_date": "never"}, 9, {**LATE, "rollout.full_start_date": "2020-10"}),
    ],
    ids=["the end", "the full start"],
)
def test_a_branch_whose_policy_differs_from_then_on_alone_is_that_policy_s_whole_run(
    tmp_path, before, months, after
):
    other = PLAN.with_levers(after).with_(months=months + 5)
    model = cs.CreditModel(PLAN.with_levers(before), scale=SCALE, seed=SEED)
    model.run(months)
    model.save(tmp_path / "then")
    branch = cs.CreditModel.load(tmp_path / "then", other)
    whole = cs.CreditModel(other, scale=SCALE, seed=SEED)
    model.run(5)
    branch.run()
    whole.run()
    assert members_equal(branch.state, whole.state)
    assert not members_equal(branch.state, model.state), "the levers act"
    assert run_model(branch).fingerprint == run_model(whole).fingerprint


def test_two_branches_share_the_past_and_nothing_else(begun):
    _, path = begun
    branches = [cs.CreditModel.load(path, other) for other in (USUAL, "guidance-2021")]
    assert members_equal(*(each.state for each in branches)), "before the first step"
    for each in branches:
        each.run(3)
    one, two = (each.outcomes().drop(columns="scenario") for each in branches)
    before = (one["month"].astype(str) < "2020-10").to_numpy()
    assert one[before].equals(two[before])
    assert not one[~before].equals(two[~before])


def test_a_branch_says_where_it_comes_from(begun, tmp_path):
    _, path = begun
    branch = cs.CreditModel.load(path, USUAL)
    nine = cs.CreditModel(PLAN.with_(months=9), scale=SCALE, seed=SEED)
    nine.run()
    assert branch.case["branch"] == {"month": "2020-10", "inputs": run_model(nine).inputs}
    branch.step()
    branch.save(tmp_path / "ten")
    again = cs.CreditModel.load(tmp_path / "ten")
    assert again.case == branch.case
    words = [(each.policy.name, each.policy.title, each.policy.about) for each in (again, branch)]
    assert words[0] == words[1]
    back = cs.CreditModel.load(tmp_path / "ten", PLAN)
    assert back.case["branch"]["month"] == "2020-11"
    assert back.case["branch"]["inputs"] != branch.case["branch"]["inputs"]


def test_before_the_first_month_another_scenario_is_no_branch(tmp_path):
    cs.CreditModel(PLAN, scale=SCALE, seed=SEED).save(tmp_path / "none")
    branch = cs.CreditModel.load(tmp_path / "none", USUAL)
    whole = cs.CreditModel(USUAL, scale=SCALE, seed=SEED)
    for each in (branch, whole):
        each.run(3)
    assert branch.case == whole.case
    branch.state.chains.dirty[:] = whole.state.chains.dirty
    assert members_equal(branch.state, whole.state)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (PLAN.with_(start="2020-02"), "start: got 2020-02, expected 2020-01"),
        (PLAN.with_(burn_in_months=6), "burn_in_months: got 6, expected 24"),
        (PLAN.with_(months=8), "months: got 8, expected at least the 9"),
        (PLAN.with_levers({"world.sanction_elasticity_share": 0.5}), "a branch stays in its world"),
    ],
)
def test_a_scenario_with_another_past_is_refused_in_one_line(begun, other, words):
    with pytest.raises(InputError, match=words) as refused:
        cs.CreditModel.load(begun[1], other)
    assert "\n" not in str(refused.value)


def test_other_code_is_refused_unless_it_is_asked_for_and_then_said(begun, monkeypatch):
    path = begun[1]
    made_by = cs.CreditModel.load(path).case["model"]
    monkeypatch.setattr("creditsim.model.case.source_digest", lambda room: "f" * 64)
    with pytest.raises(InputError, match=f"other code or data .model {made_by[:12]}, .*any_version=True"):
        cs.CreditModel.load(path)
    branch = cs.CreditModel.load(path, any_version=True).case["branch"]
    assert (branch["month"], branch["model"]) == ("2020-10", made_by)
    assert "data" not in branch


def test_another_population_is_refused(begun):
    other = build_population(PLAN.population, SCALE, SEED + 1)
    with pytest.raises(InputError, match="another population"):
        cs.CreditModel.load(begun[1], population=other)


# Nothing is forgotten


def clean(array: np.ndarray) -> bytes:
    """Return an array's bytes with zeros between the fields."""
    return b"".join(blocks_of(array))


def members_equal(one, other) -> bool:
    """Say whether two states are the same, bit by bit."""
    (arrays, plain), (others, other_plain) = members_of(one), members_of(other)
    same = plain == other_plain and list(arrays) == list(others)
    return same and all(
        each.dtype == others[name].dtype and type(each) is type(others[name])
        and each.shape == others[name].shape and clean(each) == clean(others[name])
        for name, each in arrays.items()
    )  # fmt: skip


MEMBERS = list(members_of(burned_in(SHORT.with_(burn_in_months=0), scale=SCALE, seed=SEED))[0])


@pytest.fixture(scope="module")
def saved(tmp_path_factory, population):
    """Return the checkpoint of a short run."""
    path = tmp_path_factory.mktemp("checkpoint") / "run"
    model = cs.CreditModel(SHORT, population=population)
    model.run(3)
    model.save(path)
    return path


def altered(path: Path, to: Path, leave_out: str = "", add: str = "") -> Path:
    """Write a checkpoint anew with another set of members, and a hash that is right."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            if name != f"{leave_out}.npy":
                new.writestr(name, old.read(name))
        if add:
            new.writestr(f"{add}.npy", old.read("state.deeds.npy"))
        new.comment = bytes(64)
    content = to.read_bytes()[:-64]
    to.write_bytes(content + hashlib.sha256(content).hexdigest().encode())
    return to


def test_a_file_written_anew_with_all_its_members_is_taken(saved, tmp_path, population):
    cs.CreditModel.load(altered(saved, tmp_path / "new"), population=population)


@pytest.mark.parametrize("name", [*(f"state.{name}" for name in MEMBERS), *checkpoint.TRACKED])
def test_a_checkpoint_that_forgets_a_member_is_refused(saved, tmp_path, population, name):
    with pytest.raises(InputError, match=f"missing or unknown {name}$") as refused:
        cs.CreditModel.load(altered(saved, tmp_path / "new", leave_out=name), population=population)
    assert "\n" not in str(refused.value)


def test_a_checkpoint_with_a_member_too_many_is_refused(saved, tmp_path, population):
    with pytest.raises(InputError, match=r"missing or unknown state\.mood$"):
        cs.CreditModel.load(altered(saved, tmp_path / "new", add="state.mood"), population=population)


def test_a_checkpoint_of_another_form_is_refused(saved, tmp_path, population, monkeypatch):
    """An array of another shape or type would be read beyond its end by compiled rules."""
    monkeypatch.setattr(checkpoint, "first_state", lambda *arguments: longer_state(*arguments))

    def longer_state(*arguments):
        state = first_state(*arguments)
        state.deeds = np.zeros(len(state.deeds) + 1, np.uint8)
        return state

    from creditsim.model.state import first_state

    with pytest.raises(InputError, match=r"state.deeds: got .* expected .*"):
        cs.CreditModel.load(saved, population=population)


@pytest.mark.parametrize("stranger", [[1, 2], {1, 2}, {"a": [1]}, None, np.array([None])], ids=repr)
def test_a_field_of_a_new_kind_cannot_be_overlooked(population, stranger, tmp_path):
    model = cs.CreditModel(SHORT.with_(burn_in_months=0), population=population)
    model.state.service.mood = stranger
    with pytest.raises(TypeError, match=r"state.service.mood is a \w+: a checkpoint cannot hold it"):
        model.save(tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


def test_a_new_field_is_a_member_by_itself(population):
    model = cs.CreditModel(SHORT.with_(burn_in_months=0), population=population)
    model.state.service.mood = np.zeros(3)
    assert "service.mood" in members_of(model.state)[0]


def test_members_share_no_memory():
    """Else a checkpoint would part what belongs together."""
    model = cs.CreditModel(PLAN, scale=SCALE, seed=SEED)
    for _ in range(14):
        model.step()
        arrays = list(members_of(model.state)[0].items())
        for (one, first), (other, second) in itertools.combinations(arrays, 2):
            assert not np.may_share_memory(first, second), (one, other)


# The file


def test_what_was_loaded_is_saved_byte_for_byte(saved, tmp_path, population):
    cs.CreditModel.load(saved, population=population).save(tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == saved.read_bytes()


def test_a_run_that_went_on_is_saved_byte_for_byte_as_the_whole_run(saved, tmp_path, population):
    whole, other = cs.CreditModel(SHORT, population=population), cs.CreditModel.load(saved)
    for model, name in ((whole, "whole"), (other, "other")):
        model.run()
        model.save(tmp_path / name)
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "other").read_bytes()


def test_any_flipped_bit_and_any_cut_is_found(saved, tmp_path):
    content = saved.read_bytes()
    broken = tmp_path / "broken"
    places = np.linspace(4, len(content) - 1, 60).astype(int).tolist()
    for place in places:
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        for wrong in (bytes(flipped), content[:place]):
            broken.write_bytes(wrong)
            with pytest.raises(InputError, match="damaged or cut off, expected a checkpoint") as refused:
                cs.CreditModel.load(broken)
            assert "\n" not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"PK", b"format: 1\n", b"PK\x03\x04"], ids=repr)
def test_another_file_is_refused_in_one_line(tmp_path, content):
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(InputError, match=r"other: got .*, expected a checkpoint that creditsim wrote"):
        cs.CreditModel.load(tmp_path / "other")


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            cs.CreditModel.load(path)


def test_another_archive_and_another_format_are_refused(saved, tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("a.txt", "a")
        archive.comment = bytes(64)
    content = (tmp_path / "zip").read_bytes()[:-64]
    (tmp_path / "zip").write_bytes(content + hashlib.sha256(content).hexdigest().encode())
    with pytest.raises(InputError, match="got something else"):
        cs.CreditModel.load(tmp_path / "zip")
    monkeypatch.setattr(checkpoint, "FORMAT", 2)
    with pytest.raises(InputError, match="got a checkpoint of format 1, expected 2"):
        cs.CreditModel.load(saved)


def test_numpy_opens_it_without_pickle(saved):
    with np.load(saved, allow_pickle=False) as members:
        assert members["state.deeds"].dtype == np.uint8
        assert json.loads(members[HEAD])["format"] == 1


def test_what_cannot_be_written_is_one_line(population, tmp_path):
    model = cs.CreditModel(SHORT.with_(burn_in_months=0), population=population)
    with pytest.raises(InputError, match="cannot be written: No such file"):
        model.save(tmp_path / "nowhere" / "a")
