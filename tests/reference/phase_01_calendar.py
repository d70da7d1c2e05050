"""Phase 1, from section 7.2 of docs/odd.md."""

from __future__ import annotations


def calendar(state, policy):
    pass
