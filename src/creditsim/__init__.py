"""creditsim: compare the rules of a district's credit programme before rollout.

A synthetic population of people, enterprises, schools and public bodies lives under
alternative rules; outcomes and harms are compared on the same people with the same luck.
It compares rules. It never scores a real person or firm and takes no person-level data.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "Agency": "creditsim.model.views",
    "CivilServant": "creditsim.model.views",
    "Comparison": "creditsim.report.comparison",
    "CreditModel": "creditsim.model.credit_model",
    "Enterprise": "creditsim.model.views",
    "Experiment": "creditsim.spec.experiment",
    "InputError": "creditsim.core.errors",
    "Population": "creditsim.population.synthesis",
    "Resident": "creditsim.model.views",
    "Rulebook": "creditsim.scoring.rulebook",
    "Scenario": "creditsim.spec.scenario",
    "School": "creditsim.model.views",
    "Student": "creditsim.model.views",
    "Sweep": "creditsim.app.sweeps",
    "Teacher": "creditsim.model.views",
    "Villager": "creditsim.model.views",
    "attribute": "creditsim.app.attributing",
    "audit_rules": "creditsim.app.auditing",
    "build_population": "creditsim.population.synthesis",
    "build_ties": "creditsim.population.ties",
    "compare": "creditsim.app.api",
    "experiment_of": "creditsim.spec.experiment",
    "fit": "creditsim.app.fitting",
    "judge_rows": "creditsim.app.api",
    "load_experiment": "creditsim.spec.experiment",
    "load_fit": "creditsim.spec.fits",
    "load_rulebook": "creditsim.spec.rulebooks",
    "load_scenario": "creditsim.spec.scenario",
    "resume": "creditsim.app.api",
    "open_sweep": "creditsim.app.sweeps",
    "run": "creditsim.app.api",
    "scenario_names": "creditsim.spec.scenario",
    "sensitivity": "creditsim.app.sensitivity",
    "sweep": "creditsim.app.sweeps",
    "trace": "creditsim.app.tracing",
    "validate": "creditsim.app.api",
}
"""Where each public name lives; imported on first use, so that ``import creditsim`` is instant."""

__all__ = ["__version__", *sorted(_HOMES)]


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'creditsim' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
