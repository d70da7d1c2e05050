"""Every draw is a function of who draws, what for, and when: Philox4x32-10.

key = (seed, replication), counter = (slot, month, decision, block); 32 bits each. The
policy is never in the key, so scenarios share luck (common random numbers), neither
threads nor order matter, and an added agent changes nobody else's draws.

Packing, fixed for good because every golden number hangs on it: a block gives four
words of 32 bits. Blocks under `OPPORTUNITY` give sixteen activities eight bits each, and
further bits only where these do not tell (see model/opportunities.py); the block ``k``
under `ACT` gives, in this order, noise (high 16 bits) with the amount at stake (low 16),
detection, filing, and verification of activity ``k``.

Source: Salmon, Moraes, Dror, Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3",
SC11; checked in the tests against the known answers that the authors publish.
"""

from __future__ import annotations

import functools
import hashlib

import numpy as np

from creditsim.core.compiled import compiled, compiled_inline
from creditsim.core.shipped import data_path

WORD = 0xFFFFFFFF
"""The largest 32-bit word."""

TWO_32 = 4294967296.0
"""Number of values of a 32-bit word, as a float."""

BLOCK_ROWS = 512
"""Rows for which draws are made together: enough for the compiler's loop, little enough for the cache."""

# Decisions by name. A number, once given, is never given again.
OPPORTUNITY = 1
ACT = 2
VISIT = 3
FALSE_RECORD = 4
VERIFY = 5
AWARENESS = 6
APPEAL = 7
REPAIR = 8
CONSENT = 9
FILE_OPENED = 10
NORM_SIGNAL = 11
ROLLOUT = 12
ABILITY = 13
REWARD = 14
CONTEST = 15
TRADE = 16
TURNOVER = 17
QUOTA = 18
TRAINING = 19
PUBLIC_BODY = 20
SUPERVISION = 21
ERRAND = 22
PROCUREMENT = 23
MIGRATION = 24
ENTRANT = 26
ROLE_MODEL = 27
NOTICE = 29
PERSON = 100
HOUSEHOLD = 101
PLACE = 102
DISPOSITION = 103
INCOME = 104
LINK = 105
FIRM = 106
SUPPLY = 107
MEANS = 108
DESIGN = 200

LOGISTIC_SHA256 = "4cffdc73c7ac5f9c6ac9d9760756d322dcc3c29c5e94c8250d03b6504353447e"
NORMAL_SHA256 = "458633ec8b12a2c93fd238a95ce251965e578963c70c9e449340999d91b1658e"


@compiled_inline
def philox(seed, replication, slot, month, decision, block):
    """Return four 32-bit words of the block, as int64.

    Unsigned inside: a product of two 32-bit words always fits, so that the compiled form and
    the Python form are one text, and a loop over slots compiles to a few blocks at a time.
    """
    word, half = np.uint64(0xFFFFFFFF), np.uint64(32)
    x0, x1, x2, x3 = np.uint64(slot), np.uint64(month), np.uint64(decision), np.uint64(block)
    k0, k1 = np.uint64(seed), np.uint64(replication)
    for _ in range(10):
        p0 = np.uint64(0xD2511F53) * x0
        p1 = np.uint64(0xCD9E8D57) * x2
        x0, x1, x2, x3 = (p1 >> half) ^ x1 ^ k0, p1 & word, (p0 >> half) ^ x3 ^ k1, p0 & word
        k0 = (k0 + np.uint64(0x9E3779B9)) & word
        k1 = (k1 + np.uint64(0xBB67AE85)) & word
    return np.int64(x0), np.int64(x1), np.int64(x2), np.int64(x3)


@compiled_inline
def word(seed, replication, slot, month, decision, index):
    """Return the 32-bit word number `index` of one agent's decision in one month."""
    x0, x1, x2, x3 = philox(seed, replication, slot, month, decision, index >> 2)
    lane = index & 3
    low, high = (x1 if lane == 1 else x0), (x3 if lane == 3 else x2)
    return low if lane < 2 else high


@compiled
def fill_words(seed, replication, slots, month, decision, index, out):
    """Fill `out` (int64) with one word for each slot."""
    for row in range(slots.shape[0]):
        out[row] = word(seed, replication, slots[row], month, decision, index)


