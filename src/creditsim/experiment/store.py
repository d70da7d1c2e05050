"""A run's folder: its tables and what is needed to check them again."""

from __future__ import annotations

import json
from pathlib import Path

from creditsim.core.fingerprint import fingerprint_columns
from creditsim.experiment.files import write_json, write_table
from creditsim.experiment.run import RunResult

TABLES = ("outcomes", "ledger", "agents", "grades")


def write_run(result: RunResult, folder: str | Path, card: str = "") -> None:
    """Write the tables as NAME.parquet, and run.json; see docs/formats.md.

    Parameters
    ----------
    card : str
        The simulation card as JSON, for each of the files.
    """
    folder = Path(folder)
    sizes = {}
    for name in TABLES:
        # One at a time: two of the large tables together would take more than the run did.
        frame = result.table(name)
        write_table(folder / f"{name}.parquet", frame, card)
        sizes[name] = {"rows": len(frame), "sha256": fingerprint_columns({name: frame})}
        del frame
    about = {"card": json.loads(card)} if card else {}
    write_json(folder / "run.json", {**run_record(result, sizes), **about})


def run_record(result: RunResult, sizes: dict) -> dict:
    """Return what run.json holds: the resolved case, fingerprints, and the size of each table."""
    return {
        "format": 1,
        "scenario": result.scenario,
        "case": result.case,
        "inputs": result.inputs,
        "fingerprint": result.fingerprint,
        "months": result.months,
        "outcomes": result.means(),
        "residuals": result.residuals(),
        "memory": result.memory,
        "tables": sizes,
    }
