"""Tell what a run will take before it begins, and refuse what the machine has no room for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from creditsim.core.errors import InputError

if TYPE_CHECKING:
    from creditsim.app.printing import Voice
    from creditsim.spec.scenario import Scenario


def hold_to_memory(
    scenarios: Sequence[Scenario],
    scale: float,
    months: int | None = None,
    workers: int = 1,
    engine: str = "compiled",
    written: bool = False,
    voice: Voice | None = None,
) -> None:
    """Show the memory plan of a run, a small one's only if more is wanted; refuse what does not fit.

    Parameters
    ----------
    scenarios : sequence of Scenario
        Those that share a population, in order.
    months : int, optional
        Horizon instead of the scenarios' own.
    workers : int
        Processes that each run all scenarios.
    written : bool
        Whether the tables of agents and ledger are written.
    voice : Voice, optional
        Without one nothing is shown.

    Raises
    ------
    InputError
        If a large run needs more memory than there is.
    """
    from creditsim.experiment import memory_plan
    from creditsim.experiment.run import world_key

    chosen = [each if months is None else each.with_(months=months) for each in scenarios]
    states = memory_plan.states_at_once([world_key(each) for each in chosen])
    plan = memory_plan.plan_of(chosen, scale, states, workers, engine, written)
    if voice:
        (voice.remark if plan.is_large else voice.detail)(str(plan))
    faults = plan.faults(memory_plan.available_memory())
    if faults:
        raise InputError(faults)
