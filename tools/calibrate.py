"""Write data/calibration.yaml anew: ``make calibrate`` (full size, about two minutes)."""

import os
from pathlib import Path

from creditsim.analysis.calibration import calibration_inputs, solve_corrections
from creditsim.spec.activities import activities

TARGET = Path(__file__).resolve().parents[1] / "data" / "calibration.yaml"
SEED, REPLICATIONS, SCALE = 2019, 3, 1.0

HEAD = """\
# Corrections of the activities' constants (alpha): with them the simulated status quo of 2019 meets the base
# rates. Made by: make calibrate. Not edited by hand; a test says when it must be made anew.
# {replications} replications of seed {seed} at scale {scale:g}; the burn-in's last twelve months are counted.
# An activity whose share was within three standard errors of its base rate has no correction.
format: 1
title: {{en: Corrections of the activities' constants, zh: 行为常数校正}}
inputs: {inputs}

corrections:
"""


def main():
    """Solve, and write the file."""
    empty = HEAD.format(replications=REPLICATIONS, seed=SEED, scale=SCALE, inputs=calibration_inputs())
    TARGET.write_text(empty.rstrip() + " {}\n", encoding="utf-8")
    added, before, after = solve_corrections(SCALE, SEED, REPLICATIONS, os.cpu_count() or 1, print)
    lines = [empty]
    for k in sorted(added):
        activity = activities()[k]
        lines.append(
            f"  {activity.id}: {{alpha: {added[k]:.17g}, opportunities: {int(after.met[k])}, "
            f"target_share: {activity.base_rate:g}, before_share: {before.shares[k]:.6f}, "
            f"after_share: {after.shares[k]:.6f}}}\n"
        )
    TARGET.write_text("".join(lines), encoding="utf-8")
    print(f"wrote {TARGET.name}: {len(added)} corrections")


if __name__ == "__main__":
    main()