def words(
    seed: int, replication: int, slots: np.ndarray, month: int, decision: int, index: int = 0
) -> np.ndarray:
    """Return one 32-bit word for each slot, as ``int64``."""
    out = np.empty(len(slots), dtype=np.int64)
    fill_words(seed, replication, np.asarray(slots), month, decision, index, out)
    return out


@compiled
def fill_blocks(seed, replication, slots, month, decision, block, out):
    """Fill `out` (uint32, four rows) with the four words of one block for each slot.

    Over a few hundred slots at a time this takes a seventh of as many calls of `philox`.
    """
    for row in range(slots.shape[0]):
        out[0, row], out[1, row], out[2, row], out[3, row] = philox(
            seed, replication, slots[row], month, decision, block
        )


def blocks(seed: int, replication: int, slots: np.ndarray, month: int, decision: int) -> np.ndarray:
    """Return the four words of block 0 of a decision for each slot, as ``uint32``, shape (4, slots)."""
    out = np.empty((4, len(slots)), np.uint32)
    fill_blocks(seed, replication, slots, month, decision, 0, out)
    return out


@compiled
def fill_own_blocks(seed, replication, slots, month, decision, blocks, out):
    """Fill `out` (uint32, four rows) with the four words of each slot's own block."""
    for row in range(slots.shape[0]):
        out[0, row], out[1, row], out[2, row], out[3, row] = philox(
            seed, replication, slots[row], month, decision, blocks[row]
        )


@compiled
def fill_paired_words(seed, replication, slots, month, decision, indices, out):
    """Fill `out` (int64) with word `indices[i]` of slot `slots[i]`."""
    for row in range(slots.shape[0]):
        out[row] = word(seed, replication, slots[row], month, decision, indices[row])


def paired_words(
    seed: int, replication: int, slots: np.ndarray, month: int, decision: int, indices: np.ndarray
) -> np.ndarray:
    """Return for each slot the 32-bit word of its own index, as ``int64``."""
    out = np.empty(len(slots), dtype=np.int64)
    fill_paired_words(seed, replication, np.asarray(slots), month, decision, np.asarray(indices), out)
    return out


def threshold(probability: float) -> int:
    """Return the integer below which a 32-bit word means yes, for a probability in [0, 1].

    Raises
    ------
    ValueError
        If the probability lies outside [0, 1].
    """
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"got a probability of {probability}, expected 0 to 1")
    return int(probability * TWO_32)


@functools.cache
def logistic_quantiles() -> np.ndarray:
    """Return the shipped table of 65,536 logistic quantiles at the mid-points, float64."""
    return _table("logistic_quantiles_65536.npy", LOGISTIC_SHA256)


@functools.cache
def normal_quantiles() -> np.ndarray:
    """Return the shipped table of 4,096 standard normal quantiles at the mid-points, float64."""
    return _table("normal_quantiles_4096.npy", NORMAL_SHA256)


@functools.cache
def lognormal_multipliers(log_sd: float) -> np.ndarray:
    """Return 4,096 multipliers of the median for a lognormal amount, read-only float64."""
    table = np.array([exp_portable(log_sd * z) for z in normal_quantiles().tolist()])
    table.setflags(write=False)
    return table


@compiled
def exp_portable(x):
    """Return e to the x from additions and products only: the same bits on every machine.

    The argument is halved until it is below 1/64 in size, a Taylor polynomial of degree
    9 is taken, and the result squared back; relative error below 1e-11 for x from -40 to 40.
    """
    halvings = 0
    while x > 0.015625 or x < -0.015625:
        x = x * 0.5
        halvings += 1
    term = 1.0
    total = 1.0
    for n in range(1, 10):
        term = term * x / n
        total = total + term
    for _ in range(halvings):
        total = total * total
    return total


def _table(name: str, sha256: str) -> np.ndarray:
    """Load a shipped table and check that it is the one the golden numbers rest on."""
    table = np.load(data_path("tables", name), allow_pickle=False).astype("<f8")
    found = hashlib.sha256(table.tobytes()).hexdigest()
    if found != sha256:
        raise ValueError(f"{name}: SHA-256 {found}, expected {sha256}; install the package again")
    table.setflags(write=False)
    return table
