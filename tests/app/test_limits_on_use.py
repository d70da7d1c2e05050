"""What identifies somebody is refused on every way in, is never shown, and leaves nothing on the disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from creditsim.app.cli import run_command
from creditsim.app.taking_in import argument_faults
from creditsim.core.shipped import data_path

PHONE = "13800138125"
SCENARIO = 'format: 1\nbase: five-entries-2020\ntitle: {en: "TITLE"}\n'
EXPERIMENT = 'format: 1\nscenarios: [status-quo-2019, five-entries-2020]\ntitle: {en: "TITLE"}\n'
ESCAPED = "".join(f"\\u{ord(each):04x}" for each in PHONE)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Stand in an empty folder, with caches and temporary files inside it."""
    for name in ("cache", "temporary", "here"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path


def files_with(place: Path, text: str) -> list[str]:
    """Return the files below a folder whose name or content holds a text."""
    paths = [path for path in place.rglob("*") if path.is_file()]
    return [str(path) for path in paths if text in path.name or text.encode() in path.read_bytes()]


def refused(capsys, place: Path, *command: str) -> str:
    """Run a command that must refuse and write nothing; return what it says."""
    before = sorted(place.rglob("*"))
    assert run_command(command) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert PHONE not in err and "8125" not in err
    assert "Traceback" not in err
    assert sorted(place.rglob("*")) == before, "nothing stays on disk"
    return err


@pytest.mark.parametrize("title", [PHONE, "call １３８ 0013 8125", "371002199003071234", ESCAPED])
def test_the_text_of_a_scenario(capsys, place, title):
    Path("mine.yaml").write_text(SCENARIO.replace("TITLE", title), encoding="utf-8")
    said = refused(
        capsys, place, "run", "mine.yaml", "--scale", "0.01", "--out", "out", "--checkpoint", "saved"
    )
    assert said.startswith("mine.yaml:3: got what looks like ")
    for command in (
        ["compare", "mine.yaml", "--out", "out"],
        ["audit", "mine.yaml"],
        ["diff", "mine.yaml", "base"],
    ):
        assert "mine.yaml:3: " in refused(capsys, place, *command)


def test_the_text_of_an_experiment_before_there_is_a_store(capsys, place):
    Path("mine.yaml").write_text(EXPERIMENT.replace("TITLE", PHONE), encoding="utf-8")
    assert "mine.yaml:3: " in refused(capsys, place, "sweep", "mine.yaml", "--store", "results")


def test_the_items_of_a_rulebook(capsys, place):
    name = "wendeng-2020"
    book = data_path("rulebooks", f"{name}.yaml").read_text("utf-8")
    Path("mine.yaml").write_text(book, encoding="utf-8")
    items = data_path("rulebooks", f"{name}-items.csv").read_text("utf-8").splitlines()
    items[3] += f" ask {PHONE}"
    Path(f"{name}-items.csv").write_text("\n".join(items) + "\n", encoding="utf-8")
    assert f"{name}-items.csv:4: " in refused(capsys, place, "audit", "mine.yaml")


@pytest.mark.parametrize(
    "content", [f"table,{PHONE}\n", f"姓名,value\n王伟,{PHONE}\n", f"a,b\n1,{PHONE[:3]} {PHONE[3:]}\n"]
)
def test_a_table(capsys, place, content):
    Path("mine.csv").write_text(content, encoding="utf-8")
    assert "mine.csv:" in refused(capsys, place, "marginals", "mine.csv", "--out", "checked.csv")


@pytest.mark.parametrize(
    "command",
    [
        ["run", f"of-{PHONE}.yaml"],
        ["run", "five-entries-2020", "--out", PHONE],
        ["run", "five-entries-2020", f"--out={PHONE}"],
        ["sweep", "pilot-check", "--store", f"folder/{PHONE}"],
        ["marginals", f"{PHONE}.csv"],
        ["replay", PHONE],
    ],
)
def test_the_name_of_a_file(capsys, place, command):
    Path(f"of-{PHONE}.yaml").write_text(SCENARIO, encoding="utf-8")
    assert "phone number (not shown) in a name" in refused(capsys, place, *command)


def test_what_is_no_name_may_look_like_anything():
    amounts = ["run", "five-entries-2020", "--seed", PHONE, "--scale", "0.1"]
    assert argument_faults(amounts) == []
    assert argument_faults(["reproduce", "results", f"{PHONE}ab{PHONE}cd"]) == []
    assert argument_faults(["audit", "wendeng-2020", "--as-of", "2021-12-31"]) == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_marginals_are_taken_and_small_cells_hidden(capsys, place, lang):
    rows = [
        f"t,{age},{value},persons,2020,zone,office,real_aggregate,H"
        for age, value in (("a", 4), ("b", 30), ("c", 50))
    ]
    Path("mine.csv").write_text(
        "\n".join(["table,age,value,unit,year,geography,source,source_kind,confidence", *rows])
    )
    assert run_command(["marginals", "mine.csv", "--out", "checked.csv", "--lang", lang]) == 0
    assert "3" in capsys.readouterr().out
    assert ",4," not in Path("checked.csv").read_text()
    assert ",50.0," in Path("checked.csv").read_text()
    assert run_command(["marginals", "mine.csv", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == {"file": "mine.csv", "rows": 3, "hidden": 1, "hidden_besides": 1, "written": None}
