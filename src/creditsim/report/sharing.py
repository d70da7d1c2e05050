"""Say what the same luck for all scenarios is worth: one sentence, one table."""

from __future__ import annotations

from creditsim.analysis.compare import ComparedScenarios
from creditsim.analysis.pairing import PairingGains
from creditsim.report.labels import name_of, say
from creditsim.report.numbers import NOTHING, number_text
from creditsim.report.tables import KINDS, Cell, Table

MOST = 1000.0
"""Gains beyond are not told apart: they only say that hardly any luck is left."""


def shared_sentence(comparison: ComparedScenarios, lang: str = "en") -> str:
    """Return in one sentence what shared draws gain in the main outcomes, or why that cannot be said."""
    found = comparison.pairing_gains.main.summary()
    if comparison.replications < 2:
        return say("shared.single", lang)
    if found["median_gain"] is None:
        return say("shared.untold", lang)
    return say("shared.worth", lang, gain=gain_text(found["median_gain"], lang), count=found["outcomes"])


def shared_table(comparison: ComparedScenarios, lang: str) -> Table:
    """Return the gains of main outcomes, of all, and of each kind."""
    gains = comparison.pairing_gains
    rows = [_row(say("shared.main", lang), gains.main, lang), _row(say("shared.all", lang), gains, lang)]
    for kind in KINDS:
        of_kind = gains.of_kind(kind)
        if of_kind:
            rows.append(_row(name_of("kind", kind, lang), of_kind, lang))
    percent = f"{100 * comparison.level:g}"
    head = (
        Cell((say("column.outcomes_of", lang),)),
        *(
            Cell((say(f"column.{name}", lang, percent=percent),), "number")
            for name in ("gain", "gain_interval", "gain_count", "gain_exact")
        ),
    )
    return Table(say("shared.caption", lang), head, rows, [say("shared.note", lang)])


def gain_text(gain: float | None, lang: str) -> str:
    """Return a gain with as many digits as it deserves.

    Examples
    --------
    >>> gain_text(3.94, "en"), gain_text(25.2, "en"), gain_text(4.7e7, "en"), gain_text(None, "en")
    ('3.9', '25', 'over 1,000', '–')
    """
    if gain is None:
        return NOTHING
    if gain > MOST:
        return say("shared.over", lang, number=number_text(MOST, 0))
    return number_text(gain, 0 if gain >= 10 else 1)


def _row(name: str, gains: PairingGains, lang: str) -> tuple[Cell, ...]:
    """Return one row of the table."""
    found = gains.summary()
    ends = [gain_text(found[end], lang) for end in ("low", "high")]
    interval = NOTHING if found["low"] is None else f" {'至' if lang == 'zh' else 'to'} ".join(ends)
    texts = (gain_text(found["median_gain"], lang), interval, str(found["outcomes"]), str(found["exact"]))
    return (Cell((name,), "head"), *(Cell((text,), "number") for text in texts))
