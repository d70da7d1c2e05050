"""The validation as readers hold it: table, figure, sentences, files."""

from __future__ import annotations

import math
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditsim.analysis.validation import ROUNDS, HeldPattern, ValidatedPatterns
from creditsim.report.labels import name_of, say, title_of
from creditsim.report.numbers import NOTHING
from creditsim.spec.patterns import PatternFinding, last_validation, patterns

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

SHOWN = ("p_number", "title", "role", "observed", "band", "simulated", "interval", "status")
"""Columns of the table for people."""


class Validation(ValidatedPatterns):
    """The patterns of the field as held against the simulation; made by `creditsim.validate`.

    In a terminal and in notebooks it shows itself as a table with what was found below it.
    """

    @classmethod
    def last(cls) -> Validation:
        """Return the last validation that travels with the package (data/validation.yaml); nothing runs.

        Examples
        --------
        >>> Validation.last().scale
        0.1
        """
        run, findings = last_validation()
        held = tuple(
            HeldPattern(pattern, *_measured(findings[name]), findings[name].replications)
            for name, pattern in patterns().items()
        )
        return cls(held, run.seed, run.replications, run.scale, run.inputs)

    def lines(self, lang: str = "en") -> list[dict[str, Any]]:
        """Return one plain dictionary a pattern, ready for JSON, in the order of data/patterns.yaml."""
        return [_line(each, lang) for each in self.found]

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Return the validation as one JSON object: the patterns, and the level of credibility."""
        return {
            "patterns": self.lines(lang),
            "credibility": {
                "level": say("credibility.level", lang),
                **vars(self.tally),
                "seed": self.seed,
                "replications": self.replications,
                "scale": self.scale,
                "inputs": self.inputs,
                "fingerprint": self.fingerprint,
            },
        }

    def to_frame(self, lang: str = "en") -> pd.DataFrame:
        """Return `lines` as a frame; the interval in two columns."""
        import pandas as pd

        lines = []
        for line in self.lines(lang):
            low, high = line.pop("interval")
            line["moved_by"] = " ".join(line["moved_by"])
            lines.append({**line, "interval_low": low, "interval_high": high})
        return pd.DataFrame(lines)

    def rows(self, lang: str = "en") -> list[list[str]]:
        """Return the table for people: one list of texts a pattern, columns as `SHOWN`."""
        return [_shown(each, lang) for each in self.found]

    def head(self, lang: str = "en") -> list[str]:
        """Return the names of the table's columns."""
        return [say(f"validation.head.{name}", lang) for name in SHOWN]

    def sentences(self, lang: str = "en") -> list[str]:
        """Return what was found in sentences: the tally, how it was run, the level of credibility."""
        tally = self.tally
        share = f"{tally.hold_outs_met / tally.hold_outs:.0%}" if tally.hold_outs else NOTHING
        counts = {
            **vars(tally),
            "not_met": tally.comparable - tally.met,
            "not_comparable": len(self.found) - tally.comparable,
            "percent": share,
        }
        most = ROUNDS * self.replications
        run = {"seed": self.seed, "scale": self.scale, "replications": self.replications, "most": most}
        level = say("credibility.level", lang)
        return [
            say("validation.tally", lang, **counts),
            say("validation.run", lang, **run),
            say("credibility.level_sentence", lang, level=level),
        ]

    def explanations(self, lang: str = "en") -> list[tuple[str, str]]:
        """Return what is doubtful and what would tell, or why there is nothing to compare, by title."""
        found = []
        for each in self.found:
            line = _line(each, lang)
            if each.status == "not met":
                told = [
                    f"{say(f'validation.{key}', lang)}: {line[key] or say('validation.unexplained', lang)}"
                    for key in ("doubt", "would_tell")
                ]
                found.append((_name(each, lang), "; ".join([line["why"], *told])))
            elif each.status == "not comparable":
                found.append((_name(each, lang), line["why"]))
        return found

    def plot(self, ax: Axes | None = None, lang: str = "en") -> Axes:
        """Draw each pattern's band and the simulated interval, one row a pattern."""
        from creditsim.report.validation_figure import plot_validation

        return plot_validation(self.found, ax, lang)

    def save(self, folder: str | Path, lang: str = "en") -> Path:
        """Write validation.csv, validation.json and validation.png into a folder; return it."""
        from creditsim.experiment.files import write_json, write_text
        from creditsim.report.validation_figure import draw_validation

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / "validation.csv", self.to_frame(lang).to_csv(index=False, lineterminator="\n"))
        write_json(folder / "validation.json", self.to_dict(lang))
        # Without matplotlib's own version in it, the same findings give the same bytes.
        figure = draw_validation(self.found, lang)
        figure.savefig(folder / "validation.png", dpi=120, metadata={"Software": None})
        return folder

    def __repr__(self) -> str:
        """Return the table as text, and what was found."""
        import pandas as pd

        table = pd.DataFrame(self.rows(), columns=self.head()).to_string(index=False)
        return "\n".join([table, *self.sentences()])

    def _repr_html_(self) -> str:
        """Return the table for notebooks, what was found, and the explanations."""
        import pandas as pd

        table = pd.DataFrame(self.rows(), columns=self.head()).to_html(index=False, border=0)
        sentences = "".join(f"<p>{escape(each)}</p>" for each in self.sentences())
        told = "".join(
            f"<li><b>{escape(name)}</b>: {escape(text)}</li>" for name, text in self.explanations()
        )
        return f"{table}\n{sentences}\n<ul>{told}</ul>"


