"""What the commands about a store do: status, verify, reproduce, export."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from creditsim.app.commands import standard_output_kept
from creditsim.app.options import choice_faults
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.core.errors import InputError

KINDS_OF_FILE = ("csv", "xlsx")


def show_status(folder: str, voice: Voice) -> int:
    """Show what a store holds, experiment by experiment; return the exit code.

    Raises
    ------
    InputError
        If there is no store.
    """
    from creditsim.app.sweeps import sweeps_in
    from creditsim.experiment.results.store import ResultStore

    store = ResultStore.open(folder)
    sweeps = sweeps_in(store)
    size = store.size()
    if voice.json:
        print_json({"store": folder, **size, "experiments": [each.to_dict() for each in sweeps]})
        return 0
    voice.result(
        f"{folder}: {size['runs']:,} finished runs in {size['shards']:,} shards, "
        f"{size['bytes'] / 1e6:,.1f} MB"
    )
    rows = [
        [each.recorded.name, each.recorded.hash[:8], each.runs, each.planned, len(each.failed),
         "partial" if each.partial else "complete", each.fingerprint[:12]]
        for each in sweeps
    ]  # fmt: skip
    head = ("experiment", "hash", "finished", "planned", "failed", "state", "fingerprint")
    voice.result(table_text(head, rows, right=(2, 3, 4)))
    for each in sweeps:
        if each.clearness is not None:
            voice.result(f"{each.recorded.name}: {each.clearness.verdict()}")
        for line in each.failure_lines():
            voice.result(line)
        for failure in each.to_dict()["failures"]:
            voice.detail(f"{failure['key']}\n{failure['log']}")
    return 0


def verify_bytes(folder: str, voice: Voice) -> int:
    """Check every byte of a store; return 1 if something is not as it was written.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    from creditsim.experiment.results.verify import verify_store

    found = verify_store(folder)
    if voice.json:
        parts = {"findings": list(found.findings), "remarks": list(found.remarks)}
        print_json({"store": folder, "files": found.files, "runs": found.runs, **parts})
    else:
        number = len(found.findings)
        voice.result(
            f"{folder}: {found.files:,} files with {found.runs:,} runs read, "
            f"{number or 'no'} finding{'' if number == 1 else 's'}"
        )
    for line in found.findings:
        print(line, file=sys.stderr)
    for line in found.remarks:
        voice.remark(line)
    return 1 if found.findings else 0


def reproduce_run(folder: str, key: str, voice: Voice) -> int:
    """Run one of a store's runs again; return 1 if its results differ.

    Raises
    ------
    InputError
        If there is no such run, or another version of creditsim made it.
    """
    from creditsim.experiment.reproduce import reproduced
    from creditsim.experiment.results.store import ResultStore

    store = ResultStore.open(folder)
    full, case, fingerprint = store.case(key)
    with standard_output_kept():
        found = reproduced(full, case)
    same = found == fingerprint
    if voice.json:
        print_json({"key": full, "fingerprint": fingerprint, "reproduced": found, "same": same})
    else:
        voice.result(f"run {full}\nin the store  {fingerprint}\nrun again     {found}")
        voice.result("the same results" if same else "DIFFERENT results")
    return 0 if same else 1


def export_results(folder: str, options: Mapping[str, Any], voice: Voice) -> int:
    """Write a store's results for other programs; return the exit code.

    Raises
    ------
    InputError
        All faults of the options at once; also if the rows do not fit the kind of file.
    """
    from creditsim.app.exporting import target_of
    from creditsim.app.sweeps import open_sweep
    from creditsim.report.card import card_of
    from creditsim.report.store_tables import TABLES, write_csv, write_xlsx

    faults = choice_faults("--to", options["to"], KINDS_OF_FILE)
    faults += choice_faults("--table", options["table"], TABLES)
    if faults:
        raise InputError(faults)
    target = target_of(folder, options["out"], options["to"])
    sweep = open_sweep(folder, options["experiment"])
    what = (sweep.recorded, sweep.store, sweep.replications)
    card = card_of(sweep.fingerprint)
    if options["to"] == "csv":
        rows = write_csv(*what, options["table"], target)
        card.write_beside(target)
    else:
        about = {name: value for name, value in sweep.to_dict().items() if name not in ("failures", "until")}
        rows = write_xlsx(
            *what,
            {**about, "population": "synthetic", **dict(card.rows("en")), **dict(card.rows("zh"))},
            target,
        )
    summary = {"file": str(target), "rows": rows, "runs": sweep.runs, "partial": sweep.partial}
    if voice.json:
        print_json(summary)
    else:
        voice.result(f"{rows:,} rows of {sweep.runs:,} runs written to {target}")
    if sweep.partial:
        missing = f"{sweep.planned - sweep.runs:,} of {sweep.planned:,} runs are missing"
        print(f"{folder}: a PARTIAL sweep: {missing}", file=sys.stderr)
    return 0
