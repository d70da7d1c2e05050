"""Run a stored case again, from nothing but what its key was made of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditsim.core.errors import Fault, InputError
from creditsim.experiment.tasks import Failure, Task, run_task
from creditsim.model.case import versions_of_results
from creditsim.spec.scenario import Scenario


def reproduced(key: str, case: Mapping[str, Any]) -> str:
    """Return the fingerprint that a case's results have when it is run here and now.

    Parameters
    ----------
    key : str
    case : mapping
        As `creditsim.experiment.tasks.Finished` has it.

    Raises
    ------
    InputError
        If another version of creditsim made the case, or it cannot be run here.
    """
    other = [name for name, now in versions_of_results().items() if case[name] != now]
    if other:
        what = " and ".join({"model": "rules", "data": "data"}[name] for name in other)
        message = f"got a run of another version: its {what} are not those installed here"
        raise InputError(Fault(f"{message}; reproduce it with the version that made it", key=key[:12]))
    task = Task(
        (scenario_of(case["scenario"]),), (key,), case["scale"], case["seed"], case["replication"],
        tuple(case["only"]), tuple(case["outcomes"]),
    )  # fmt: skip
    (found,) = run_task(task)
    if isinstance(found, Failure):
        raise InputError(Fault(f"cannot be run again: {found.error}", key=key[:12]))
    return found.fingerprint


def scenario_of(
    inputs: Mapping[str, Any],
    name: str = "again",
    title: Mapping[str, str] | None = None,
    about: Mapping[str, str] | None = None,
) -> Scenario:
    """Return the scenario that `Scenario.inputs` gave; words decide nothing."""
    frame = {part: inputs[part] for part in ("population", "start", "months", "burn_in_months")}
    return Scenario(name, title or {}, about or {}, **frame, values=inputs["levers"])
