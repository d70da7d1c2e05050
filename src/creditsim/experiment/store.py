"""A run's folder: its tables and what is needed to check them again."""

from __future__ import annotations

from pathlib import Path

from creditsim.core.fingerprint import fingerprint_columns
from creditsim.experiment.files import write_json, write_table
from creditsim.experiment.run import RunResult

TABLES = ("outcomes", "ledger", "agents", "grades")


def write_run(result: RunResult, folder: str | Path) -> None:
    """Write the tables as NAME.parquet, and run.json; see docs/formats.md."""
    folder = Path(folder)
    for name in TABLES:
        write_table(folder / f"{name}.parquet", getattr(result, name))
    write_json(folder / "run.json", run_record(result))


def run_record(result: RunResult) -> dict:
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
        "tables": {
            name: {
                "rows": len(getattr(result, name)),
                "sha256": fingerprint_columns({name: getattr(result, name)}),
            }
            for name in TABLES
        },
    }
