"""The store of runs: `ResultStore`, a folder that several sweeps may write to and be killed at.

The store is the truth: what is in it is finished, what is not is to be run. A shard is there whole
or not at all, and whoever writes one holds the store's lock and looks first what is there already.
So nothing is lost that `add` returned from, and nothing is kept twice. Layout: docs/formats.md.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from creditsim.core.errors import Fault, InputError
from creditsim.core.identifiers import name_faults
from creditsim.experiment.results import disk
from creditsim.experiment.results.buffer import shards_of
from creditsim.experiment.results.index import SUFFIX, Index
from creditsim.experiment.results.locks import exclusive
from creditsim.experiment.results.records import read_records, write_record
from creditsim.experiment.results.shards import layout_text, read_columns, read_shard, shard_bytes

if TYPE_CHECKING:
    import numpy as np

    from creditsim.experiment.tasks import Finished, Layout

MARKER = "store.json"
MARKER_BYTES = b'{"about":"a store of runs of creditsim; see docs/formats.md","format":1}'


class ResultStore:
    """Finished runs in a folder, with their experiments and failures.

    Get one from `open`. One object serves one thread; several objects, in threads, processes or on
    machines that share a disk with locks, serve one folder.

    Attributes
    ----------
    path : Path
    """

    def __init__(self, path: Path):
        self.path = path
        self._index = Index(path / "shards")
        self._temporaries = path / "tmp"

    @classmethod
    def open(cls, path: str | Path, create: bool = False) -> ResultStore:
        """Open a store; with `create` make one of a folder that is missing or empty.

        Raises
        ------
        InputError
            If the folder is no store, or holds other files, or the disk fails; if its name is an
            identifier of a person or firm.
        """
        store = cls(Path(path))
        if create:
            if faults := name_faults(str(path)):
                raise InputError(faults)
            store._create()
        store._check_marker()
        store.refresh()
        return store

    # Runs

    def __len__(self) -> int:
        return len(self._index)

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def keys(self) -> Set[str]:
        """Return the keys of all finished runs: a view that grows with the store."""
        return self._index

    def refresh(self) -> None:
        """See what others have added; only the keys of shards not seen yet are read."""
        self._index.refresh()

    def add(self, finished: Sequence[Finished], provenance: dict) -> int:
        """Add finished runs for good, and return how many of them were new.

        Parameters
        ----------
        finished : sequence of Finished
        provenance : dict
            See `creditsim.experiment.results.provenance.provenance`.

        Raises
        ------
        InputError
            If a run is there with another fingerprint, after the others were added; or if the disk fails.
        """
        with self._alone():
            self.refresh()
            known, new = self._told_apart(finished)
            for runs in shards_of(new):
                self._write_shard(runs, provenance)
        clashes = [self._clash(run, known[run.key]) for run in finished if known[run.key] != run.fingerprint]
        if clashes:
            raise InputError(clashes)
        return len(new)

    def fingerprints(self, keys: Iterable[str] | None = None) -> dict[str, str]:
        """Return the fingerprints of runs, of all or of those named, by key; values are not read."""
        return {
            key: fingerprint
            for path, wanted in self._wanted(self._index if keys is None else keys).items()
            for key, fingerprint in read_columns(path, ["key", "fingerprint"])
            if key in wanted
        }

    def case(self, prefix: str) -> tuple[str, dict, str]:
        """Return key, case and fingerprint of the one run whose key begins like this."""
        import json

        key = self._completed(prefix)
        (path,) = self._wanted([key])
        for found, case, fingerprint in read_columns(path, ["key", "case", "fingerprint"]):
            if found == key:
                return key, json.loads(case), fingerprint
        raise AssertionError("the index knows what its shards hold")

    def values(
        self, keys: Iterable[str], cells: Callable[[tuple[str, str, str]], bool] | None = None
    ) -> Iterator[tuple[str, Layout, np.ndarray]]:
        """Yield key, layout and values (cells, months) of runs, shard by shard.

        Parameters
        ----------
        keys : iterable of str
            Runs of the store. They come in the store's order, not in this one.
        cells : callable, optional
            Tells of (outcome, setting, group) whether it is wanted; the layouts hold no others.

        Notes
        -----
        One shard is in memory at a time; what is yielded is a copy and may be kept.
        """
        for path, wanted in self._wanted(keys).items():
            shard = read_shard(path)
            layout, rows = _chosen(shard.layout, cells)
            for number, key in enumerate(shard.keys):
                if key in wanted:
                    yield key, layout, shard.values[number, rows].copy()

    def table(self) -> list[tuple[str, str, str]]:
        """Return key, fingerprint and a hash of layout and values of every run, sorted by key.

        Two stores with equal tables hold the same runs bit for bit, whatever their shards.
        """
        fingerprints = self.fingerprints()
        rows = [
            (key, fingerprints[key], _digest(layout, values))
            for key, layout, values in self.values(self._index)
        ]
        return sorted(rows)

    def size(self) -> dict[str, int]:
        """Return the number of shards, their bytes, and the number of runs."""
        shards = self._index.shards
        return {"shards": len(shards), "bytes": sum(map(disk.size, shards)), "runs": len(self)}

    # Experiments and failures

    def add_experiment(self, record: dict) -> str:
        """Keep the resolved definition of an experiment, and return its hash."""
        return self._write_record("experiments", record)

    def experiments(self) -> dict[str, dict]:
        """Return all experiments by hash."""
        return dict(read_records(self.path / "experiments"))

    def add_failure(self, record: dict) -> str:
        """Keep the record of a run that failed, and return its hash.

        Parameters
        ----------
        record : dict
            ``key``, ``error``, and ``tries``: objects with ``error``, ``log``, ``worker`` and ``time``
            (ISO, UTC).
        """
        return self._write_record("failures", record)

    def failures(self) -> dict[str, dict]:
        """Return by key the latest failure of every run that has not finished since."""
        records = [record for _, record in read_records(self.path / "failures")]
        records.sort(key=lambda record: max((each["time"] for each in record["tries"]), default=""))
        return {record["key"]: record for record in records if record["key"] not in self}

    # Writing

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the store's lock; what lies among the temporaries then is of the dead, and goes."""
        with exclusive(self.path / "lock") as alone:
            for name in disk.names(self._temporaries) if alone else ():
                disk.remove(self._temporaries / name)
            yield

    def _create(self) -> None:
        """Make a store of a folder that is missing or empty; leave one that is a store."""
        disk.make_folder(self.path)
        # The marker comes before all but these two; without it they are of a creation that was killed.
        strangers = sorted({*disk.names(self.path)} - {"lock", self._temporaries.name})
        if MARKER in strangers:
            return
        if strangers:
            got = ", ".join(strangers[:3]) + (", ..." if len(strangers) > 3 else "")
            text = f"got a folder with other files ({got}), expected a store of runs or an empty folder"
            raise InputError(Fault(f"{text}; name another folder", str(self.path)))
        with self._alone():
            if MARKER not in disk.names(self.path):
                disk.write_once(self.path / MARKER, MARKER_BYTES, self._temporaries)

    def _check_marker(self) -> None:
        """Raise InputError if the folder is not a store of this format."""
        if MARKER not in disk.names(self.path):
            text = f"got no store of runs (it has no {MARKER}), expected one; name the folder of a sweep"
            raise InputError(Fault(text, str(self.path)))
        if disk.read(self.path / MARKER) != MARKER_BYTES:
            text = f"got another marker than that of a store of format 1; `creditsim verify {self.path}`"
            raise InputError(Fault(f"{text} says what to do", str(self.path / MARKER)))

    def _told_apart(self, finished: Sequence[Finished]) -> tuple[dict[str, str], list[Finished]]:
        """Return the fingerprint that counts for each key, and the first run of each key not yet known."""
        known = self.fingerprints({run.key for run in finished} & self._index)
        new = []
        for run in finished:
            if run.key not in known:
                known[run.key] = run.fingerprint
                new.append(run)
        return known, new

    def _write_shard(self, runs: Sequence[Finished], provenance: dict) -> None:
        """Write one shard and enter it in the index."""
        data = shard_bytes(runs, provenance)
        path = self.path / "shards" / f"{hashlib.sha256(data).hexdigest()}{SUFFIX}"
        disk.write_once(path, data, self._temporaries)
        self._index.enter(path, [run.key for run in runs])

    def _write_record(self, folder: str, record: dict) -> str:
        """Write one JSON record and return its hash."""
        with self._alone():
            return write_record(self.path / folder, record, self._temporaries)

    def _clash(self, run: Finished, known: str) -> Fault:
        """Return what is to be told of a run that came out otherwise than before."""
        text = f"got fingerprint {run.fingerprint}, expected {known}, with which it is in the store"
        return Fault(f"{text}; run it again on both machines: one case must give one result",
                     str(self.path), key=f"run {run.key[:12]}")  # fmt: skip

    # Reading

    def _wanted(self, keys: Iterable[str]) -> dict[Path, set[str]]:
        """Return keys by shard; raise InputError if one is not of a finished run."""
        keys = list(keys)
        missing = [key for key in keys if key not in self._index]
        if missing:
            text = f"got {missing[0]!r}" + (f" and {len(missing) - 1} more" if missing[1:] else "")
            raise InputError(Fault(f"{text}, expected keys of finished runs", str(self.path)))
        return self._index.by_shard(keys)

    def _completed(self, prefix: str) -> str:
        """Return the one key that begins like this."""
        found = sorted(key for key in self._index if key.startswith(prefix.lower()))
        if len(found) == 1:
            return found[0]
        expected = "expected the first digits of the key of one finished run"
        if not found:
            text = f"got {prefix!r}, {expected}; none of {len(self)} begins so"
            raise InputError(Fault(text, str(self.path)))
        some = ", ".join(key[: len(prefix) + 8] for key in found[:3])
        text = f"got {prefix!r}, {expected}; {len(found)} begin so ({some}, ...): give more digits"
        raise InputError(Fault(text, str(self.path)))


def _chosen(layout: Layout, cells: Callable | None) -> tuple[Layout, slice | list[int]]:
    """Return the layout of the wanted cells, and which rows of the values they are."""
    if cells is None:
        return layout, slice(None)
    rows = [number for number, cell in enumerate(layout.cells) if cells(cell)]
    return type(layout)(layout.months, tuple(layout.cells[number] for number in rows)), rows


def _digest(layout: Layout, values: np.ndarray) -> str:
    """Return a hash of a run's values, bit for bit, and of what they stand for."""
    return hashlib.sha256(layout_text(layout).encode() + values.tobytes()).hexdigest()
