"""Keep small JSON records in a folder, each in a file named by the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from creditsim.core.fingerprint import json_text
from creditsim.experiment.results import disk
from creditsim.experiment.results.index import is_name
from creditsim.experiment.results.shards import damaged

SUFFIX = ".json"


def write_record(folder: Path, record: dict, temporaries: Path) -> str:
    """Write a record if it is not there, and return its hash."""
    data = json_text(record).encode()
    name = hashlib.sha256(data).hexdigest()
    path = folder / f"{name}{SUFFIX}"
    if path.name not in disk.names(folder) or disk.read(path) != data:
        disk.write_once(path, data, temporaries)
    return name


def read_records(folder: Path) -> Iterator[tuple[str, dict]]:
    """Yield the records of a folder with their hashes, in the order of these.

    Raises
    ------
    InputError
        If one is not as it was written.
    """
    for name in disk.names(folder):
        if is_name(name, SUFFIX):
            yield name.removesuffix(SUFFIX), record_of(disk.read(folder / name), folder / name)


def record_of(data: bytes, path: Path) -> dict:
    """Return the record that a file's bytes hold, held against its name."""
    if hashlib.sha256(data).hexdigest() != path.stem:
        raise damaged(path)
    try:
        return json.loads(data)
    except ValueError as error:
        raise damaged(path) from error
