"""Know which finished runs a store holds and where: a digest and a number for each, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from creditsim.experiment.results import disk
from creditsim.experiment.results.shards import damaged, read_columns

SUFFIX = ".parquet"


class Index(Set):
    """The keys of a store's finished runs, as a set of hex texts; grows as shards are entered.

    Parameters
    ----------
    folder : Path
        Where the shards lie.
    """

    def __init__(self, folder: Path):
        self._folder = folder
        self._shards: list[Path] = []
        self._seen: set[str] = set()
        self._where: dict[bytes, int] = {}

    def __contains__(self, key: object) -> bool:
        digest = _digest(key)
        return digest is not None and digest in self._where

    def __iter__(self) -> Iterator[str]:
        return (digest.hex() for digest in self._where)

    def __len__(self) -> int:
        return len(self._where)

    @classmethod
    def _from_iterable(cls, keys: Iterable[str]) -> set[str]:
        """Return what ``index - others`` and the like give: a plain set."""
        return set(keys)

    @property
    def shards(self) -> tuple[Path, ...]:
        """The shards entered so far."""
        return tuple(self._shards)

    def refresh(self) -> None:
        """Enter the shards that are new in the folder: of each, its keys are read and nothing else."""
        for name in shard_names(self._folder):
            if name not in self._seen:
                path = self._folder / name
                self.enter(path, [key for (key,) in read_columns(path, ["key"])])

    def enter(self, path: Path, keys: Iterable[str]) -> None:
        """Enter a shard with these keys; a key that is known stays where it was found first."""
        digests = [_digest(key) for key in keys]
        if None in digests:
            raise damaged(path)
        for digest in digests:
            self._where.setdefault(digest, len(self._shards))
        self._shards.append(path)
        self._seen.add(path.name)

    def by_shard(self, keys: Iterable[str]) -> dict[Path, set[str]]:
        """Return known keys under the shards where they are to be found."""
        found: dict[int, set[str]] = {}
        for key in keys:
            found.setdefault(self._where[bytes.fromhex(key)], set()).add(key)
        return {self._shards[number]: found[number] for number in sorted(found)}


def shard_names(folder: Path) -> list[str]:
    """Return the names of the shards in a folder; other files are not looked at."""
    return [name for name in disk.names(folder) if is_name(name, SUFFIX)]


def is_name(name: str, suffix: str) -> bool:
    """Tell whether a file's name is a SHA-256 and a suffix."""
    return name.endswith(suffix) and _digest(name.removesuffix(suffix)) is not None


def _digest(key: object) -> bytes | None:
    """Return a key as 32 bytes; None if it is not 64 lower-case hex digits."""
    if not isinstance(key, str) or len(key) != 64 or set(key) - set("0123456789abcdef"):
        return None
    return bytes.fromhex(key)
