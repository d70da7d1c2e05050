"""Metamorphic relations: each holds in the short form, and its seeded fault is found."""

import pytest
from checks import SHORT, Check, Finding, judged
from sample_sizes import equivalence_test, law_test, mean_test, share_test
from scipy import stats
from verification_suite import CHECKS, RELATIONS


@pytest.mark.parametrize("check", RELATIONS, ids=lambda check: check.name)
def test_a_relation_holds(check):
    found = check.run(SHORT)
    assert found.holds, (check.title, found)
    if check.kind == "statistical":
        assert found.power >= 0.99, "the computed size suffices"


@pytest.mark.parametrize("check", RELATIONS, ids=lambda check: check.name)
def test_a_relation_finds_its_fault(check):
    found = check.control(SHORT)
    assert not found.holds, (check.fault, found)


def test_names_are_unique_and_scopes_are_said():
    names = [check.name for check in CHECKS]
    assert len(set(names)) == len(names)
    assert all(bool(check.scope) == (check.status != "holds") for check in CHECKS)


def test_a_check_without_its_control_is_refused():
    run = lambda size: Finding(True, 1)  # noqa: E731
    with pytest.raises(ValueError, match="needs a control"):
        Check("name", "title", "exact", run, None)


def test_what_a_check_gives_is_plain():
    plain = judged(RELATIONS[0], SHORT)
    assert plain["holds"] is True
    assert plain["control_fails"] is True
    assert plain["seconds"] > 0


def test_sizes_are_those_of_the_tables():
    """Sizes against quantiles worked apart: (z(0.9995) + z(0.99))² sd²/d² for a mean."""
    assert mean_test(1.0, 0.1).size == pytest.approx((3.2905 + 2.3263) ** 2 * 100, abs=1.5)
    share = share_test(0.95, 0.02)
    low, high = 0.95 - share.limit, 0.95 + share.limit
    inside = stats.binom.cdf(share.size * high, share.size, 0.95) - stats.binom.cdf(
        share.size * low - 1, share.size, 0.95
    )
    assert inside >= 1.0 - share.false_alarm
    law = law_test(5, 0.1)
    assert stats.ncx2.sf(law.limit, 4, law.size * 0.01) >= 0.99
    same = equivalence_test(1.0, 0.5)
    assert 0.0 < same.limit < 0.5
