"""Measure whether a fit is honest on this simulation: ``make calibration`` (minutes).

Worlds drawn from the prior of the shipped fit are simulated, each with luck of its own. Each is the truth
once: its intervals are found from all others, by the code that `creditsim fit` runs. The fit itself starts
with the same worlds; its posterior goes to data/posteriors, the page to docs/calibration.md. Run from the
repository root; ``--store DIR`` keeps the runs and goes on with those that are there.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import creditsim as cs
from creditsim.analysis.posterior.adjustment import adjusted
from creditsim.analysis.posterior.coverage import BINS, dishonest, judged, leave_one_out, narrowed
from creditsim.analysis.posterior.inference import LEVEL, Fitted
from creditsim.analysis.posterior.runs import round_of, summaries_in
from creditsim.core.threads import available_cores
from creditsim.experiment.design import Design
from creditsim.experiment.results.store import ResultStore
from creditsim.model.case import versions_of_results

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "calibration.md"
POSTERIORS = ROOT / "data" / "posteriors"
FIT = "records-and-registration"
KEPT_FOR_POINTS, KEPT_FOR_BANDS = 100, 30
LEAST, MOST = 0.85, 0.95
LEARNT = 0.95
"""An interval that keeps more of its prior's width has learnt next to nothing."""


def main(arguments):
    """Simulate, measure, fit; write page and posterior."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", help="folder of the runs; default: a new one that is thrown away")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        store = chosen.store or f"{folder}/store"
        begin = time.monotonic()
        found = cs.fit(FIT, store, min(2, available_cores()), out=POSTERIORS / f"{FIT}.yaml")
        seconds = time.monotonic() - begin
        values, summaries = first_round(found, store)
    PAGE.write_text(page_text(found, values, summaries), encoding="utf-8", newline="\n")
    there = f"{found.already} of {found.simulated} runs were there"
    print(f"{len(values)} data sets in {seconds:.0f} s; {there}")
    return 0


def first_round(found: Fitted, store):
    """Return the worlds of the first round, drawn from the prior, and their summaries."""
    values = found.prior.draw(found.fit.particles, found.fit.seed)
    recorded = Design(round_of(found.fit, found.prior, found.summaries, 0, values)).recorded
    return values, summaries_in(ResultStore.open(Path(store)), recorded, found.summaries)


def page_text(found: Fitted, values, summaries):
    """Return docs/calibration.md."""
    prior = found.prior
    observed = np.array([each.pattern.observed for each in found.summaries])
    low = np.array([each.pattern.low for each in found.summaries]) / observed
    high = np.array([each.pattern.high for each in found.summaries]) / observed
    points = leave_one_out(prior, values, summaries, KEPT_FOR_POINTS)
    bands = leave_one_out(prior, values, summaries, KEPT_FOR_BANDS, (low, high), seed=found.fit.seed)
    narrow = leave_one_out(
        prior, values, summaries, KEPT_FOR_POINTS, adjust=lambda nearest: narrowed(adjusted(nearest))
    )
    plain = leave_one_out(prior, values, summaries, KEPT_FOR_POINTS, adjust=lambda nearest: nearest)
    studies = {
        "patterns observed as numbers, with adjustment": judged(prior.names, points),
        "patterns observed as bands, as the fit has them": judged(prior.names, bands),
        "control: intervals of half their width": judged(prior.names, narrow),
        "for comparison: without the adjustment": judged(prior.names, plain),
    }
    tables = [line for name, study in studies.items() for line in coverage_lines(name, study)]
    return PAGE_TEXT.format(
        fit=FIT,
        datasets=len(points),
        runs=found.simulated,
        scale=f"{found.fit.scale:g}",
        months=found.months,
        seed=found.fit.seed,
        kept_points=KEPT_FOR_POINTS,
        kept_bands=KEPT_FOR_BANDS,
        least=f"{100 * LEAST:.0f}",
        most=f"{100 * MOST:.0f}",
        level=f"{100 * LEVEL:.0f}",
        bins=BINS,
        verdict=verdict(studies),
        coverage="\n".join(tables),
        counts="\n".join(count_lines(prior.names, points)),
        parameters="\n".join(parameter_lines(found)),
        patterns="\n".join(pattern_lines(found)),
        reading="\n".join(reading_lines(found, summaries)),
        model=versions_of_results()["model"][:16],
        data=versions_of_results()["data"][:16],
        worlds=len(found.population.values),
        rounds=len(found.population.rounds),
    )


def verdict(studies):
    """Return in words whether the two ways of observing are honest, and the control is not."""
    points, bands, narrow, _ = studies.values()
    shares = [each.share for study in (points, bands) for each in study]
    inside = all(LEAST <= share <= MOST for share in shares)
    uneven = [*dishonest(points), *dishonest(bands)]
    caught = all(not LEAST <= each.share <= MOST for each in narrow)
    return (
        f"Coverage lies between {100 * min(shares):.1f}% and {100 * max(shares):.1f}%, "
        f"{'all' if inside else 'NOT all'} of it within {100 * LEAST:.0f} to {100 * MOST:.0f}%; ranks are "
        f"{'even' if not uneven else 'UNEVEN for ' + ', '.join(uneven)}.\nThe control, intervals of half "
        f"their width, {'falls out' if caught else 'DOES NOT fall out'} for every parameter."
    )


def coverage_lines(name, study):
    """Return a study's lines of the table."""
    return [
        f"| {name} | `{each.assumption}` | {each.covered} of {each.datasets} | {100 * each.share:.1f}% | "
        f"{100 * each.low:.1f} to {100 * each.high:.1f}% | {each.chi_square:.1f} ({p_text(each.p)}) | "
        f"{each.largest_gap:.3f} ({each.band:.3f}) |"
        for each in study
    ]


