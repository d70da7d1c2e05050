"""Hold the second implementation against the package, phase by phase or over whole runs.

The second implementation is written from docs/odd.md alone: one module a phase,
``phase_NN_name.py``, with one function of the phase's name,

    name(state, policy) -> None

that changes ``state`` (see plain_state.py for its form) as the phase says; ``policy`` is what it needs of a
scenario (plain_policy.py); draws come from naive_draws.py: ``word(state, slot, month, decision, index)``.
Phases keep nothing between calls; what several need stands in modules of its own. A phase without a module is
not covered, and is said to be so.

    python tests/reference/harness.py --phase awareness --scenario five-entries-2020 --months 3 --only village

steps a model of the package and, after each phase, prints the first differences in words.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from plain_policy import plain_policy
from plain_state import differences, plain_state

from creditsim.core.months import month_text
from creditsim.model.credit_model import CreditModel
from creditsim.model.month import PHASES
from creditsim.spec.scenario import load_scenario

NAMES = tuple(phase.__name__ for phase in PHASES)
"""The phases of a month in their order; that order is all that is taken from the package."""

Phase = Callable[[SimpleNamespace, SimpleNamespace], None]


def naive_phases() -> dict[str, Phase]:
    """Return the phases that the second implementation has, by name, in order."""
    found = {}
    for number, name in enumerate(NAMES, start=1):
        module = f"phase_{number:02d}_{name}"
        if (Path(__file__).parent / f"{module}.py").is_file():
            found[name] = getattr(importlib.import_module(module), name)
    return found


def check_phases(model: CreditModel, months: int, names: Iterable[str] = ()) -> dict[str, list[str]]:
    """Step a model and compare the state after each phase with that of the naive phase.

    Every naive phase starts from the package's state, so that each is judged by itself.

    Returns
    -------
    dict of str to list of str
        Phase to its differences in words, empty if there is none.
    """
    phases = {name: phase for name, phase in naive_phases().items() if not names or name in names}
    policy, found = plain_policy(model.policy), {name: [] for name in phases}
    state = model.state
    for _ in range(months):
        state.counts = np.zeros(state.counts.shape, np.int64)
        state.public = {}
        before = None
        for phase in PHASES:
            name = phase.__name__
            if name in phases and before is None:
                before = plain_state(state)
            phase(state, model.rules)
            if name not in phases:
                before = None
                continue
            phases[name](before, policy)
            after = plain_state(state)
            if len(found[name]) < 12:
                when = month_text(state.month)
                found[name] += [f"{when} {each}" for each in differences(after, before)]
            before = after
        state.month += 1
    return found


def naive_month(state: SimpleNamespace, policy: SimpleNamespace) -> None:
    """Simulate a month by the second implementation alone, and move on to the next month."""
    state.counts = {name: [0] * len(cells) for name, cells in state.counts.items()}
    state.public = {}
    for phase in naive_phases().values():
        phase(state, policy)
    state.month += 1


def check_run(model: CreditModel, months: int) -> list[str]:
    """Step both implementations side by side from one state, and compare after each month."""
    state, policy = plain_state(model.state), plain_policy(model.policy)
    for _ in range(months):
        model.step()
        naive_month(state, policy)
        found = differences(plain_state(model.state), state)
        if found:
            return [f"{month_text(state.month - 1)} {each}" for each in found]
    return []


def main(arguments: list[str] | None = None) -> int:
    """Compare phases of one scenario and print the differences; 1 if there are any."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phase", action="append", default=[], choices=NAMES)
    parser.add_argument("--scenario", default="five-entries-2020")
    parser.add_argument("--set", action="append", default=[], help="LEVER=VALUE")
    parser.add_argument("--months", type=int, default=2)
    parser.add_argument("--burn-in", type=int, default=6)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument(
        "--whole", action="store_true", help="whole months by the second implementation alone"
    )
    given = parser.parse_args(arguments)
    scenario = load_scenario(given.scenario).with_(burn_in_months=given.burn_in)
    scenario = scenario.with_levers(
        {name: _value(text) for name, _, text in (s.partition("=") for s in given.set)}
    )
    model = CreditModel(scenario, scale=given.scale, seed=given.seed, only=given.only, threads=1)
    found = (
        {"whole": check_run(model, given.months)}
        if given.whole
        else check_phases(model, given.months, given.phase)
    )
    for name, words in found.items():
        print(f"{name}: {'differs' if words else 'agrees'}", *words, sep="\n  ")
    return int(any(found.values()))


def _value(text: str) -> bool | float | str:
    """Read a lever's value as it would stand in a scenario."""
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text


if __name__ == "__main__":
    sys.exit(main())
