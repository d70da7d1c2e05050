"""How large a run may be, and what may take part in it."""

from __future__ import annotations

LOWEST_SCALE, HIGHEST_SCALE = 0.01, 40.0
"""Size of a synthetic population against the district's."""

LARGEST_KEY = 2**32 - 1
"""The largest seed, and the largest number of a replication: draws are keyed by 32 bits each."""

MOST_REPLICATIONS = 1_000_000
MOST_SCENARIOS = 100
MOST_WORLDS = 10_000
