"""Limits 1 and 5b: scores under random events, and the months until a grade is reached."""

from __future__ import annotations

import dataclasses

import numpy as np
from checks import Check, Finding, Size
from sample_sizes import chi_square, law_test, mean_test, variance_test
from scipy import stats
from small_parts import START, book_without_repeats, entries_of, scores, uniform

LAMBDA = 0.15
BONUS, BREACH, DIRECT = "ind-blood-donation", "ind-traffic-fine-500to2000", "ind-drink-driving-direct-b"
MONTHS = 20


def _book(shift: int = 0):
    """Return a book without doubling or caps; with a fault, entries last `shift` months too long."""
    book = book_without_repeats()
    table = book.item_table.copy()
    table["validity_months"] += shift
    table["cap_mp"] = -1
    table.setflags(write=False)
    return dataclasses.replace(book, item_table=table)


def _poisson(check: int, number: int, item: int, months: int) -> np.ndarray:
    """Return counts of events by month and subject, Poisson with mean LAMBDA."""
    luck = np.stack([uniform(check, number, item, month) for month in range(months)])
    return np.searchsorted(stats.poisson.cdf(np.arange(12), LAMBDA), luck)


def _random_ledger(book, check: int, number: int, names) -> np.ndarray:
    """Return Poisson entries of some items about subjects 0 to n - 1, over MONTHS months."""
    subjects, months, items = [], [], []
    for place, name in enumerate(names):
        counts = _poisson(check, number, place, MONTHS)
        month, subject = np.nonzero(counts)
        times = counts[month, subject]
        subjects.append(np.repeat(subject, times))
        months.append(np.repeat(START + month, times))
        items.append(np.full(int(times.sum()), book[name].index))
    return entries_of(book, np.concatenate(subjects), np.concatenate(items), np.concatenate(months))


def _terms(names) -> list[tuple[float, float]]:
    """Return by item its points (mp) and the mean number in force after MONTHS months, by the closed form."""
    book = book_without_repeats()
    return [(book[name].points_mp, LAMBDA * min(MONTHS, book[name].validity_months)) for name in names]


def _moments(size: Size, shift: int) -> tuple[np.ndarray, float, float]:
    """Return simulated scores, and mean and variance by the closed form."""
    terms = _terms((BONUS, BREACH))
    mean = 1_000_000 + sum(points * number for points, number in terms)
    variance = sum(points**2 * number for points, number in terms)
    test = mean_test(variance**0.5, _MATTERS_MP * size.coarseness)
    number = max(test.size, variance_test(_MATTERS_VARIANCE * size.coarseness).size)
    book = _book(shift)
    found = scores(book, _random_ledger(book, 1, number, (BONUS, BREACH)), START + MONTHS - 1, number)
    return found, mean, variance


_MATTERS_MP, _MATTERS_VARIANCE = 700.0, 0.06


def expected_score(size: Size, shift: int = 0) -> Finding:
    found, mean, variance = _moments(size, shift)
    test = mean_test(variance**0.5, _MATTERS_MP * size.coarseness)
    error = found[: test.size].mean() - mean
    return test.finding(error, f"mean {found[: test.size].mean():,.0f} mp, closed form {mean:,.0f} mp")


def variance_of_score(size: Size, shift: int = 0) -> Finding:
    found, _, variance = _moments(size, shift)
    test = variance_test(_MATTERS_VARIANCE * size.coarseness)
    return test.finding(found[: test.size].var(ddof=1) / variance - 1.0, "relative error of the variance")


