"""The verification suite: every analytic limit and every metamorphic relation, each with its control.

`long_form` runs all of them at length on one core; `tests/verification/test_limits.py` and
`test_relations.py` run the short form. Each check is data (`checks.Check`) with two functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import limits_of_choice
import limits_of_flows
import limits_of_scoring
import limits_of_statistics
import relations_of_behaviour
import relations_of_runs
import relations_of_scoring
from checks import LONG, Check, Size, judged

LIMITS: tuple[Check, ...] = (
    *limits_of_scoring.CHECKS,
    *limits_of_choice.CHECKS,
    *limits_of_flows.CHECKS,
    *limits_of_statistics.CHECKS,
)
RELATIONS: tuple[Check, ...] = (
    *relations_of_runs.CHECKS,
    *relations_of_scoring.CHECKS,
    *relations_of_behaviour.CHECKS,
)
CHECKS = LIMITS + RELATIONS


def long_form(progress: Callable[[], None] | None = None, size: Size = LONG) -> dict[str, Any]:
    """Run every check and its control, and return what was found, ready for JSON.

    Parameters
    ----------
    progress : callable, optional
        Called after each check; there are ``len(CHECKS)``.
    """
    found: dict[str, Any] = {"size": size.name}
    for name, checks in (("limits", LIMITS), ("relations", RELATIONS)):
        found[name] = []
        for check in checks:
            found[name].append(judged(check, size))
            if progress:
                progress()
    return found
