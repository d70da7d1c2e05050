"""The shipped posterior and docs/calibration.md: one run, and coverage as it was asked for."""

import re
from pathlib import Path

import numpy as np
import pytest

from creditsim.analysis.posterior.adjustment import quantiles
from creditsim.core.shipped import data_path
from creditsim.spec.fits import load_fit
from creditsim.spec.posterior import read_posterior

NAME = "records-and-registration"
PAGE = (Path(__file__).parents[3] / "docs" / "calibration.md").read_text("utf-8")
CONTROL = "control: intervals of half their width"
HONEST = ("patterns observed as numbers, with adjustment", "patterns observed as bands, as the fit has them")


@pytest.fixture(scope="module")
def posterior():
    """The posterior as it travels with the package."""
    return read_posterior(data_path("posteriors", f"{NAME}.yaml"), NAME)


def coverage(observed):
    """Return (covered, data sets) by parameter of one study on the page."""
    rows = re.findall(rf"^\| {re.escape(observed)} \| `(.*?)` \| (\d+) of (\d+) \|", PAGE, re.MULTILINE)
    return {name: (int(covered), int(of)) for name, covered, of in rows}


@pytest.mark.parametrize("observed", HONEST)
def test_intervals_cover_85_to_95_percent_of_at_least_200_truths(observed, posterior):
    found = coverage(observed)
    assert list(found) == [factor.lever for factor in posterior.factors]
    for covered, of in found.values():
        assert of >= 200
        assert 0.85 <= covered / of <= 0.95


def test_the_control_falls_out():
    assert len(coverage(CONTROL)) == len(coverage(HONEST[0])) == 3
    assert all(covered / of < 0.85 for covered, of in coverage(CONTROL).values())


def test_the_page_tells_of_the_posterior_that_is_shipped(posterior):
    values = np.array([each for each, _ in posterior.particles], float)
    weights = np.array([weight for _, weight in posterior.particles], float)
    for factor, column in zip(posterior.factors, values.T, strict=True):
        low, median, high = quantiles(column, weights, (0.05, 0.5, 0.95))
        found = f"{median:.3g} | {low:.3g} to {high:.3g}"
        assert f"| `{factor.lever}` | {factor.low:g} to {factor.high:g} | {found} |" in PAGE
    assert posterior.provenance["model"][:16] in PAGE
    assert f"Worlds within both bands: {len(posterior.particles)}." in PAGE


def test_the_posterior_is_of_the_fit_that_is_shipped(posterior):
    fit = load_fit(NAME)
    assert posterior.provenance["inputs"] == fit.fingerprint
    assert posterior.fitted == fit.patterns
    assert posterior.provenance["tolerance"] == 0.0
