"""Bits of what an agent did in a month (`state.deeds`), and small things that several late phases need."""

from __future__ import annotations

BREACHED, DID_GOOD, GOT_GOODS, GOT_CASH, FOUND_OUT, NOT_ABLE, HARSH = 1, 2, 4, 8, 16, 32, 64


def clip(value: float, low: float, high: float) -> float:
    """Return a value held within bounds."""
    return low if value < low else high if value > high else value


def lots_below(key_and_rows: list, number: int) -> list[int]:
    """Return the rows with the smallest keys, ties by row."""
    return [row for _, row in sorted(key_and_rows)[:number]]
