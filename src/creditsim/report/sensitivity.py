"""A sensitivity study as readers hold it: tables, figures, plain values."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditsim.analysis.sensitivity.listed import study_record
from creditsim.analysis.sensitivity.study import OF_DIFFERENCES, OF_LEVELS, Study
from creditsim.core.errors import Fault, InputError, unknown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

    from creditsim.analysis.sensitivity.known import KnownFunction
    from creditsim.experiment.recorded import Recorded


class Sensitivity:
    """What assumptions matter: one study an output, the first is the main one.

    Made by `creditsim.sensitivity` or `Sweep.sensitivity`.

    Attributes
    ----------
    studies : tuple of Study
        Of differences to the baseline first, by outcome and scenario; then of levels.
    recorded : Recorded or None
        The experiment in its store; None for a function.
    fingerprint : str or None
        Of the runs.
    known : KnownFunction or None
        The function's indices in closed form, if it has them.
    """

    def __init__(
        self,
        studies: Sequence[Study],
        recorded: Recorded | None = None,
        fingerprint: str | None = None,
        known: KnownFunction | None = None,
    ):
        self.studies = tuple(sorted(studies, key=lambda study: study.output == OF_LEVELS))
        self.recorded, self.fingerprint, self.known = recorded, fingerprint, known

    @property
    def main(self) -> Study:
        """The first study: of the first outcome, and the first scenario's difference to the baseline."""
        return self.studies[0]

    def study(self, outcome: str | None = None, scenario: str | None = None, level: bool = False) -> Study:
        """Return the study of an outcome and scenario: of the difference, or of the level.

        Raises
        ------
        InputError
            If there is none.
        """
        from creditsim.spec.outcomes import outcome_named

        name = self.main.outcome if outcome is None else outcome_named(outcome).name
        for each in self.studies:
            fits = each.outcome == name and scenario in (None, each.scenario)
            if fits and (each.output == OF_LEVELS) == level:
                return each
        known = [f"{each.outcome} under {each.scenario}" for each in self.studies]
        raise InputError(Fault(unknown(f"{name} under {scenario}", known, "study"), key="outcome"))

    def to_dict(self) -> dict[str, Any]:
        """Return the main study as plain values for JSON, all others under ``others``."""
        return {
            **self.main.to_dict(),
            "fingerprint": self.fingerprint,
            "closed_form": self.closed_form(),
            "others": [each.to_dict() for each in self.studies[1:]],
        }

    def closed_form(self) -> dict[str, Any] | None:
        """Return a known function's indices, and the largest error of the estimates; None for others."""
        if self.known is None:
            return None
        errors = [
            abs(found - exact[each.name])
            for each in self.main.factors
            for found, exact in ((each.S1, self.known.S1), (each.ST, self.known.ST))
            if found is not None
        ]
        return {
            "S1": dict(self.known.S1), "ST": dict(self.known.ST), "largest_error": max(errors, default=None),
        }  # fmt: skip

    def record(self, command: str, date: str) -> dict[str, Any]:
        """Return the studies of differences with their passport, as they are shipped."""
        return study_record(self.recorded, self.studies, self.main.replications, command, date)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a study and factor."""
        import pandas as pd

        frames = [each.to_frame().assign(output=each.output) for each in self.studies]
        return pd.concat(frames, ignore_index=True)

    def plot_tornado(
        self,
        outcome: str | None = None,
        scenario: str | None = None,
        ax: Axes | None = None,
        lang: str = "en",
    ) -> Axes:
        """Draw the difference at both ends of each factor's range, the most important on top."""
        from creditsim.report.sensitivity_figures import plot_tornado, tornado_frame

        study = self.study(outcome, scenario)
        if study.output != OF_DIFFERENCES:
            raise InputError(Fault("got a function, expected an experiment: a tornado is of its scan"))
        return plot_tornado(tornado_frame(study, lang), study, ax=ax, lang=lang)

    def plot_heat_map(self, ax: Axes | None = None, lang: str = "en") -> Axes:
        """Draw how much each factor matters for each difference, as shares of the largest."""
        from creditsim.report.sensitivity_figures import heat_map_frame, plot_heat_map

        return plot_heat_map(heat_map_frame(self.studies, lang), self.main.screening.method, ax=ax, lang=lang)

    def save(self, folder: str | Path, lang: str = "en") -> Path:
        """Write sensitivity.json, sensitivity.csv and the figures into a folder; return it."""
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        from creditsim.core.files import write_whole
        from creditsim.experiment.files import write_json, write_text
        from creditsim.report.figures import figure_style

        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / "sensitivity.json", self.to_dict())
        write_text(folder / "sensitivity.csv", self.to_frame().to_csv(index=False, lineterminator="\n"))
        drawn = {"heat_map": lambda ax: self.plot_heat_map(ax, lang)}
        for study in self.studies:
            if study.output == OF_DIFFERENCES:
                name = f"tornado_{study.outcome}_{study.scenario}".replace("/", "_")
                drawn[name] = functools.partial(
                    lambda ax, each: self.plot_tornado(each.outcome, each.scenario, ax, lang), each=study
                )
        for name, draw in drawn.items():
            with figure_style(lang):
                figure = Figure(figsize=(11, 7), layout="constrained")
                FigureCanvasAgg(figure)
                draw(figure.add_subplot())
                save = functools.partial(figure.savefig, format="png", dpi=130, metadata={"Software": None})
                write_whole(folder / f"{name}.png", save)
        return folder

    def __repr__(self) -> str:
        """Return the main study as text."""
        study = self.main
        of = f" of {study.scenario} against {study.baseline}" if study.baseline else ""
        head = f"{study.screening.method}: {study.outcome}{of}, {study.runs:,} runs"
        columns = ["name", "rank", "value", "low", "high", "switching", "switching_value"]
        return head + "\n" + study.to_frame()[columns].to_string(index=False, na_rep="")

    def _repr_html_(self) -> str:
        """Return the main study as a table for notebooks."""
        return self.main.to_frame().to_html(index=False, na_rep="", float_format="{:.3g}".format)


def listed_value(value: Any, unit: str, lang: str, unit_too: bool = True) -> str:
    """Return a factor's value as text, with its unit unless that is not wanted."""
    from creditsim.report.numbers import lever_text, unit_text

    if isinstance(value, float):
        value = float(f"{value:.3g}")
    text = lever_text(value, unit, lang)
    words = unit_text(unit, lang) if unit and unit_too else ""
    gap = "" if words in ("%", "") else " "
    return f"{text}{gap}{words}"


def switching_text(factor: Mapping[str, Any], lang: str) -> str:
    """Return a factor's switching value in words.

    Parameters
    ----------
    factor : mapping
        Keys of a study's factor, see docs/formats.md.
    """
    from creditsim.report.labels import name_of, say

    found, unit = factor["switching"], factor["unit"]
    state = found["state"]
    verdict = name_of("verdict", found["verdict"], lang) if found["verdict"] else ""
    if state == "within":
        ends = [
            say("switch.end", lang) if found[end] is None else listed_value(found[end], unit, lang)
            for end in ("low", "high")
        ]
        value = listed_value(found["value"], unit, lang)
        return say("switch.within", lang, value=value, low=ends[0], high=ends[1], verdict=verdict)
    if state == "beyond":
        return say("switch.beyond", lang, value=listed_value(found["value"], unit, lang), verdict=verdict)
    if state == "none" and found["doubtful_from"] is not None:
        value = listed_value(found["doubtful_from"], unit, lang)
        return say("switch.doubtful", lang, value=value, verdict=verdict)
    return say(f"switch.{state.replace(' ', '_')}", lang, verdict=verdict)
