"""Which scenario is which: titles, order, starts of programmes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditsim.analysis.compare import ComparedScenarios


def scenario_titles(scenarios: Mapping[str, Any], lang: str) -> dict[str, str]:
    """Return a title for each scenario by label, all different.

    A scenario given twice keeps the number of its label; two scenarios of one title get
    their labels.
    """
    titles = {}
    for label, scenario in scenarios.items():
        title = scenario.title.get(lang) or scenario.title.get("en") or scenario.name
        titles[label] = title + label.removeprefix(scenario.name)
    seen = list(titles.values())
    return {
        label: title if seen.count(title) == 1 else f"{title} [{label}]" for label, title in titles.items()
    }


def compared(comparison: ComparedScenarios) -> list[str]:
    """Return the labels of the scenarios that are held against the baseline."""
    return [label for label in comparison.scenarios if label != comparison.baseline]


def baseline_first(comparison: ComparedScenarios, lang: str) -> dict[str, str]:
    """Return scenario titles by label, the baseline first, as figures want them."""
    titles = scenario_titles(comparison.scenarios, lang)
    return {label: titles[label] for label in [comparison.baseline, *compared(comparison)]}


def programme_starts(comparison: ComparedScenarios) -> dict[str, dict[str, str]]:
    """Return the months in which pilots and all sites start, for each scenario that says so."""
    starts: dict[str, dict[str, str]] = {}
    for label, scenario in comparison.scenarios.items():
        for mark, lever in (("pilot", "rollout.pilot_start_date"), ("start", "rollout.full_start_date")):
            month = str(scenario.values.get(lever, "never"))[:7]
            if month != "never":
                starts.setdefault(label, {})[mark] = month
    return starts
