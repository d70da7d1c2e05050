"""What the same luck is worth, said in words and as a table, the same everywhere and in both languages."""

from __future__ import annotations

import json

import pandas as pd
import pytest
from report_page import Page
from synthetic_comparison import NAMES, invented_comparison, invented_outcomes

from creditsim.app.comparing import comparison_text
from creditsim.report.comparison import Comparison
from creditsim.report.document import document_html
from creditsim.report.labels import say
from creditsim.report.sharing import gain_text, shared_sentence, shared_table
from creditsim.spec.levers import levers
from creditsim.spec.scenario import load_scenario

LANGUAGES = ["en", "zh"]


@pytest.fixture(scope="module")
def comparison():
    return invented_comparison()


def itself(replications: int = 10) -> Comparison:
    """Return a scenario compared with itself."""
    found = invented_outcomes(replications)
    one = found[found["scenario"] == NAMES[0]]
    both = pd.concat([one, one.assign(scenario=f"{NAMES[0]} (2)")])
    quo = load_scenario(NAMES[0])
    return Comparison.from_outcomes(both, [quo, quo], NAMES[0], seed=1, scale=0.1)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_report_terminal_and_json_say_the_same(comparison, lang):
    summary = json.loads(json.dumps(comparison.to_dict(), allow_nan=False))["shared_draws"]
    sentence = shared_sentence(comparison, lang)
    assert gain_text(summary["median_gain"], lang) in sentence
    assert str(summary["outcomes"]) in sentence
    assert sentence in comparison_text(comparison, lang)
    page = Page(document_html(comparison, levers(), lang))
    assert any(text.startswith(sentence) for text in page.texts["li"])
    head, *rows = page.tables[say("shared.caption", lang)]
    assert len(head) == 5
    assert rows[0][1] == gain_text(summary["median_gain"], lang)
    assert rows[1][1] == gain_text(summary["all"]["median_gain"], lang)
    assert [row[3] for row in rows[:2]] == [str(summary["outcomes"]), str(summary["all"]["outcomes"])]


def test_the_kinds_of_the_table_add_up_to_all(comparison):
    _, whole, *kinds = shared_table(comparison, "en").rows
    for column in (3, 4):
        assert sum(int(row[column].lines[0]) for row in kinds) == int(whole[column].lines[0])


def test_outcomes_that_never_vary_or_are_not_defined_are_not_counted(comparison):
    gains = comparison.pairing_gains
    states = {(each.outcome, each.scenario): each.state for each in gains}
    assert states["appeal.correction_months", NAMES[1]] == "not defined"
    assert states["service.basic_denied_count", NAMES[1]] == "constant"
    assert len(gains) == len(comparison.headline())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_scenario_with_itself_is_exact_and_has_no_factor(lang):
    found = itself()
    summary = found.to_dict()["shared_draws"]
    assert (summary["median_gain"], summary["outcomes"]) == (None, 0)
    assert summary["exact"] > 0
    assert shared_sentence(found, lang) == say("shared.untold", lang)
    assert Page(document_html(found, levers(), lang)).open == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_replication_tells_nothing(lang):
    found = itself(1)
    assert found.to_dict()["shared_draws"]["median_gain"] is None
    assert shared_sentence(found, lang) == say("shared.single", lang)
