"""Make the shipped sensitivity study anew: which assumptions the verdicts of the default comparison hang on.

Run from the repository root: ``python tools/make_sensitivity.py [STORE]``; ``make sensitivity`` does it
(half an hour on two cores). With STORE runs are kept there, and gone on with.
"""

import datetime
import json
import sys

import creditsim as cs
from creditsim.analysis.sensitivity.listed import SHIPPED
from creditsim.core.shipped import data_path

EXPERIMENT, SAMPLES = "doubtful-assumptions", 10
COMMAND = f"creditsim sensitivity {EXPERIMENT} --method morris --samples {SAMPLES}"
DIGITS = 6

HEAD = """\
# Sensitivity study of the default comparison: what each uncertain factor of the world matters for the
# differences to the status quo, and where verdicts would turn. Made by: make sensitivity. Not edited by
# hand. The keys of factors are those of `creditsim sensitivity --json`, see docs/formats.md; numbers have
# six digits. Runs do not read this file. `model` and `data` say which version made it: a comparison says
# when they are not those installed.
"""


def rounded(value):
    """Return plain values with six significant digits."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def line(value):
    """Return a value as YAML of one line; JSON is YAML."""
    return json.dumps(rounded(value), ensure_ascii=False)


def text_of(record):
    """Return the file's text: one line a factor."""
    lines = [HEAD.rstrip(), "format: 1", f"made: {line(record['made'])}", f"baseline: {record['baseline']}"]
    lines += [f"scenarios: {line(record['scenarios'])}", "studies:"]
    for study in record["studies"]:
        keys = [key for key in study if key != "factors"]
        lines += [f"{'- ' if key == keys[0] else '  '}{key}: {line(study[key])}" for key in keys]
        lines += ["  factors:", *(f"  - {line(factor)}" for factor in study["factors"])]
    return "\n".join(lines) + "\n"


def main():
    """Run the study, and write the file."""
    store = sys.argv[1] if len(sys.argv) > 1 else None
    found = cs.sensitivity(EXPERIMENT, "morris", SAMPLES, store=store, workers=1)
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    path = data_path(*SHIPPED)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text_of(found.record(COMMAND, today)), encoding="utf-8")
    print(f"wrote {'/'.join(SHIPPED)}: {found.main.runs:,} runs, fingerprint {found.fingerprint}")


if __name__ == "__main__":
    main()
