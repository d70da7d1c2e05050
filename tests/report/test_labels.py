"""Every phrase exists in both languages, with the same braces, and is used."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import creditsim.report
from creditsim.analysis.compare import VERDICTS
from creditsim.model.outcomes.counted import GROUPS
from creditsim.report.labels import GROUP_PAIRS, LANGUAGES, PHRASES, name_of, say, verdict_text
from creditsim.report.phrases.assumptions import ASSUMPTIONS
from creditsim.report.phrases.figures import FIGURES
from creditsim.report.phrases.published import PUBLISHED
from creditsim.report.phrases.questions import QUESTIONS
from creditsim.report.phrases.sections import SECTIONS
from creditsim.report.phrases.tables import TABLES
from creditsim.report.phrases.validation import VALIDATION
from creditsim.report.phrases.words import WORDS
from creditsim.spec.outcomes import outcomes
from creditsim.spec.vocabulary import LEADS, SETTINGS

ROOM = Path(creditsim.report.__file__).parent
SOURCES = "\n".join(path.read_text("utf-8") for path in sorted(ROOM.glob("*.py")))  # without phrases/


def braces(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("key", PHRASES)
def test_both_languages_say_the_same(key):
    english, chinese = PHRASES[key]
    assert braces(english) == braces(chinese)
    assert english
    assert chinese
    if not key.startswith("list_") and re.search("[a-z]", re.sub(r"{\w+}", "", english)):
        assert re.search("[一-鿿]", chinese), "not translated"
    assert not re.search("[一-鿿]", english), "English with Chinese left in it"


@pytest.mark.parametrize("key", PHRASES)
def test_every_phrase_is_used(key):
    family, _, rest = key.partition(".")
    named = f'"{key}"' in SOURCES or f"'{key}'" in SOURCES
    by_family = family in ("setting", "group") or re.search(
        rf"[\"']{family}\.{{|name_of\(\s*\"{family}\"", SOURCES
    )
    listed = re.search(rf"[\"']{re.escape(rest)}[\"']", SOURCES)
    assert named or by_family or (rest and listed)


def test_every_word_of_the_results_has_a_phrase():
    codes = [("setting", "all"), *(("setting", setting) for setting in SETTINGS)]
    codes += [("group", group) for group in GROUPS]
    codes += [("lead", lead) for lead in LEADS]
    codes += [("verdict", verdict) for verdict in VERDICTS]
    codes += [("kind", outcome.kind) for outcome in outcomes().values()]
    for family, code in codes:
        assert f"{family}.{code}" in PHRASES
        assert name_of(family, code, "zh") != name_of(family, code, "en")


def test_no_key_has_two_phrases():
    families = (WORDS, SECTIONS, TABLES, FIGURES, PUBLISHED, QUESTIONS, VALIDATION, ASSUMPTIONS)
    assert sum(map(len, families)) == len(PHRASES)


def test_group_pairs_hold_every_group_once():
    assert sorted(group for pair in GROUP_PAIRS for group in pair) == sorted(set(GROUPS) - {"all"})


def test_unknown_codes_are_their_own_name():
    assert name_of("group", "left_handed", "zh") == "left handed"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_verdict_names_its_side_only_where_there_is_one(lang):
    assert verdict_text("unclear", "", lang) == say("verdict.unclear", lang)
    assert say("effect.worse", lang) in verdict_text("higher", "worse", lang)
