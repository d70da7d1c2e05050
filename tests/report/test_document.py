"""The document: complete in itself, honest, and every number the same in words and tables."""

from __future__ import annotations

import base64
import re

import pandas as pd
import pytest
from report_page import Page
from synthetic_comparison import NAMES, invented_comparison, invented_outcomes

from creditsim.report import fonts
from creditsim.report.comparison import Comparison
from creditsim.report.credibility import credibility
from creditsim.report.document import SECTIONS, document_html
from creditsim.report.labels import PHRASES, outcome_title, say
from creditsim.report.numbers import UNITS, unit_text
from creditsim.report.scenarios import scenario_titles
from creditsim.report.sentences import verdict_sentence
from creditsim.spec.levers import levers
from creditsim.spec.scenario import load_scenario

LANGUAGES = ["en", "zh"]
NUMBER = re.compile(r"−?\d[\d,]*(?:\.\d+)?")


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
    for sentence in credibility().sentences(lang):
        assert sentence in said


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
