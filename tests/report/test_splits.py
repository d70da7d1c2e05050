"""Changes, parts, departments, reasons: the sections of the document beside the verdicts."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from report_page import Page
from synthetic_comparison import GROUPS, NAMES, invented_comparison, invented_outcomes

from creditsim.analysis.compare import effect_of
from creditsim.report.changes import SHOWN
from creditsim.report.comparison import Comparison
from creditsim.report.document import SECTIONS, document_html
from creditsim.report.labels import name_of, say, title_of, verdict_text
from creditsim.report.numbers import lever_text, show_difference, unit_text
from creditsim.report.parts import part_names, part_rows
from creditsim.report.scenarios import scenario_titles
from creditsim.spec.levers import levers
from creditsim.spec.scenario import load_scenario

LANGUAGES = ["en", "zh"]


@pytest.fixture(scope="module")
def comparison():
    return invented_comparison()


@pytest.fixture(scope="module", params=LANGUAGES)
def written(request, comparison):
    text = document_html(comparison, levers(), request.param)
    return request.param, text, Page(text)


def test_changes_show_old_and_new_for_every_lever(written, comparison):
    lang, text, page = written
    quo = comparison.scenarios[NAMES[0]]
    changes = [{c.lever: c for c in comparison.scenarios[label].changes(quo)} for label in NAMES[1:]]
    names = set().union(*changes)
    captions = [say(key, lang, count=len(names)) for key in ("caption.changes", "caption.changes_rest")]
    shown, folded = (page.tables[caption][1:] for caption in captions)
    assert len(shown) == SHOWN
    assert len(shown) + len(folded) == len(names)
    assert text.index(captions[1]) > text.index("<details>")
    assert text.index(captions[0]) < text.index(f'id="{SECTIONS[1]}"')
    rows = {row[0]: row for row in shown + folded}
    for name in names:
        lever = levers()[name]
        row = rows[f"{title_of(lever, lang)} {name}"]
        assert row[1] == unit_text(lever.unit, lang)
        for change, new in zip([mine.get(name) for mine in changes], row[3:], strict=True):
            if change is None:
                assert new == say("changes.same", lang)
            else:
                assert row[2] == lever_text(change.old, lever.unit, lang)
                assert new == lever_text(change.new, lever.unit, lang)


def test_a_scenario_that_changes_nothing_is_told():
    same = load_scenario(NAMES[0]).with_(name=NAMES[1])
    scenarios = [load_scenario(NAMES[0]), same, load_scenario(NAMES[2])]
    found = Comparison.from_outcomes(invented_outcomes(), scenarios, NAMES[0], seed=1, scale=0.1)
    text = document_html(found, levers(), "en")
    title = scenario_titles(found.scenarios, "en")[NAMES[1]]
    assert say("changes.none", "en", scenario=title) in text


def cells_of(row):
    """Return difference, interval and verdict that a cell shows for a row of differences."""
    return lambda lang, outcome: " ".join(
        [
            show_difference(row, lang).difference,
            show_difference(row, lang).interval,
            verdict_text(row["verdict"], effect_of(row["verdict"], outcome.direction), lang),
        ]
    )


@pytest.mark.parametrize("by", ["setting", "group", "area", "year"])
def test_every_part_of_a_split_stands_under_its_name(written, comparison, by):
    lang, _, page = written
    rows, parts = part_rows(comparison, by)
    names = part_names(comparison, by, parts, lang)
    seen = 0
    for label in NAMES[1:]:
        title = scenario_titles(comparison.scenarios, lang)[label]
        head, *lines = page.tables[say(f"caption.{by}", lang, scenario=title)]
        assert head[1:] == list(names.values())
        for row in (row for row in rows if row["scenario"] == label and row["verdict"] != "not defined"):
            outcome = comparison.catalogue[row["outcome"]]
            found = [line for line in lines if line[0].startswith(title_of(outcome, lang) + " ")]
            if row["verdict"] in ("lower", "higher"):
                assert found
            if found:
                cell = found[0][1 + parts.index(row["part"])]
                assert cell == cells_of(row)(lang, outcome)
                seen += 1
    assert seen > 5


def test_areas_and_departments_are_no_groups_of_people(written, comparison):
    lang, text, page = written
    groups = [name_of("group", group, lang) for group in GROUPS[1:]]
    listed = {row[1] for row in page.tables[say("caption.tally", lang)][1:]}
    assert listed == set(groups)
    areas = part_rows(comparison, "area")[1]
    assert areas == ["area_huangguan", "area_qiaotou", "area_nowhere_known"]
    assert (
        list(part_names(comparison, "area", areas, lang).values())
        == {
            "en": ["Huangguan", "Qiaotou", "nowhere known"],
            "zh": ["皇冠街道", "桥头镇", "nowhere known"],
        }[lang]
    )
    assert not re.search(r"\b(area|lead)_[a-z]", re.sub(r"base64,[A-Za-z0-9+/=]+", "", text))


def test_departments_have_their_money_hours_and_rows_of_the_plan(written, comparison):
    lang, _, page = written
    frame = comparison.differences
    leads = ["lead_education", "lead_rural_economy", "lead_joint_office"]
    assert part_rows(comparison, "lead")[1] == leads
    for label in NAMES[1:]:
        title = scenario_titles(comparison.scenarios, lang)[label]
        _, *lines = page.tables[say("caption.lead", lang, scenario=title)]
        assert [line[0] for line in lines[:3]] == [name_of("lead", lead[5:], lang) for lead in leads]
        separator = say("list_separator", lang)
        assert [line[1].split(separator)[0] for line in lines] == ["C1", "V1", "P1-3", ""]
        for lead, line in zip([*leads, "all"], lines, strict=True):
            for place, outcome in enumerate(("cost.public_yuan_month", "cost.staff_hours_month")):
                chosen = (frame["scenario"] == label) & (frame["outcome"] == outcome)
                chosen &= (frame["group"] == lead) & (frame["setting"] == "all")
                (row,) = frame[chosen].to_dict("records")
                shown = show_difference(row, lang)
                assert line[2 + 3 * place : 5 + 3 * place] == [
                    shown.baseline, shown.scenario, f"{shown.difference} {shown.interval}",
                ]  # fmt: skip


def test_the_reason_why_something_is_not_defined_is_told(written, comparison):
    lang, _, page = written
    catalogue = comparison.catalogue
    for name, reason in (("breach.after_warning_share", "baseline"), ("appeal.correction_months", "both")):
        why = say(f"undefined.{reason}", lang)
        note = say("note.undefined", lang, outcomes=title_of(catalogue[name], lang), reason=why)
        # In a table; behaviour also in the card of each scenario.
        assert page.texts["p"].count(note) == (3 if reason == "baseline" else 1)


def only(verdict_of):
    """Return a comparison whose behaviours have the verdicts that a function gives by position."""
    found = invented_comparison()
    frame = found.to_frame()
    chosen = frame["outcome"].map(lambda name: found.catalogue[name].kind == "behavioural")
    chosen &= (frame["group"] == "all") & (frame["setting"] == "all") & (frame["verdict"] != "not defined")
    frame.loc[chosen, "verdict"] = [verdict_of(place) for place in range(int(chosen.sum()))]
    return replace(found, differences=frame)


def test_that_no_behaviour_moves_is_told_in_one_sentence():
    quiet = document_html(only(lambda place: "negligible"), levers(), "en")
    sentence = "<strong>No behaviour moves by more than its smallest relevant effect.</strong>"
    assert quiet.count(sentence) == 2
    noisy = document_html(only(lambda place: "unclear" if place % 2 else "negligible"), levers(), "en")
    assert sentence not in noisy
    assert noisy.count("<strong>No behaviour moves clearly: of 6 outcomes, 3 change by less") == 2
    assert "No behaviour moves" not in document_html(only(lambda place: "lower"), levers(), "en")
    unsure = document_html(only(lambda place: "unclear"), levers(), "en")
    assert "No behaviour moves" not in unsure
    assert unsure.count(f"<strong>{say('sentence.none_clear', 'en')}</strong>") == 2
