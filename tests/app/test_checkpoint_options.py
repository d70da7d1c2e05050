"""Checkpoints on the command line and in notebooks: saved as it goes, stopped, continued, refused."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys

import pytest

import creditsim as cs
from creditsim.core.errors import InputError
from creditsim.experiment.saving import RunStopped, Saving, run_and_save
from creditsim.model.checkpoint import read_head

PLAN = "five-entries-2020"
SMALL = ("--scale", "0.01", "--seed", "3")


@pytest.fixture
def hears_ctrl_c():
    """Let the test hear Ctrl-C: a shell starts what runs in the background deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def file(tmp_path, said):
    """Return the checkpoint of four months."""
    path = tmp_path / "plan.checkpoint"
    assert said("run", PLAN, *SMALL, "--months", 4, "--checkpoint", path, "-q")[0] == 0
    return path


def test_a_run_that_goes_on_has_the_whole_run_s_inputs_and_fingerprint(said, file):
    on, whole = (
        json.loads(said("run", PLAN, "--months", 6, "--json", *more)[1]) for more in (["--from", file], SMALL)
    )
    for name in ("inputs", "fingerprint", "residuals", "memory", "outcomes", "agents", "months"):
        assert on[name] == whole[name], name


def test_a_branch_is_written_with_its_origin(said, file, tmp_path):
    assert (
        said("run", "guidance-2021", "--months", 6, "--from", file, "--out", tmp_path / "out", "-q")[0] == 0
    )
    case = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["case"]
    assert case["branch"]["month"] == "2020-05"
    assert (
        case["branch"]["inputs"]
        == json.loads(said("run", PLAN, *SMALL, "--months", 4, "--json")[1])["inputs"]
    )
    assert (case["scale"], case["seed"]) == (0.01, 3)
    assert said("replay", tmp_path / "out")[0] == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--scale", "0.1"], "--scale: got 0.1, expected 0.01 as in "),
        (["--seed", "1"], "--seed: got 1, expected 3 as in "),
        (["--replication", "1"], "--replication: got 1, expected 0 as in "),
        (["--only", "village"], "--only: got village, expected all as in "),
        (["--months", "3"], "months: got 3, expected at least the 4 that the checkpoint holds"),
        (["--checkpoint-every", "3"], "--checkpoint-every: got it without --checkpoint"),
    ],
)
def test_what_is_not_the_checkpoint_s_is_refused_in_one_line(said, file, options, words):
    code, out, err = said("run", PLAN, "--from", file, *options)
    assert (code, out, len(err)) == (2, "", 1)
    assert words in err[0]


def test_the_checkpoint_s_own_numbers_may_be_repeated(said, file):
    assert said("run", PLAN, "--from", file, *SMALL, "--months", "4", "-q")[0] == 0


def test_a_damaged_or_another_file_is_refused_in_one_line(said, file, tmp_path):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "flipped").write_bytes(content)
    (tmp_path / "short").write_bytes(content[:-100])
    (tmp_path / "other").write_text("format: 1\n")
    for name in ("flipped", "short", "other", "none"):
        code, out, err = said("run", PLAN, "--from", tmp_path / name)
        assert (code, out, len(err)) == (2, "", 1)
        assert err[0].startswith(str(tmp_path / name))


def test_a_file_that_is_there_is_not_written_over_but_by_the_run_that_goes_on_from_it(said, file, tmp_path):
    before = file.read_bytes()
    code, _, err = said("run", PLAN, *SMALL, "--checkpoint", file)
    assert (code, len(err)) == (2, 1)
    assert "expected a new file, or the one from which the run goes on" in err[0]
    code, _, err = said("run", PLAN, *SMALL, "--checkpoint", tmp_path / "nowhere" / "a")
    assert (code, len(err)) == (2, 1)
    assert file.read_bytes() == before
    assert said("run", PLAN, "--months", 5, "--from", file, "--checkpoint", file, "-q")[0] == 0
    assert len(read_head(file).months) == 5


@pytest.mark.usefixtures("hears_ctrl_c")
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_ctrl_c_ends_the_month_saves_and_says_the_command_that_goes_on(said, tmp_path, monkeypatch):
    file, step = tmp_path / "a b.checkpoint", cs.CreditModel.step

    def stopped_in_march(model):
        if model.month == "2020-03":
            os.kill(os.getpid(), signal.SIGINT)
        step(model)

    monkeypatch.setattr(cs.CreditModel, "step", stopped_in_march)
    code, out, err = said("run", PLAN, *SMALL, "--months", 5, "--checkpoint", file, "--json")
    assert (code, out, len(err)) == (130, "", 1)
    assert err[0].startswith(f"creditsim: stopped; 3 of 5 months are in {file}; to go on: creditsim run ")
    monkeypatch.undo()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    command = shlex.split(err[0].split("to go on: creditsim ")[1])
    assert command == ["run", PLAN, "--from", str(file), "--months", "5", "--checkpoint", str(file), "--json"]
    on, whole = (
        json.loads(said(*each)[1]) for each in (command, ["run", PLAN, *SMALL, "--months", "5", "--json"])
    )
    assert (on["inputs"], on["fingerprint"]) == (whole["inputs"], whole["fingerprint"])


@pytest.mark.usefixtures("hears_ctrl_c")
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_second_ctrl_c_stops_at_once_and_the_file_before_stays(tmp_path):
    model = cs.CreditModel(PLAN, scale=0.01, seed=3)

    def twice():
        if model.months_done == 3:
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(RunStopped, match="stopped; 2 of 36 months are in"):
        run_and_save(model, Saving(str(tmp_path / "a"), every=2), twice)
    assert len(read_head(tmp_path / "a").months) == 2


def test_a_run_is_saved_every_so_often_and_at_its_end(tmp_path, monkeypatch):
    saved = []
    monkeypatch.setattr(cs.CreditModel, "save", lambda model, path: saved.append(model.months_done))
    cs.run(PLAN, scale=0.01, months=5, progress=False, checkpoint=tmp_path / "a", checkpoint_every=2)
    assert saved == [2, 4, 5]


def test_in_python_all_faults_come_at_once(tmp_path):
    (tmp_path / "a").write_text("mine")
    with pytest.raises(InputError) as refused:
        cs.run(PLAN, scale=0.01, checkpoint=tmp_path / "a", checkpoint_every=0)
    assert [fault.key for fault in refused.value.faults] == ["checkpoint_every", "checkpoint"]


def test_a_resumed_run_shows_the_months_done(file, monkeypatch):
    shown = {}

    class Bar:
        def __init__(self, **options):
            shown.update(options, moved=0)

        def __enter__(self):
            return self

        def __exit__(self, *problem):
            pass

        def update(self):
            shown["moved"] += 1

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    cs.resume(file, months=6)
    assert (shown["initial"], shown["total"], shown["moved"]) == (4, 6, 2)
