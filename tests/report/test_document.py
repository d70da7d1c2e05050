"""The document: complete in itself, honest, and every number the same in words and tables."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import pandas as pd
import pytest
from synthetic_comparison import GROUPS, NAMES, invented_comparison, invented_outcomes

from creditsim.analysis.compare import effect_of
from creditsim.report import fonts
from creditsim.report.comparison import Comparison
from creditsim.report.changes import SHOWN
from creditsim.report.document import SECTIONS, document_html
from creditsim.report.labels import PHRASES, name_of, outcome_title, say, title_of, verdict_text
from creditsim.report.numbers import UNITS, lever_text, show_difference, unit_text
from creditsim.report.parts import part_names, part_rows
from creditsim.report.scenarios import scenario_titles
from creditsim.report.sentences import verdict_sentence
from creditsim.spec.levers import levers
from creditsim.spec.scenario import load_scenario

LANGUAGES = ["en", "zh"]
NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?")


class Page(HTMLParser):
    """What a reader gets: tables by caption, texts by tag, and what a browser would load."""

    def __init__(self, text):
        super().__init__()
        self.tables, self.texts, self.loaded, self.tags = {}, {}, [], []
        self.open, self.caption, self.rows = [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.loaded += [value for key, value in attrs if key in ("src", "href", "srcset", "action")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        if tag in ("li", "p", "h3", "h4", "td", "th", "caption", "style", "script", "title"):
            self.texts.setdefault(tag, []).append("")
        if tag == "table":
            self.rows = []
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"{tag} is not closed in order"
        if tag == "table":
            self.tables[self.texts["caption"][-1]] = self.rows

    def handle_data(self, data):
        for tag in reversed(self.open):
            if tag in self.texts:
                self.texts[tag][-1] += data
                break
        if {"td", "th"} & set(self.open):
            self.rows[-1][-1] += data


@pytest.fixture(scope="module")
def comparison():
    return invented_comparison()


@pytest.fixture(scope="module", params=LANGUAGES)
def written(request, comparison):
    text = document_html(comparison, levers(), request.param)
    return request.param, text, Page(text)


def test_it_needs_nothing_else(written):
    _, text, page = written
    assert page.open == []
    assert "http" not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)
    assert all(value.startswith(("data:image/png;base64,", "#")) for value in page.loaded)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("script") == tags.count("style") == 1
    assert not {"link", "iframe", "object", "form"} & set(tags)
    for bad in ("@import", "url(", "fetch(", "XMLHttpRequest", "localStorage"):
        assert bad not in re.sub(r"base64,[A-Za-z0-9+/=]+", "", text)


def test_links_inside_the_document_lead_somewhere(written):
    _, _, page = written
    known = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    assert {link[1:] for link in page.loaded if link.startswith("#")} == set(SECTIONS)
    assert set(SECTIONS) <= known
    buttons = [attributes["data-table"] for tag, attributes in page.tags if tag == "button"]
    assert len(buttons) == len(set(buttons)) == len(page.tables)
    assert set(buttons) <= known


def test_it_says_its_language_and_its_limits(written):
    lang, _, page = written
    assert dict(page.tags)["html"]["lang"] == {"en": "en", "zh": "zh-Hans"}[lang]
    said = " ".join(page.texts["p"])
    for part in ("population", "intervals", "assumptions", "not_simulated"):
        assert say(f"banner.{part}", lang) in said


def test_figures_are_pictures_inside_with_words_for_those_who_do_not_see_them(written):
    _, _, page = written
    pictures = [attributes for tag, attributes in page.tags if tag == "img"]
    assert len(pictures) == 3
    for picture in pictures:
        assert picture["alt"]
        data = base64.b64decode(picture["src"].split(",")[1])
        assert data.startswith(b"\x89PNG")
        assert b"matplotlib" not in data.lower()


def test_every_number_of_a_verdict_stands_in_the_table(written, comparison):
    lang, _, page = written
    titles = scenario_titles(comparison.scenarios, lang)
    rows = {(row[0], row[2]): row for table in page.tables.values() for row in table if len(row) == 9}
    seen = 0
    for record in comparison.headline().to_dict("records"):
        outcome = comparison.catalogue[record["outcome"]]
        row = rows[outcome_title(outcome, record["setting"], lang), titles[record["scenario"]]]
        sentence = verdict_sentence(record, outcome, lang)
        if record["verdict"] in ("lower", "higher") and outcome.kind in ("behavioural", "harm", "cost"):
            assert sentence in page.texts["li"]
            seen += 1
        words = sentence.replace(f"{say('interval', lang, percent='95')} ", "")
        unit = unit_text(outcome.unit, lang, difference=True)
        words = words.replace(outcome_title(outcome, record["setting"], lang), "").replace(unit, "")
        cells = {number.lstrip("−") for cell in row[3:8] for number in NUMBER.findall(cell)}
        said = {number.lstrip("−") for number in NUMBER.findall(words)}
        assert said <= cells, sentence
        assert bool(said) == (record["verdict"] != "not defined")
        assert sentence.rstrip(".。").endswith(row[8])
    assert seen > 10


def test_benefits_and_harms_have_the_same_rank(written, comparison):
    lang, text, _ = written
    for card in re.findall(r"<article.*?</article>", text, re.S):
        sides = re.search(r'class="sides"><div>(.*?)</div><div>(.*?)</div></div>', card, re.S)
        assert say("kind.behavioural", lang) in sides[1]
        assert say("kind.harm", lang) in sides[2]
        for kind, side in (("behavioural", sides[1]), ("harm", sides[2])):
            names = {n for n in comparison.headline()["outcome"] if comparison.catalogue[n].kind == kind}
            assert all(outcome_title(comparison.catalogue[n], "all", lang) in side for n in names)


def test_chinese_leaves_no_english_title(comparison):
    text = re.sub(r"base64,[A-Za-z0-9+/=]+", "", document_html(comparison, levers(), "zh"))
    for name in NAMES:
        scenario = load_scenario(name)
        assert scenario.title["zh"] in text
        assert scenario.title["en"] not in text
        assert scenario.about["en"] not in text
    for outcome in comparison.catalogue.values():
        assert outcome.title_en not in text
    for unit in UNITS:
        for english in (unit_text(unit, "en"), unit_text(unit, "en", difference=True)):
            assert not english or english == "%" or f">{english}<" not in text, english
    for key, (english, _) in PHRASES.items():
        if re.search("[a-z] [a-z]", english) and "{" not in english:
            assert english not in text, key


def test_the_same_comparison_gives_the_same_bytes(comparison):
    again = invented_comparison()
    assert document_html(again, levers(), "en") == document_html(comparison, levers(), "en")


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
    lang, text, page = written
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


def test_provenance_is_told(written, comparison):
    _, text, _ = written
    assert comparison.fingerprint in text
    assert comparison.inputs in text
    assert "0.1.0" in text


def test_open_questions_are_admitted(comparison):
    text = document_html(comparison, levers(), "en")
    assert text.count("This version cannot answer it yet") >= 8
    assert "Outcomes of the catalogue that this comparison does not compute" in text


def test_a_scenario_that_ends_answers_whether_the_effect_lasts():
    scenarios = [
        load_scenario(NAMES[0]),
        load_scenario(NAMES[1]).with_levers({"rollout.end_date": "2021-12"}, name=NAMES[1]),
        load_scenario(NAMES[2]),
    ]
    ending = Comparison.from_outcomes(invented_outcomes(), scenarios, NAMES[0], seed=1, scale=0.1)
    text = document_html(ending, levers(), "en")
    assert "ends within the horizon; see the monthly paths" in text


def test_a_missing_font_is_told_once(comparison, monkeypatch):
    monkeypatch.setattr(fonts, "chinese_font", lambda: None)
    text = document_html(comparison, levers(), "zh")
    assert text.count(say("figure.font_missing", "zh")) == 1
    assert say("figure.font_missing", "zh") not in document_html(comparison, levers(), "en")


def test_names_and_titles_are_escaped():
    bad = load_scenario(NAMES[1]).with_(name="<script>alert(1)</script>")
    outcomes = invented_outcomes().replace({"scenario": {NAMES[1]: bad.name}})
    found = Comparison.from_outcomes(
        outcomes, [load_scenario(NAMES[0]), bad, load_scenario(NAMES[2])], NAMES[0], seed=1, scale=0.1
    )
    assert "<script>alert" not in document_html(found, levers(), "en")
    assert "<script>alert" not in found._repr_html_()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_small_comparison_has_a_report_too(lang):
    # One replication, one outcome, no groups, no settings, a scenario with itself.
    quo = load_scenario(NAMES[0])
    one = invented_outcomes(1, 6)
    one = one[(one["outcome"] == "breach.all_per_1000_month") & (one["scenario"] == NAMES[0])]
    one = one[(one["setting"] == "all") & (one["group"] == "all")]
    both = pd.concat([one, one.assign(scenario=f"{NAMES[0]} (2)")])
    found = Comparison.from_outcomes(both, [quo, quo], NAMES[0], seed=1, scale=1.0)
    text = document_html(found, levers(), lang)
    assert Page(text).open == []
    assert say("matrix.absent", lang) in text
    assert say("matrix.one_year", lang) in text
    assert say("verdict.negligible", lang) in text
    assert f"[{NAMES[0]} (2)]" in text


def test_sections_are_all_written():
    assert {f"section.{name}" for name in SECTIONS} <= set(PHRASES)
    assert SECTIONS[:2] == ("changes", "verdicts")