def band_text(low: float | None, high: float | None, lang: str = "en") -> str:
    """Return a band as text; one side may be open.

    Examples
    --------
    >>> band_text(0.1, 0.2), band_text(None, 1.0), band_text(None, None)
    ('0.1 to 0.2', '<= 1', '–')
    """
    if low is None and high is None:
        return NOTHING
    if low is None:
        return f"<= {high:g}"
    return f">= {low:g}" if high is None else f"{low:g} {'至' if lang == 'zh' else 'to'} {high:g}"


def why_text(held: HeldPattern, lang: str) -> str:
    """Return why a pattern has its status."""
    if held.position == "not_comparable":
        return held.pattern.told("not_comparable", lang)
    return say(f"validation.why.{held.position}", lang, replications=held.replications)


def _line(held: HeldPattern, lang: str) -> dict[str, Any]:
    """Return one pattern as plain values: first the keys of the fixed shape, then what explains them."""
    pattern = held.pattern
    open_question = held.status == "not met"
    value, low, high = (None if math.isnan(each) else each for each in (held.value, held.low, held.high))
    return {
        "id": pattern.name,
        "role": pattern.role,
        "observed": pattern.observed,
        "low": pattern.low,
        "high": pattern.high,
        "simulated": value,
        "status": held.status,
        "p_number": pattern.p_number,
        "title": title_of(pattern, lang),
        "interval": [low, high],
        "replications": held.replications,
        "position": held.position,
        "moved_by": list(pattern.moved_by),
        "why": why_text(held, lang),
        "doubt": (pattern.told("doubt", lang) or None) if open_question else None,
        "would_tell": (pattern.told("would_tell", lang) or None) if open_question else None,
        "source": pattern.source,
        "confidence": pattern.confidence,
    }


def _name(held: HeldPattern, lang: str) -> str:
    """Return a pattern's number and title."""
    number = held.pattern.p_number
    return f"{number} {title_of(held.pattern, lang)}" if number else title_of(held.pattern, lang)


def _shown(held: HeldPattern, lang: str) -> list[str]:
    """Return one line of the table for people."""
    pattern = held.pattern
    interval = NOTHING
    if not math.isnan(held.low):
        interval = f"{held.low:.3g} {'至' if lang == 'zh' else 'to'} {held.high:.3g}"
    return [
        pattern.p_number or NOTHING,
        title_of(pattern, lang),
        name_of("pattern_role", pattern.role, lang),
        NOTHING if pattern.observed is None else f"{pattern.observed:g}",
        band_text(pattern.low, pattern.high, lang),
        NOTHING if math.isnan(held.value) else f"{held.value:.3g}",
        interval,
        say(f"validation.{held.status}", lang),
    ]


def _measured(finding: PatternFinding) -> tuple[float, ...]:
    """Return mean and interval of a finding; NaN where the pattern is not comparable."""
    numbers = (finding.simulated, finding.low, finding.high)
    return tuple(math.nan if number is None else number for number in numbers)
