"""What a user gives: refused by name before it is looked at, and tables of marginals taken in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from creditsim.app.options import choice_faults
from creditsim.app.printing import Voice, print_json
from creditsim.core.errors import Fault, InputError
from creditsim.core.identifiers import refusal, screen_name

_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_AMOUNTS = tuple(
    f"--{name}"
    for name in ("seed", "replication", "replications", "scale", "months", "threads", "workers", "agent")
)
"""Options whose value is a number, and no name."""

_KEY = re.compile(r"(?=.*[a-f])[0-9a-f]{6,64}")
"""Hashes by which runs are named: letters and digits by chance."""

_SAID = {
    "en": (
        "{file}: {rows:,} cells, none of a person or firm; {primary:,} hidden as counts under 10, "
        "{secondary:,} more so that these cannot be worked out"
    ),
    "zh": (
        "{file}：{rows:,} 个单元格，未见个人或企业信息；小于 10 的 {primary:,} 个已隐去，"
        "为防推算另隐去 {secondary:,} 个"
    ),
}


def argument_faults(arguments: Sequence[str]) -> list[Fault]:
    """Return the faults of names on a command line that hold identifiers; none is shown.

    Examples
    --------
    >>> [str(each)[:57] for each in argument_faults(["run", "a-13800138125.yaml", "--seed", "13800138125"])]
    ['argument 2: got what looks like a phone number (not shown']
    """
    faults = []
    before = ""
    for place, argument in enumerate(arguments, start=1):
        option, equals, value = argument.partition("=") if argument.startswith("--") else ("", "", argument)
        key = option if equals else before if before.startswith("--") else f"argument {place}"
        amount = key in _AMOUNTS and _NUMBER.fullmatch(value)
        if not amount and not _KEY.fullmatch(value):
            faults += [Fault(refusal(kind, "in a name"), key=key) for kind in screen_name(value)]
        before = argument
    return faults


def take_marginals(file: str, out: str | None, lang: str, voice: Voice) -> int:
    """Read a table of marginals, say what was hidden, write it if a file is named; return the exit code.

    Raises
    ------
    InputError
        If it holds identifiers or is no table of marginals; then nothing is written.
    """
    from creditsim.app.exporting import target_of
    from creditsim.experiment.files import write_text
    from creditsim.population.imported import read_marginals

    faults = choice_faults("--lang", lang, tuple(_SAID))
    if faults:
        raise InputError(faults)
    target = None if out is None else target_of(file, out, "table")
    found = read_marginals(file)
    rows = len(found.frame)
    if target:
        write_text(target, found.frame.to_csv(index=False, lineterminator="\n"))
    if voice.json:
        counts = {"rows": rows, "hidden": found.primary, "hidden_besides": found.secondary}
        print_json({"file": file, **counts, "written": None if target is None else str(target)})
    else:
        shown = {"file": file, "rows": rows, "primary": found.primary, "secondary": found.secondary}
        voice.result(_SAID[lang].format(**shown))
        if target:
            voice.result(f"{'已写入' if lang == 'zh' else 'written to'} {target}")
    return 0
