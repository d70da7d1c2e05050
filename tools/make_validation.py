"""Validate anew: write data/validation.yaml and docs/validation.md with its figures (minutes).

Run from the repository root: ``python tools/make_validation.py``; ``make validation`` does it. With
``--from data/validation.yaml`` nothing is simulated: the page and the figures are written anew from the
last run, e.g. after an explanation was mended; refused if that run is stale.
"""

import datetime
import math
import sys
from pathlib import Path

import creditsim as cs
from creditsim.analysis.validation import HeldPattern, validation_is_stale
from creditsim.report.labels import say
from creditsim.report.validation import Validation
from creditsim.report.validation_figure import draw_validation
from creditsim.spec.patterns import last_validation, patterns

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data" / "validation.yaml"
PAGE = ROOT / "docs" / "validation.md"
IMAGES = ROOT / "docs" / "images"
SEED, REPLICATIONS, SCALE = 1, 10, 0.1
COMMAND = f"creditsim validate --replications {REPLICATIONS} --scale {SCALE:g} --seed {SEED}"

DATA_HEAD = """\
# What the last validation found; every report quotes it. Made by `make validation`, not by hand.
# inputs: fingerprint of model, data, patterns and measures; if it is another one now, reports say stale.
format: 1
title: {en: Last validation, zh: 最近一次验证}
"""

PAGE_HEAD = """\
# Validation: what the field reports, and what the simulation shows

Made by `make validation` on {date} with creditsim {version}, which runs

    {command}

{sentences}

**How to read it.** A pattern is *met* only if the whole 95% interval of the simulation lies in its band.
Where the interval reaches over an end of the band there are more replications, up to four times as many;
what is still across is *not met*. *Not comparable*: the model has no counterpart, or the number is not
defined. Nothing was set or tuned after a run to meet a pattern. Roles and bands stand in
`data/patterns.yaml`, with the rules by which they were given. The figure that counts is that of the
*hold-outs*: an *input* was used to set a value before, so that meeting it shows little; a *fit* pattern
may be used by a calibration. No pattern here is the district's own data, and bands with one end ask for
a direction or a least only: {signs} of the {met_hold_outs} hold-outs met are of that kind. Why it is
done so: [decision 19](decisions/0019-validation.md).

![Band and simulated interval of each pattern](images/validation.png)

[中文图](images/validation-zh.png)

"""


def main(arguments):
    """Validate, or take the last run; write data, page and figures."""
    if "--from" in arguments:
        run, validation = last_run()
    else:
        validation = cs.validate(seed=SEED, replications=REPLICATIONS, scale=SCALE)
        run = {"date": datetime.date.today().isoformat(), "version": cs.__version__}
        DATA.write_text(data_text(validation, run), encoding="utf-8", newline="\n")
    PAGE.write_text(page_text(validation, run), encoding="utf-8", newline="\n")
    for lang, name in (("en", "validation.png"), ("zh", "validation-zh.png")):
        draw_validation(validation.found, lang).savefig(IMAGES / name, dpi=110, metadata={"Software": None})
    print(validation.sentences()[0])


def last_run():
    """Return the last run from data/validation.yaml."""
    if validation_is_stale():
        sys.exit(
            "make_validation: data/validation.yaml is stale, expected a run of this model: leave out --from"
        )
    run, findings = last_validation()
    found = tuple(
        HeldPattern(patterns()[name], *map(number, (each.simulated, each.low, each.high)), each.replications)
        for name, each in findings.items()
    )
    return {"date": run.date, "version": run.version}, Validation(
        found, run.seed, run.replications, run.scale, run.inputs
    )


def number(value):
    """Return NaN where there is no number."""
    return math.nan if value is None else value


def data_text(validation, run):
    """Return data/validation.yaml."""
    lines = [
        DATA_HEAD + f'date: "{run["date"][:7]}"\n',
        "runs:",
        "  last:",
        f'    date: "{run["date"]}"',
        f'    version: "{run["version"]}"',
        f"    seed: {validation.seed}",
        f"    replications: {validation.replications}",
        f"    scale: {validation.scale!r}",
        f"    inputs: {validation.inputs}",
        f"    fingerprint: {validation.fingerprint}",
        f'    source: "simulated: {COMMAND}"',
        "    source_kind: derived",
        "    confidence: H",
        "findings:",
    ]
    for each in validation.found:
        numbers = [None if math.isnan(value) else value for value in (each.value, each.low, each.high)]
        value, low, high = ("null" if one is None else repr(one) for one in numbers)
        lines.append(
            f"  {each.pattern.name}: {{role: {each.pattern.role}, status: {each.status}, simulated: {value}, "
            f"low: {low}, high: {high}, replications: {each.replications}}}"
        )
    return "\n".join(lines) + "\n"


def page_text(validation, run):
    """Return docs/validation.md."""
    held_out = [each for each in validation.found if each.pattern.role == "hold-out"]
    met = [each.pattern for each in held_out if each.status == "met"]
    head = PAGE_HEAD.format(
        **run,
        command=COMMAND,
        sentences="\n".join(f"* {each}" for each in validation.sentences()),
        signs=sum(pattern.low is None or pattern.high is None for pattern in met),
        met_hold_outs=len(met),
    )
    return head + table_text(validation) + explained_text(validation) + again_text(validation)


def table_text(validation):
    """Return all patterns as a Markdown table, with where each number comes from."""
    columns = [*validation.head(), "replications", "source (confidence)"]
    lines = ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    for each, cells in zip(validation.found, validation.rows(), strict=True):
        cells[1] = f"`{each.pattern.name}`: {cells[1]}"
        source = f"{each.pattern.source} ({each.pattern.confidence})"
        lines.append("| " + " | ".join([*cells, str(each.replications), source]) + " |")
    return "\n".join(lines) + "\n"


def explained_text(validation):
    """Return what is doubtful where a pattern is not met, and why others are not comparable."""
    parts = []
    for status, heading in (("not met", "Not met, and kept so"), ("not comparable", "Not comparable")):
        parts.append(f"\n## {heading}\n")
        for held, line in zip(validation.found, validation.lines(), strict=True):
            if held.status != status:
                continue
            name = " ".join(filter(None, (line["p_number"], line["title"])))
            parts.append(f"**{name}** (`{held.pattern.name}`): {line['why'].rstrip('.')}.\n")
            if status == "not met":
                for key in ("doubt", "would_tell"):
                    label = say(f"validation.{key}", "en").capitalize()
                    parts.append(f"* {label}: {line[key] or say('validation.unexplained', 'en')}")
            parts.append("")
    return "\n".join(parts)


def again_text(validation):
    """Return how to repeat the run."""
    return f"""
## Again

`make validation` writes this page, its figures and `data/validation.yaml`, which every report quotes together
with whether the model has changed since (*stale*). `creditsim validate --out DIR` writes the same table and
figure elsewhere; the number of threads changes nothing. Fingerprint of the findings
`{validation.fingerprint[:16]}`, of what decides them `{validation.inputs[:16]}`.
"""


if __name__ == "__main__":
    main(sys.argv[1:])
