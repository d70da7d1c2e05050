"""Hold the simulated baseline against the base rates of the activities."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from creditsim.app.commands import standard_output_kept
from creditsim.app.printing import Voice, table_text
from creditsim.app.words import word
from creditsim.report.labels import title_of
from creditsim.report.numbers import NOTHING, number_text

Measured = dict[str, dict[str, float | int | None]]


def measure(
    scale: float, seed: int, replications: int, threads: int, voice: Voice, lang: str = "en"
) -> Measured:
    """Simulate the baseline; return by activity its simulated share, difference, error, opportunities.

    Shares and differences are of those who met the opportunity. All but the number of
    opportunities are None where nobody met one.
    """
    from creditsim.analysis.calibration import measure_base_rates
    from creditsim.spec.activities import activities

    with _clock(word("rates.clock", lang), voice.progress), standard_output_kept():
        found = measure_base_rates(scale, seed, replications, threads=threads)
    shares, errors = found.shares.tolist(), found.errors().tolist()
    measured: Measured = {}
    for each, met, share, error in zip(activities(), found.met.tolist(), shares, errors, strict=True):
        measured[each.id] = {
            "simulated": share if met else None,
            "difference": share - each.base_rate if met else None,
            "standard_error": error if met else None,
            "opportunities": met,
        }
    return measured


def rates_text(
    chosen: Sequence[Any], measured: Mapping[str, Mapping], numbers: Mapping[str, Any], lang: str
) -> str:
    """Return target, simulated share, difference and error as a table for people."""
    from creditsim.analysis.calibration import SIGNIFICANT

    names = ("activity", "target", "simulated", "difference", "error", "met_count", "title")
    rows, beyond, count = [], [], 0
    for each in chosen:
        found = measured[each.id]
        rows.append([
            each.id,
            _points(each.base_rate),
            *(_points(found[key], sign=key == "difference")
              for key in ("simulated", "difference", "standard_error")),
            f"{found['opportunities']:,}",
            title_of(each, lang),
        ])  # fmt: skip
        if found["opportunities"]:
            count += 1
            if abs(found["difference"]) > SIGNIFICANT * found["standard_error"]:
                beyond.append(each.id)
    others = word("rates.others", lang, names=", ".join(beyond)) if beyond else ""
    shown = word(
        "rates.shown",
        lang,
        share=f"{100 * numbers['scale']:g}%",
        seed=numbers["seed"],
        replications=numbers["replications"],
        near=count - len(beyond),
        measured=count,
        limit=f"{SIGNIFICANT:g}",
        others=others,
    )
    head = [word(f"head.{name}", lang) for name in names]
    return f"{table_text(head, rows, right=range(1, 6))}\n\n{shown}"


def _points(share: float | None, sign: bool = False) -> str:
    """Return a share in percent with three decimals; a dash where there is none."""
    if share is None:
        return NOTHING
    return ("+" if sign and round(share, 5) > 0 else "") + number_text(100.0 * share, 3)


@contextmanager
def _clock(text: str, shown: bool) -> Iterator[None]:
    """Show how long it has been going on: what runs inside says nothing about its progress."""
    from tqdm import tqdm

    done = threading.Event()
    with tqdm(desc=text, bar_format="{desc}: {elapsed}", disable=not shown, leave=False) as bar:

        def turn() -> None:
            while not done.wait(0.5):
                bar.refresh()

        turning = threading.Thread(target=turn, daemon=True)
        turning.start()
        try:
            yield
        finally:
            done.set()
            turning.join()
