"""The state of a run as plain Python: what the naive phases read and write.

`plain_state(state)` returns a `SimpleNamespace` with the names of `creditsim.model.state.State` (the table
"State of a run" in section 2 of docs/odd.md), in this form:

* a record with one row an agent, site, enterprise or link (``agents``, ``ranks``, ``site_ranks``, ``memory``,
  ``trade.firms``, ``trade.claims``, ``public_bodies.duties``) is a namespace of columns, each a list:
  ``s.agents.trust[row]``; beliefs are a list of seven by row; duties go by body and obligation,
  ``s.public_bodies.duties.factor[body][k]``;
* a table whose length changes (``pending``, ``cases``, ``filed_now``, ``files.display``, ``service.named``,
  ``public_bodies.claims``, ``turnover.low_exits``) is a list of namespaces, one a row of the table;
* an array is a list, of lists where it has two or three dimensions; ``done[site][activity]``;
* ``counts`` is a dict of lists: ``s.counts["breaches"][cell]``; see `count`;
* ``ledger`` stands for ``chains``: a list of entries in posting order, each a namespace of ``id``, ``row``,
  ``subject``, ``account`` (0 district, 1 village), ``kind`` (0 item, 1 repair, 2 void, 3 objection, 4
  objection closed), ``item`` (index in the book's items), ``points_mp``, ``event``, ``end``, ``posted``,
  ``ref`` (-1: none), ``channel``, and what has become of it: ``voided``, ``repaired``, ``contested``,
  ``wrong`` (the record is false), ``heard``, ``over_reported``, ``for_another`` (0 or 1);
  ``post`` appends one;
* ``holder`` says by row which holder of the slot has it now: subject = slot + holder * 2**32;
* ``files.padded`` and ``files.docked`` are lists of ids; ``public`` a dict;
* ``population``, ``ties`` (list of rows, ascending, by row) and ``trade.network`` never change and are not
  compared; ``ledger_memory`` (the package's notes on when to fold an account again) is not compared either.

Numbers are Python ints and floats; what the package keeps in single precision (beliefs) is rounded with
`single` whenever it is written.
"""

from __future__ import annotations

import dataclasses
import itertools
import struct
from types import SimpleNamespace
from typing import Any

import numpy as np

from creditsim.model.quantities import QUANTITIES
from creditsim.population.peers import build_peers

TABLES = frozenset(("pending", "cases", "filed_now", "display", "named", "low_exits", "public_bodies.claims"))
"""Records whose number of rows changes: kept as a list of rows."""

STATUS = ("voided", "repaired", "contested", "wrong", "heard", "over_reported", "for_another")
"""Names of the status bits of an entry, from the lowest."""

NOT_COMPARED = frozenset(("population", "ties", "network", "ledger_memory"))
"""Names that never change, or that say nothing about results."""

_fixed: dict[int, tuple[Any, Any]] = {}


def plain_state(state) -> SimpleNamespace:
    """Return a state of the package in the form said above; nothing in it is shared with the package."""
    made = SimpleNamespace()
    for field in dataclasses.fields(state):
        name, value = field.name, getattr(state, field.name)
        if name == "population":
            made.population = _once(value, _plain_population)
            made.ties = _once(value, _plain_ties, "ties")
        elif name == "chains":
            made.ledger, made.holder = _plain_ledger(value), value.entries.holder.tolist()
            made.ledger_memory = SimpleNamespace(changes=value.changes.tolist(), dirty=value.dirty.tolist())
        elif name == "counts":
            made.counts = dict(zip(QUANTITIES, value.T.tolist()))
        else:
            setattr(made, name, _plain(name, value))
    return made


def count(state: SimpleNamespace, quantity: str, row: int, amount: int = 1) -> None:
    """Add an amount to a quantity in the group cell of an agent."""
    state.counts[quantity][state.agents.cell[row]] += amount


def post(state: SimpleNamespace, row: int, **fields: Any) -> int:
    """Append an entry about the present holder of a row to the ledger; return its id.

    Fields that are not given are 0, but -1 for ``item``, ``ref`` and ``channel``; ``posted`` is the month.
    """
    entry = SimpleNamespace(
        id=len(state.ledger), row=row, subject=state.agents.slot[row] + (state.holder[row] << 32), account=0,
        kind=0, item=-1, points_mp=0, event=state.month, end=state.month, posted=state.month, ref=-1,
        channel=-1,
        **dict.fromkeys(STATUS, 0),
    )  # fmt: skip
    entry.__dict__.update(fields)
    state.ledger.append(entry)
    return entry.id


def single(number: float) -> float:
    """Return a number rounded to single precision."""
    return struct.unpack("<f", struct.pack("<f", number))[0]


def differences(real: Any, naive: Any, path: str = "", most: int = 12) -> list[str]:
    """Return in words where two plain states differ, at most so many; floats are compared to the bit."""
    found: list[str] = []
    _compare(real, naive, path, found, most, real)
    return found


