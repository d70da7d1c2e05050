"""Which scenario is which: titles, order, starts of programmes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from creditsim.analysis.compare import ComparedScenarios

if TYPE_CHECKING:
    from creditsim.spec.scenario import Scenario


def scenario_titles(scenarios: Mapping[str, Scenario], lang: str) -> dict[str, str]:
    """Return a title for each scenario by label; scenarios of one title get their labels too."""
    titles = {
        label: scenario.title.get(lang) or scenario.title.get("en") or label
        for label, scenario in scenarios.items()
    }
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
