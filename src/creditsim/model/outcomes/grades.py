"""Grades: the shares of grades and the moves between them, by month and kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from creditsim.core.months import month_text
from creditsim.spec.vocabulary import GRADES, KINDS

BEFORE = (*GRADES, "none")
"""Grades of a month ago; ``none`` for newcomers and who was not scored."""


def grade_frame(months: tuple[int, ...], flows: np.ndarray) -> pd.DataFrame:
    """Return moves between grades as a tidy frame.

    Parameters
    ----------
    months : tuple of int
    flows : ndarray of int, shape (months, kinds, grades + 1, grades)

    Returns
    -------
    pandas.DataFrame
        Columns month, kind, before, grade, agents; only moves that somebody made.
    """
    month, kind, before, grade = np.nonzero(flows)
    texts = [month_text(each) for each in months]
    return pd.DataFrame(
        {
            "month": pd.Categorical.from_codes(month, texts),
            "kind": pd.Categorical.from_codes(kind, list(KINDS)),
            "before": pd.Categorical.from_codes(before, list(BEFORE)),
            "grade": pd.Categorical.from_codes(grade, list(GRADES)),
            "agents": flows[month, kind, before, grade].astype(np.int64),
        }
    )
