"""How far a report can be believed: the level and what has been shown, said alike in every report."""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass
from typing import Any

from creditsim.analysis.validation import Tally, last_tally, validation_is_stale
from creditsim.report.labels import say
from creditsim.spec.patterns import last_validation


@dataclass(frozen=True)
class Credibility:
    """The level of credibility and the last validation behind it.

    Attributes
    ----------
    tally : Tally
        Patterns that were comparable and met.
    date, version : str
        Day of the last validation and version of creditsim then.
    stale : bool
        Whether model, data, patterns or measures have changed since.
    """

    tally: Tally
    date: str
    version: str
    stale: bool

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "level": say("credibility.level", "en"),
            **asdict(self.tally),
            "date": self.date,
            "version": self.version,
            "stale": self.stale,
        }

    def sentences(self, lang: str) -> list[str]:
        """Return it in sentences, the level first."""
        values = {**self.to_dict(), "level": say("credibility.level", lang)}
        keys = ["level_sentence", "shown", *(["stale"] if self.stale else []), "verified"]
        return [say(f"credibility.{key}", lang, **values) for key in keys]

    def line(self, lang: str) -> str:
        """Return it on one line, for a terminal."""
        values = {**self.to_dict(), "level": say("credibility.level", lang)}
        stale = say("credibility.short_stale", lang) if self.stale else ""
        return say("credibility.short", lang, **values) + stale


@functools.cache
def credibility() -> Credibility:
    """Return what the reports of this version say about themselves."""
    run, _ = last_validation()
    return Credibility(last_tally(), run.date, run.version, validation_is_stale())
