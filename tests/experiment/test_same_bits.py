"""Same input, same bits: golden fingerprints, on any processor and with any number of threads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from creditsim.experiment.run import run_replication
from creditsim.spec.scenario import load_scenario

GOLDEN_FILE = Path(__file__).with_name("golden.json")
GOLDEN = json.loads(GOLDEN_FILE.read_text(encoding="utf-8"))

# Another processor: NumPy and Numba without what newer ones offer, and another BLAS kernel.
OLD_PROCESSOR = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
    "NUMBA_CPU_NAME": "generic",
    "NUMBA_CPU_FEATURES": "",
    "OPENBLAS_CORETYPE": "Haswell",
    "PYTHONHASHSEED": "7",
    "LC_ALL": "C",
}


def fingerprints(threads=1):
    """Return the fingerprint of each golden scenario."""
    case = GOLDEN["case"]
    chosen = [
        load_scenario(name).with_(months=case["months"], burn_in_months=case["burn_in_months"])
        for name in GOLDEN["fingerprints"]
    ]
    results = run_replication(chosen, case["scale"], case["seed"], threads=threads)
    return {result.scenario: result.fingerprint for result in results}


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_golden_fingerprints(threads):
    """A changed one is meant: then say "Results change" and why in CHANGELOG.md, and run this file."""
    assert fingerprints(threads) == GOLDEN["fingerprints"]


def test_golden_fingerprints_on_an_old_processor():
    done = subprocess.run(
        [sys.executable, __file__, "--print"],
        env={**os.environ, **OLD_PROCESSOR},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == GOLDEN["fingerprints"]


if __name__ == "__main__":
    found = fingerprints()
    if "--print" in sys.argv:
        print(json.dumps(found))
    else:
        GOLDEN_FILE.write_text(
            json.dumps({**GOLDEN, "fingerprints": found}, indent=2) + "\n", encoding="utf-8"
        )
