"""Write docs/results.md anew: the plan's rows, as simulated (minutes).

Run from the repository root: ``python tools/make_results.py``; ``make results`` does it.
"""

from pathlib import Path

import creditsim as cs
from creditsim.report.labels import title_of
from creditsim.report.numbers import show_difference, unit_text
from creditsim.spec.outcomes import outcomes

TARGET = Path(__file__).resolve().parents[1] / "docs" / "results.md"
SEED, REPLICATIONS, SCALE = 1, 8, 0.1

HEAD = f"""\
# Results: rows of the plan

Made by `make results` with creditsim {cs.__version__}: seed {SEED}, {REPLICATIONS} paired replications, 36
months, scale {SCALE:g}. Intervals (95%) show the luck of the simulation only. The population is synthetic and
the model is not validated against the district's own data: read directions and orders of magnitude. Nothing
was tuned to move an outcome; what did not move is a finding. The field's patterns:
[validation](validation.md).

"""

ROWS_HEAD = """\
## Rows of the plan

`creditsim rows`. A row is added to the status quo with what it requires, or (P1-3, S1, S2, S3) taken out of
the whole plan. Direct outcomes were declared before any run and must move that way; behaviour and harms are
reported as found.

"""

ROW_COLUMNS = ("row", "role", "outcome", "where", "declared", "difference", "unit", "verdict")


def head_of(columns):
    """Return the first two lines of a Markdown table."""
    return ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]


def rows_text():
    """Return the judged rows as a Markdown table, and why direct outcomes did not move."""
    lines = head_of(ROW_COLUMNS)
    reasons = []
    for judged in cs.judge_rows(seed=SEED, replications=REPLICATIONS, scale=SCALE):
        row = judged.case.row
        for each in judged.outcomes:
            outcome, shown = outcomes()[each.outcome], show_difference(each.line, "en")
            unit = unit_text(outcome.unit, "en", difference=outcome.unit == "share")
            number = shown.difference + (f" ({shown.interval})" if shown.interval not in ("", "–") else "")
            cells = (row.name, each.role, title_of(outcome, "en"), each.line["setting"], each.expected or "",
                     number, unit, each.line["verdict"])  # fmt: skip
            lines.append("| " + " | ".join(cells) + " |")
        if judged.why:
            reasons.append(f"* **{row.name}** ({title_of(row, 'en')}): {judged.why}.")
    why = "\nDirect outcomes that did not move as declared:\n\n" + "\n".join(reasons) if reasons else ""
    return "\n".join(lines) + "\n" + why + "\n"


def main():
    """Simulate, and write the page."""
    TARGET.write_text(HEAD + ROWS_HEAD + rows_text(), encoding="utf-8")
    print(f"wrote {TARGET.name}")


if __name__ == "__main__":
    main()