def _compare(real, naive, path, found, most, whole) -> None:
    """Append the differences of two values, however deep."""
    if len(found) >= most:
        return
    if isinstance(real, SimpleNamespace):
        _compare_named(real.__dict__, naive.__dict__, path, found, most, whole)
    elif isinstance(real, dict):
        _compare_named(real, naive, path, found, most, whole)
    elif isinstance(real, list):
        if len(real) != len(naive):
            found.append(f"{path}: package has {len(real)}, second implementation {len(naive)}")
        if real and isinstance(real[0], int | float | bool) and real == naive:
            if isinstance(real[0], float):
                _compare_zeros(real, naive, path, found)
            return
        for place, (one, other) in enumerate(zip(real, naive)):
            _compare(one, other, f"{path}[{place}]{_who(path, place, whole)}", found, most, whole)
    elif not _same(real, naive):
        found.append(f"{path}: package {real!r}, second implementation {naive!r}")


def _compare_named(real: dict, naive: dict, path, found, most, whole) -> None:
    """Append the differences of what has names."""
    if set(real) != set(naive):
        for name in sorted(set(real) ^ set(naive)):
            has = "only the package" if name in real else "only the second implementation"
            found.append(f"{path}: {has} has {name} ({real.get(name, naive.get(name))!r})")
    for name in real:
        if name not in NOT_COMPARED and name in naive:
            _compare(real[name], naive[name], f"{path}.{name}" if path else name, found, most, whole)


def _compare_zeros(real, naive, path, found) -> None:
    """Tell zeros of different sign apart, which are equal and not the same bits."""
    for place, (one, other) in enumerate(zip(real, naive)):
        if one == 0.0 and not _same(one, other):
            found.append(f"{path}[{place}]: package {one!r}, second implementation {other!r}")
            return


def _same(one: Any, other: Any) -> bool:
    """Say whether two numbers are the same to the bit."""
    if isinstance(one, float) or isinstance(other, float):
        return struct.pack("<d", one) == struct.pack("<d", other)
    return one == other


def _who(path: str, place: int, whole) -> str:
    """Name the kind of an agent beside its row."""
    agents = getattr(whole, "agents", None)
    if path.startswith("agents.") and path.count("[") == 0 and agents is not None:
        return f" (kind {agents.kind[place]})"
    return ""


def _plain(name: str, value: Any) -> Any:
    """Return any value of the state as plain Python."""
    if isinstance(value, np.ndarray) and value.dtype.names:
        if name in TABLES or name.rsplit(".", 1)[-1] in TABLES:
            columns = {each: value[each].tolist() for each in value.dtype.names}
            return [SimpleNamespace(**dict(zip(columns, row))) for row in zip(*columns.values())]
        return SimpleNamespace(**{each: value[each].tolist() for each in value.dtype.names})
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if dataclasses.is_dataclass(value):
        if type(value).__name__ == "Network":
            return _once(value, _plain_fields)
        fields = [field.name for field in dataclasses.fields(value)]
        return SimpleNamespace(**{each: _plain(f"{name}.{each}", getattr(value, each)) for each in fields})
    if hasattr(value, "_asdict"):
        return SimpleNamespace(**{each: _plain(each, part) for each, part in value._asdict().items()})
    if isinstance(value, dict):
        return {each: _plain(each, part) for each, part in value.items()}
    return [_plain(name, each) for each in value] if isinstance(value, list | tuple) else value


def _plain_fields(value: Any) -> SimpleNamespace:
    """Return a dataclass of arrays as a namespace of lists."""
    fields = [field.name for field in dataclasses.fields(value)]
    return SimpleNamespace(**{each: _plain(each, getattr(value, each)) for each in fields})


def _plain_population(population) -> SimpleNamespace:
    """Return who was there at the start; households as lists of members."""
    made = _plain_fields(population)
    indptr, members = made.households.indptr, made.households.members
    made.households = [members[first:last] for first, last in itertools.pairwise(indptr)]
    return made


def _plain_ties(population) -> list[list[int]]:
    """Return each agent's ties, ascending."""
    peers = build_peers(population)
    indptr, targets = peers.indptr.tolist(), peers.targets.tolist()
    return [targets[first:last] for first, last in itertools.pairwise(indptr)]


def _plain_ledger(chains) -> list[SimpleNamespace]:
    """Return all entries, with their row and what has become of them."""
    entries, ids = chains.written(), np.arange(chains.number)
    names = [name for name in entries.dtype.names if name != "act"]
    columns = [entries[name].tolist() for name in names]
    columns += [chains.rows_of(ids).tolist() if len(ids) else []]
    columns += [(chains.status >> bit & 1).tolist() for bit in range(len(STATUS))]
    return [SimpleNamespace(**dict(zip((*names, "row", *STATUS), row))) for row in zip(*columns)]


def _once(value: Any, make, what: str = "") -> Any:
    """Return what is made of a value that never changes; it is made at the first call."""
    key = hash((id(value), what))
    if key not in _fixed or _fixed[key][0] is not value:
        _fixed.clear() if len(_fixed) > 8 else None
        _fixed[key] = value, make(value)
    return _fixed[key][1]