def p_text(p):
    """Return a p-value."""
    return "p < 0.0001" if p < 1e-4 else f"p = {p:.2g}"


def count_lines(names, places):
    """Return the rank histogram as counts."""
    lines = []
    for name, column in zip(names, places.T, strict=True):
        counts = np.bincount(np.minimum((column * BINS).astype(int), BINS - 1), minlength=BINS)
        lines.append(f"| `{name}` | {' '.join(map(str, counts.tolist()))} |")
    return lines


def parameter_lines(found):
    """Return the posterior by parameter."""
    return [
        f"| `{each['parameter']}` | {each['prior_low']:g} to {each['prior_high']:g} | {each['median']:.3g} | "
        f"{each['low']:.3g} to {each['high']:.3g} | {100 * each['width_of_prior']:.0f}% |"
        for each in found.parameters()
    ]


def pattern_lines(found):
    """Return the patterns in the posterior's worlds."""
    return [
        f"| `{each['pattern']}` | {each['observed']:g} | {each['band_low']:g} to {each['band_high']:g} | "
        f"{each['median']:.3g} | {each['low']:.3g} to {each['high']:.3g} |"
        for each in found.patterns()
    ]


def reading_lines(found, summaries):
    """Return what the numbers mean, as far as they say it themselves."""
    learnt = {each["parameter"]: each["width_of_prior"] for each in found.parameters()}
    narrower = [f"`{name}`" for name, width in learnt.items() if width < LEARNT]
    rest = [f"`{name}`" for name, width in learnt.items() if width >= LEARNT]
    lines = []
    if narrower:
        lines.append(f"* The bands narrow {', '.join(narrower)}.")
    if rest:
        lines.append(
            f"* They say next to nothing about {', '.join(rest)}:\n  these intervals are those of the prior."
        )
    for each, column in zip(found.summaries, summaries.T, strict=True):
        reach = f"{column.min():.3f} to {column.max():.3f}"
        text = f"* `{each.name}`: over the whole prior from {reach}; reported: {each.pattern.observed:g}."
        if not column.min() <= each.pattern.observed <= column.max():
            text += (
                "\n  NO world of these ranges comes there; those in the band lie at its near end. What moves"
                f" the\n  measure directly ({', '.join(f'`{name}`' for name in each.pattern.moved_by)}) are"
                " assumptions and no levers of the\n  world, so no fit varies them. That is a finding about"
                " them, no reason to widen a range."
            )
        lines.append(text)
    return lines


PAGE_TEXT = """# Calibration: which worlds fit, and whether the method is honest

Written by `make calibration` (tools/measure_calibration.py), never by hand. Calibration here means: which
values of the uncertain factors of the world go with the patterns that the field reports. `creditsim fit`
does it; `make calibrate` is something else, the correction of the activities' base rates. Why it is done
so: [decision 22](decisions/0022-calibration.md). Files and JSON: [formats.md](formats.md).

Only patterns with the role `fit` are used; inputs and hold-outs are refused, with file and line. Nothing
of the model was changed after this page: the defaults of the levers stay as they were.

## What was found

`creditsim fit {fit} --store DIR --out data/posteriors/{fit}.yaml`: worlds simulated: {runs}, at scale
{scale}, {months} months each, seed {seed}, rounds: {rounds}. Worlds within both bands: {worlds}.

| parameter | before | median | {level}% interval | of the width before |
|---|---|---|---|---|
{parameters}

| pattern | reported | band | median | {level}% of the worlds |
|---|---|---|---|---|
{patterns}

{reading}
* The population is synthetic and so are the worlds. A fit to two reports from another city validates
  nothing about the zone.

An experiment uses the result by its name: `worlds: {{design: posterior, file: {fit}, number: 16}}`.

## Is the method honest?

Simulation-based calibration: {datasets} worlds drawn from the prior are simulated with luck of their own.
Each is the truth once; its posterior is found from all others, by the same function (`infer`) that the
fit runs, and the truth's place in it is noted. If truths come from the prior and posteriors are right,
{level}% intervals cover {level}% of the truths and places are even. Asked for: {least} to {most}% over at
least 200 data sets.

{verdict}

| observed | parameter | covered | share | exact 95% interval | {bins} ranks: chi-square | gap (95% limit) |
|---|---|---|---|---|---|---|
{coverage}

* *As numbers*: the truth's measures are observed as they are; the {kept_points} nearest worlds are kept
  and adjusted by a weighted straight line (Beaumont and others 2002).
* *As bands*: the truth's measures are observed with an error as wide as the patterns' bands, and the
  worlds within these bands are the posterior, as in the fit (the {kept_bands} nearest where fewer lie
  within). Such a posterior is exact if the field's error is as the bands say (Wilkinson 2013). Whether it
  is, no simulation can show.
* *Control*: the same posteriors at half their width must fall out, else this check would notice nothing.

Ranks of the truths (patterns as numbers), counts in {bins} equal bins from lowest to highest:

| parameter | counts |
|---|---|
{counts}

Data sets share one table, so their posteriors are not independent; Prangle and others (2014) use it so. A
method that returned the prior would cover as well: the widths above say what was learnt, this table only
that it is not overstated. Several rounds that close in are checked in the same way on models whose
posterior is known, in `tests/analysis/posterior`: 400 data sets, each with rounds of its own, with
controls that must fall out (too narrow, truths of another prior, luck that the table lacks, no
adjustment). They are not checked on the simulation itself: that would take rounds for each of 200 truths,
tens of thousands of runs.

## Again

`make calibration`: about five minutes on two cores. `python tools/measure_calibration.py --store DIR`
keeps the runs and goes on where it was stopped. The number of workers changes nothing. Found with the
model `{model}` and the data `{data}` (first characters of their hashes).
"""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
