"""Words shared by all rooms: unique, and as many as the arrays can carry."""

from __future__ import annotations

import pytest

from creditsim.spec import vocabulary

TUPLES = [value for name, value in vars(vocabulary).items() if name.isupper() and isinstance(value, tuple)]


@pytest.mark.parametrize("words", TUPLES, ids=lambda words: str(words[0]))
def test_words_are_unique(words):
    assert len(set(words)) == len(words)


def test_codes_fit_their_arrays():
    assert len(vocabulary.TRAITS) <= 32
    assert all(len(words) < 255 for words in TUPLES)


def test_awareness_bits_do_not_overlap():
    names = ("AWARE", "REGISTERED", "ACTIVE", "KNOWS_SCORE", "KNOWS_ITEMS")
    bits = [getattr(vocabulary, name) for name in names]
    assert sum(bits) == 2 ** len(bits) - 1


def test_grades_rise():
    assert vocabulary.GRADES.index("D") < vocabulary.GRADES.index("A") < vocabulary.GRADES.index("AAA")
