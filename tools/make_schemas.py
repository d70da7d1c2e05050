"""Write the JSON schemas of scenario and experiment files into data/schemas, for editors.

Run from the repository root: ``python tools/make_schemas.py``; ``make docs`` does it.
"""

import json
import sys
from pathlib import Path

from creditsim.spec.experiment_schema import experiment_schema
from creditsim.spec.schema import scenario_schema

FOLDER = Path(__file__).resolve().parents[1] / "data" / "schemas"


def texts():
    """Return what the files should hold, by name."""
    schemas = {"scenario": scenario_schema(), "experiment": experiment_schema()}
    return {
        f"{name}.schema.json": json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


def main():
    FOLDER.mkdir(exist_ok=True)
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
