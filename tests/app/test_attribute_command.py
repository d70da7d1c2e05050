"""`creditsim attribute`: shares that add up as shown and as printed, in both languages; faults at once."""

from __future__ import annotations

import json

import pytest

SMALL = [
    "--months",
    "2",
    "--replications",
    "2",
    "--scale",
    "0.01",
    "--threads",
    "1",
    "--outcome",
    "public_cost",
]


DOCUMENTED = ["outcome", "unit", "effect", "low", "high", "shares"]
"""Keys of an outcome, as in docs/formats.md."""

HEAD = """\
format: 1
title: {en: Mine, zh: 我的}
population: weihai-etdz
start: 2020-01
months: 2
burn_in_months: 0
"""


@pytest.fixture
def scenario(tmp_path):
    file = tmp_path / "mine.yaml"
    policy = "policy: {inspection.visits_per_month: 600, publicity.spending_yuan_per_head_year: 2}\n"
    file.write_text(HEAD + policy, encoding="utf-8")
    return str(file)


@pytest.fixture
def usual(tmp_path):
    file = tmp_path / "usual.yaml"
    file.write_text(HEAD, encoding="utf-8")
    return str(file)


def test_shares_add_up_in_json_and_in_the_table(said, scenario, usual):
    asked = ["attribute", scenario, "--baseline", usual, *SMALL]
    code, out, _ = said(*asked, "--json")
    told = json.loads(out)
    (outcome,) = told["outcomes"]
    assert code == 0
    assert list(outcome) == DOCUMENTED
    assert sum(share["share"] for share in outcome["shares"]) == outcome["effect"] > 0
    assert {name for group in told["groups"] for name in group["levers"]} == {
        "inspection.visits_per_month",
        "publicity.spending_yuan_per_head_year",
    }
    code, out, _ = said(*asked, "--lang", "zh")
    lines = [line for line in out.splitlines() if line]
    rule = next(place for place, line in enumerate(lines) if line.startswith("---"))
    shown = [line.split() for line in lines[rule + 1 : rule + 2 + len(told["groups"])]]
    numbers = [float(cells[-3].replace(",", "").replace("−", "-")) for cells in shown]
    assert code == 0
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-9)
    assert "沙普利" in out


def test_faults_are_one_line_each(said, scenario):
    code, out, faults = said("attribute", scenario, "--group", "bad", "--outcome", "nix", "--months", "0")
    assert (code, out, len(faults)) == (2, "", 3)
    code, _, faults = said("attribute", "status-quo-2019")
    assert (code, len(faults)) == (2, 1)
    assert "expected other lever values" in faults[0]