def clipped_score(size: Size, shift: int = 0) -> Finding:
    """A direct grade holds the score at its own or lower: min(S, cap), S by convolution of Poisson laws."""
    names = (BREACH, "ind-tax-evasion")
    book, clean = _book(shift), book_without_repeats()
    cap = int(clean.rule_record["direct_score_mp"][clean.grades.index(clean[DIRECT].direct_grade)])
    law = _law_of_sum(_terms(names))
    values = 1_000_000 + 1000 * np.arange(-len(law) + 1, 1)
    law = law[::-1]
    held = np.minimum(values, cap)
    mean = float((held * law).sum())
    sd = float(((held - mean) ** 2 * law).sum()) ** 0.5
    test = mean_test(sd, _MATTERS_MP * size.coarseness)
    entries = _random_ledger(book, 2, test.size, names)
    grades = entries_of(book, np.arange(test.size), DIRECT, np.full(test.size, START + MONTHS - 1))
    grades["id"] += len(entries)
    grades["act"] = -1 - grades["id"]
    found = scores(book, np.concatenate((entries, grades)), START + MONTHS - 1, test.size)
    return test.finding(
        found.mean() - mean, f"held at {cap:,} mp: mean {found.mean():,.0f}, by convolution {mean:,.0f}"
    )


def _law_of_sum(terms) -> np.ndarray:
    """Return the law of the points lost, in whole points, by convolution."""
    law = np.ones(1)
    for points, number in terms:
        step = int(-points // 1000)
        most = int(stats.poisson.isf(1e-12, number)) + 1
        single = np.zeros(most * step + 1)
        single[::step] = stats.poisson.pmf(np.arange(most + 1), number)
        law = np.convolve(law, single)
    return law


CHANCE = 0.2


def months_to_grade(size: Size, sticky: bool = False) -> Finding:
    """A good deed recorded with CHANCE a month: the months until AA are those of the chain's P^t."""
    book = _book(10**6)
    points, cutoff = book[BONUS].points_mp, int(book.cutoffs_mp[book.grades.index("AA") - 1])
    needed = -(-(cutoff - 1_000_000) // points)
    chain = np.zeros((needed + 1, needed + 1))
    for state in range(needed):
        chain[state, state], chain[state, state + 1] = 1.0 - CHANCE, CHANCE
    chain[needed, needed] = 1.0
    reached, power = [0.0], np.eye(needed + 1)
    for _ in range(30):
        power = power @ chain
        reached.append(power[0, needed])
    law = np.append(np.diff(reached), 1.0 - reached[-1])
    law = np.concatenate((law[needed - 1 : 24], [law[24:].sum()]))
    test = law_test(len(law), 0.06 * size.coarseness)
    month_of = (lambda month: 0) if sticky else (lambda month: month)
    recorded = np.stack([uniform(3, test.size, 0, month_of(month)) < CHANCE for month in range(30)])
    month, subject = np.nonzero(recorded)
    entries = entries_of(book, subject, BONUS, START + month)
    months = np.full(test.size, 31)
    for month in range(29, -1, -1):
        months[scores(book, entries, START + month, test.size) >= cutoff] = month + 1
    edges = np.minimum(months - needed, len(law) - 1)
    observed = np.bincount(edges, minlength=len(law))
    return test.finding(chi_square(observed, test.size * law), f"chi-square, {needed} deeds lead to AA")


CHECKS = (
    Check(
        "limit-01-expected-score",
        "Expected score under Poisson events of validity W: S0 + sum of w λ min(t, W)",
        "statistical",
        expected_score,
        lambda size: expected_score(size, 1),
        "entries stay valid a month too long",
    ),
    Check(
        "limit-01-variance-of-score",
        "Variance of the score under Poisson events of validity W: sum of w² λ min(t, W)",
        "statistical",
        variance_of_score,
        lambda size: variance_of_score(size, 6),
        "entries stay valid half a year too long",
    ),
    Check(
        "limit-01-clipped-score",
        "Score held down by a direct grade: min(S, held) with the law of S by convolution",
        "statistical",
        clipped_score,
        lambda size: clipped_score(size, 1),
        "entries stay valid a month too long",
        "scope differs",
        "scores are not clipped (up to two million points); what cuts them off is a direct grade, which"
        " holds the sum at its own score or lower",
    ),
    Check(
        "limit-05-months-to-a-grade",
        "Months until a grade follow the t-step law P^t of the ladder's chain",
        "statistical",
        months_to_grade,
        lambda size: months_to_grade(size, sticky=True),
        "the first month's luck is drawn again every month",
    ),
)
