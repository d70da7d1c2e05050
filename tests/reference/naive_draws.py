"""Draws of the second implementation: Philox4x32-10 in whole numbers, and the shipped tables as lists.

Written from section 4 (Stochasticity) of docs/odd.md. The numbers of the decisions are those of its table.
"""

from __future__ import annotations

import functools

import numpy as np

from creditsim.core.shipped import data_path

WORD = 0xFFFFFFFF
TWO_32 = 4294967296.0

DECISIONS = {
    "OPPORTUNITY": 1, "ACT": 2, "VISIT": 3, "FALSE_RECORD": 4, "VERIFY": 5, "AWARENESS": 6, "APPEAL": 7,
    "REPAIR": 8, "CONSENT": 9, "FILE_OPENED": 10, "NORM_SIGNAL": 11, "ROLLOUT": 12, "ABILITY": 13,
    "REWARD": 14, "CONTEST": 15, "TRADE": 16, "TURNOVER": 17, "QUOTA": 18, "TRAINING": 19,
    "PUBLIC_BODY": 20, "SUPERVISION": 21, "ERRAND": 22, "PROCUREMENT": 23, "MIGRATION": 24, "ENTRANT": 26,
    "ROLE_MODEL": 27, "NOTICE": 29, "PERSON": 100, "HOUSEHOLD": 101, "PLACE": 102, "DISPOSITION": 103,
    "INCOME": 104, "LINK": 105, "FIRM": 106, "SUPPLY": 107, "MEANS": 108, "DESIGN": 200,
}  # fmt: skip


def block(state, slot: int, month: int, decision: str, number: int = 0) -> tuple[int, int, int, int]:
    """Return the four 32-bit words of one block of a decision."""
    x0, x1, x2, x3 = slot, month, DECISIONS[decision], number
    k0, k1 = state.seed, state.replication
    for _ in range(10):
        p0, p1 = 0xD2511F53 * x0, 0xCD9E8D57 * x2
        x0, x1, x2, x3 = (p1 >> 32) ^ x1 ^ k0, p1 & WORD, (p0 >> 32) ^ x3 ^ k1, p0 & WORD
        k0, k1 = (k0 + 0x9E3779B9) & WORD, (k1 + 0xBB67AE85) & WORD
    return x0, x1, x2, x3


def word(state, slot: int, month: int, decision: str, index: int = 0) -> int:
    """Return word number `index` of a decision: lane index mod 4 of block index // 4."""
    return block(state, slot, month, decision, index // 4)[index % 4]


def below(probability: float) -> int:
    """Return the number below which a word says yes: floor of p times 2**32."""
    return int(probability * TWO_32)


@functools.cache
def logistic_noise() -> list[float]:
    """Return the shipped 65,536 logistic quantiles."""
    return np.load(data_path("tables", "logistic_quantiles_65536.npy")).tolist()


@functools.cache
def normal_quantiles() -> list[float]:
    """Return the shipped 4,096 standard normal quantiles."""
    return np.load(data_path("tables", "normal_quantiles_4096.npy")).tolist()


@functools.cache
def lognormal_multipliers(log_sd: float) -> list[float]:
    """Return exp(log_sd z) at the 4,096 normal mid-points."""
    return [portable_exp(log_sd * z) for z in normal_quantiles()]


def portable_exp(x: float) -> float:
    """Return e to the x by halving, a Taylor polynomial of degree 9, and squaring back."""
    halvings = 0
    while abs(x) > 1 / 64:
        x, halvings = x * 0.5, halvings + 1
    term = total = 1.0
    for n in range(1, 10):
        term = term * x / n
        total = total + term
    for _ in range(halvings):
        total = total * total
    return total
