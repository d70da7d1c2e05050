"""Say on how many random small scenarios the second implementation agrees with the package, bit by bit.

    python tests/reference/agreement.py --scenarios 200

As long as the second implementation lacks phases, each of its phases is held against the package by itself,
from the package's state before it, in every month of every scenario. When it has all of them, whole runs are:
one state at the start of the reported months, then months by the second implementation alone.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from harness import NAMES, check_phases, check_run, naive_phases
from random_scenarios import random_model


def agreement(scenarios: int, first: int = 0) -> dict[str, Any]:
    """Compare so many random scenarios.

    Returns
    -------
    dict
        ``scenarios``: compared; ``agreed``: those without any difference; ``differences``: words by
        scenario and phase; ``phases``: those held against the package, each with the number of scenarios in
        which it agrees; ``missing``: those not yet written, so not compared;
        ``whole_runs``: whether whole runs were compared; ``months``: months compared.
    """
    phases = tuple(naive_phases())
    missing = [name for name in NAMES if name not in phases]
    agreed, months, differences, by_phase = 0, 0, {}, dict.fromkeys(phases, 0)
    for number in range(first, first + scenarios):
        model, length = random_model(number)
        found = check_phases(model, length)
        if not missing and not any(found.values()):
            found["whole run"] = check_run(random_model(number)[0], length)
        differs = {name: words for name, words in found.items() if words}
        for name in phases:
            by_phase[name] += name not in differs
        agreed, months = agreed + (not differs), months + length
        differences.update({f"{number} {name}": words for name, words in differs.items()})
        model.release()
    return {
        "scenarios": scenarios, "agreed": agreed, "differences": differences, "phases": by_phase,
        "missing": missing, "whole_runs": not missing, "months": months,
    }  # fmt: skip


def main(arguments: list[str] | None = None) -> int:
    """Print the agreement as JSON; 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenarios", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first random scenario")
    given = parser.parse_args(arguments)
    found = agreement(given.scenarios, given.first)
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return int(found["agreed"] != found["scenarios"])


if __name__ == "__main__":
    sys.exit(main())
