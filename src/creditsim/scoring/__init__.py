"""The shared scoring core: rulebook, append-only ledger, score, grade, explanation."""
