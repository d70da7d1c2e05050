"""Every phrase of the report, in English and Chinese.

A phrase is looked up by its key; braces are filled by the caller. What belongs to an
outcome, a lever or a scenario (its titles) stands in its own catalogue, not here.
"""

from __future__ import annotations

from typing import Any

from creditsim.report.phrases.assumptions import ASSUMPTIONS
from creditsim.report.phrases.figures import FIGURES
from creditsim.report.phrases.published import PUBLISHED
from creditsim.report.phrases.questions import QUESTIONS
from creditsim.report.phrases.sections import SECTIONS
from creditsim.report.phrases.tables import TABLES
from creditsim.report.phrases.validation import VALIDATION
from creditsim.report.phrases.words import WORDS

LANGUAGES = ("en", "zh")

GROUP_PAIRS = (
    ("age_60_plus", "age_under_60"),
    ("offline", "online"),
    ("from_outside", "registered_here"),
    ("low_education", "other_education"),
)
"""Groups held side by side: the one that programmes tend to forget comes first."""

PHRASES: dict[str, tuple[str, str]] = {
    **WORDS,
    **SECTIONS,
    **TABLES,
    **FIGURES,
    **PUBLISHED,
    **QUESTIONS,
    **VALIDATION,
    **ASSUMPTIONS,
}
"""English and Chinese by key."""


def say(key: str, lang: str, **values: Any) -> str:
    """Return a phrase in a language, its braces filled.

    Examples
    --------
    >>> say("verdict.lower", "en")
    'lower'
    """
    return PHRASES[key][lang == "zh"].format(**values)


def name_of(family: str, code: str, lang: str) -> str:
    """Return the words for a setting, group, kind or verdict; an unknown code is its own name."""
    words = PHRASES.get(f"{family}.{code}")
    return code.replace("_", " ") if words is None else words[lang == "zh"]


def verdict_text(verdict: str, effect: str, lang: str) -> str:
    """Return a verdict in words, e.g. ``lower (better)``."""
    words = name_of("verdict", verdict, lang)
    if not effect:
        return words
    return say("verdict_with_effect", lang, verdict=words, effect=name_of("effect", effect, lang))


def title_of(thing: Any, lang: str) -> str:
    """Return the title of an outcome or lever of a catalogue; its name where there is none."""
    return (thing.title_zh if lang == "zh" else thing.title_en) or thing.title_en or thing.name


def outcome_title(outcome: Any, setting: str, lang: str) -> str:
    """Return an outcome's title, with the setting if it is only a part."""
    title = title_of(outcome, lang)
    if setting == "all":
        return title
    return say("with_setting", lang, title=title, setting=name_of("setting", setting, lang))
