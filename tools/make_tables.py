"""Make the shipped quantile tables, correctly rounded, and print their SHA-256.

Run from the repository root with mpmath installed: ``python tools/make_tables.py``.
The result depends on no processor: each value is computed with 60 digits and rounded once.
"""

import hashlib
from pathlib import Path

import mpmath
import numpy as np

TABLES = Path(__file__).resolve().parents[1] / "data" / "tables"


def logistic_quantile(share):
    """Return ln(u / (1 - u))."""
    return mpmath.log(share / (1 - share))


def normal_quantile(share):
    """Return the standard normal quantile."""
    return mpmath.sqrt(2) * mpmath.erfinv(2 * share - 1)


def write_table(name, quantile, size):
    """Write the quantiles at the mid-points (i + 1/2) / size; the lower half mirrors the upper."""
    upper = [float(quantile(mpmath.mpf(2 * i + 1) / (2 * size))) for i in range(size // 2, size)]
    table = np.array([-value for value in reversed(upper)] + upper, dtype="<f8")
    np.save(TABLES / name, table)
    print(name, hashlib.sha256(table.tobytes()).hexdigest())


if __name__ == "__main__":
    mpmath.mp.dps = 60
    write_table("logistic_quantiles_65536.npy", logistic_quantile, 65536)
    write_table("normal_quantiles_4096.npy", normal_quantile, 4096)
