"""The comparison as readers hold it: summary, figures, report, files."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from creditsim.analysis.compare import VERDICTS, ComparedScenarios
from creditsim.core.errors import Fault, InputError, unknown
from creditsim.report.labels import LANGUAGES
from creditsim.report.sentences import lead
from creditsim.report.tables import summary_frame
from creditsim.report.workbook import write_workbook

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Comparison(ComparedScenarios):
    """A comparison of scenarios with its summary, figures, report and files.

    Made by `creditsim.compare`, or with `Comparison.from_outcomes` from a frame of outcomes.
    """

    def summary(self) -> pd.DataFrame:
        """Return one row a scenario and outcome, rounded, with interval text and verdict.

        Numbers are in the outcome's unit and None where it is not defined; full precision
        and the split by setting and group are in `to_frame`.
        """
        return summary_frame(self)

    def to_frame(self) -> pd.DataFrame:
        """Return all differences in full precision: scenario, outcome, setting, group, ...; a copy."""
        return self.differences.copy()

    def plot(
        self,
        outcome: str = "breaches",
        setting: str = "all",
        group: str = "all",
        ax: Axes | None = None,
        lang: str = "en",
    ) -> Axes:
        """Draw one outcome month by month: mean and range of the replications by scenario.

        Parameters
        ----------
        outcome : str
            Full name or nickname.
        setting, group : str
            Part to draw.

        Raises
        ------
        InputError
            If the outcome, or this part of it, is not in the comparison.
        """
        from creditsim.report.figures import plot_paths
        from creditsim.report.fonts import figure_language
        from creditsim.report.parts import group_name
        from creditsim.report.scenarios import baseline_first, programme_starts

        _check_language(lang)
        found = self._computed(outcome)
        self._check_part(found.name, setting, group)
        part = "" if group == "all" else group_name(self, group, figure_language(lang))
        return plot_paths(
            self.outcomes,
            found,
            baseline_first(self, figure_language(lang)),
            setting=setting,
            group=group,
            part=part,
            starts=programme_starts(self),
            ax=ax,
            lang=lang,
        )

    def plot_differences(
        self, outcome: str | None = None, by: str = "group", ax: Axes | None = None, lang: str = "en"
    ) -> Axes:
        """Draw differences to the baseline with intervals and the smallest relevant effect.

        Parameters
        ----------
        outcome : str, optional
            Without one: all behavioural outcomes and harms, each in multiples of its smallest
            relevant effect. With one: that outcome in its own unit, split by `by`.
        by : {"group", "setting", "area", "lead"}
            Groups of people, settings, areas of the district, or lead departments (costs only).
        """
        from creditsim.report.figures import plot_difference_forest, plot_difference_parts
        from creditsim.report.fonts import figure_language
        from creditsim.report.parts import SPLITS, outcome_parts, part_names
        from creditsim.report.scenarios import baseline_first

        _check_language(lang)
        titles = baseline_first(self, figure_language(lang))
        if outcome is None:
            kinds = ("behavioural", "harm")
            frame = self.headline()
            kind = frame["outcome"].map(lambda name: self.catalogue[name].kind)
            frame = frame[kind.isin(kinds)]
            # Behaviour first, then harms, each in the catalogue's order.
            frame = frame.sort_values("outcome", key=lambda _: kind[kind.isin(kinds)], kind="stable")
            return plot_difference_forest(frame, self.catalogue, titles, level=self.level, ax=ax, lang=lang)
        if by not in SPLITS:
            raise InputError(Fault(unknown(by, SPLITS, "split"), key="by"))
        found = self._computed(outcome)
        frame, parts = outcome_parts(self, found.name, by)
        if parts == ["all"]:
            raise InputError(Fault(f"{found.name} is not split by {by}", key="by"))
        names = part_names(self, by, parts, figure_language(lang))
        column = "setting" if by == "setting" else "group"
        return plot_difference_parts(frame, found, titles, names, by=column, ax=ax, lang=lang)

    def to_excel(self, path: str | Path) -> Path:
        """Write summary, all differences and monthly means to a workbook; return its path.

        Raises
        ------
        InputError
            If openpyxl is not installed.
        """
        keys = ["scenario", "outcome", "setting", "group", "month"]
        monthly = self.outcomes.groupby(keys, sort=True, observed=True)["value"].mean().reset_index()
        sheets = {"summary": self.summary(), "differences": self.to_frame(), "monthly means": monthly}
        with _writing(Path(path)):
            write_workbook(Path(path), sheets)
        return Path(path)

    def report(self, path: str | Path, lang: str = "en") -> Path:
        """Write the report, one HTML file that needs nothing else; return its path.

        Raises
        ------
        InputError
            If the language is unknown or the file cannot be written.
        """
        from creditsim.experiment.files import write_text
        from creditsim.report.document import document_html
        from creditsim.spec.levers import levers

        _check_language(lang)
        path = Path(path)
        with _writing(path):
            write_text(path, document_html(self, levers(), lang))
        return path

    def save(self, folder: str | Path, lang: str = "en") -> Path:
        """Write report.html, comparison.parquet and comparison.json into a folder; return it."""
        from creditsim.experiment.files import write_json, write_table

        _check_language(lang)
        folder = Path(folder)
        with _writing(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self.report(folder / "report.html", lang)
            write_table(folder / "comparison.parquet", self.to_frame())
            write_json(folder / "comparison.json", self.to_dict())
        return folder

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as one JSON object, with how far it can be believed."""
        from creditsim.report.credibility import credibility

        return {**super().to_dict(), "credibility": credibility().to_dict()}

    def __repr__(self) -> str:
        """Return what was compared and how many outcomes got which verdict."""
        lines = [
            f"Comparison with {self.baseline}: {self.replications} replications of {self.months} months, "
            f"scale {self.scale:g}, seed {self.seed}"
        ]
        verdicts = self.headline().groupby("scenario", sort=False)["verdict"]
        for label, found in verdicts:
            counts = found.value_counts()
            words = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if verdict in counts)
            lines.append(f"  {label}: {words}")
        return "\n".join([*lines, f"  fingerprint {self.fingerprint[:16]}"])

    def _repr_html_(self) -> str:
        """Return the heading and the summary as a table for notebooks."""
        heading = escape(lead(self))
        table = self.summary().to_html(index=False, border=0, na_rep="–")
        return f"<p>{heading}</p>\n{table}\n<p>fingerprint <code>{escape(self.fingerprint[:16])}</code></p>"

    def _computed(self, outcome: str) -> Any:
        """Return the outcome of a name or nickname if this comparison computed it."""
        found = self.outcome(outcome)
        names = list(self.outcomes["outcome"].unique())
        if found.name not in names:
            raise InputError(
                Fault(f"{found.name} was not computed; {unknown(outcome, names, 'outcome')}", key="outcome")
            )
        return found

    def _check_part(self, outcome: str, setting: str, group: str) -> None:
        """Raise if an outcome has no rows for a setting and group."""
        frame = self.outcomes[self.outcomes["outcome"] == outcome]
        faults = []
        for key, value in (("setting", setting), ("group", group)):
            known = list(frame[key].unique())
            if value not in known:
                faults.append(Fault(unknown(value, known, f"{key} of {outcome}"), key=key))
        if not faults and not ((frame["setting"] == setting) & (frame["group"] == group)).any():
            faults.append(Fault(f"{outcome} is not split by group within {setting}", key="group"))
        if faults:
            raise InputError(faults)


def _check_language(lang: str) -> None:
    """Raise if there are no words for a language."""
    if lang not in LANGUAGES:
        raise InputError(Fault(unknown(lang, LANGUAGES, "language"), key="lang"))


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Turn a file system's refusal into one line for the user."""
    try:
        yield
    except OSError as problem:
        raise InputError(Fault(f"cannot write here: {problem.strerror}", str(path))) from None
