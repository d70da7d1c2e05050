"""Show what each row of the plan does: what was declared, what moved, and who is hurt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from creditsim.app.commands import LANGUAGES, range_faults, standard_output_kept
from creditsim.app.options import choice_faults, numbers_of
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.app.words import word
from creditsim.core.errors import InputError


def show_rows(names: Sequence[str], texts: Mapping[str, str | None], lang: str, voice: Voice) -> int:
    """Judge rows of the plan and show what moved; return the exit code.

    Parameters
    ----------
    names : sequence of str
        Rows such as E4; none means all 21.
    texts : mapping of str to str or None
        Options as they were typed: seed, replications, scale, months, threads.

    Raises
    ------
    InputError
        All faults at once, before anything runs.
    """
    from creditsim.spec.rows import rows_named

    faults = choice_faults("--lang", lang, LANGUAGES)
    numbers = numbers_of(texts, faults)
    try:
        rows_named(names, "ROW")
    except InputError as error:
        faults += error.faults
    faults += range_faults(numbers)
    if faults:
        raise InputError(faults)
    from creditsim.app import api

    with standard_output_kept():
        judged = api.judge_rows(tuple(names), progress=voice.progress, **numbers)
    if voice.json:
        print_json({"rows": [each.to_dict() for each in judged]})
    else:
        from creditsim.report.credibility import credibility

        texts_of_rows = [row_text(each, lang) for each in judged]
        voice.result("\n\n".join([*texts_of_rows, credibility().line(lang)]))
    return 0


def row_text(judged: Any, lang: str) -> str:
    """Return one row of the plan as a table for people."""
    from creditsim.analysis.compare import effect_of
    from creditsim.report.labels import outcome_title, title_of, verdict_text
    from creditsim.report.numbers import show_difference, unit_text
    from creditsim.spec.outcomes import outcomes

    row = judged.case.row
    lines = []
    for each in judged.outcomes:
        outcome, verdict = outcomes()[each.outcome], each.line["verdict"]
        lines.append(
            [
                word(f"role.{each.role}", lang),
                outcome_title(outcome, each.line["setting"], lang),
                word(f"expected.{each.expected}", lang) if each.expected else "",
                show_difference(each.line, lang).difference,
                verdict_text(verdict, effect_of(verdict, outcome.direction), lang),
                unit_text(outcome.unit, lang, difference=outcome.unit == "share"),
            ]
        )
    head = [
        word(f"head.{name}", lang) for name in ("role", "outcome", "expected", "found", "verdict", "unit")
    ]
    against = word(f"rows.{row.mode}", lang, against=judged.case.against.name)
    text = f"{row.name}  {title_of(row, lang)}\n{against}\n{table_text(head, lines, right=[3])}"
    return f"{text}\n{word('rows.why', lang, why=judged.why)}" if judged.why else text
