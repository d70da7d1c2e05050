"""Acting in hand-written C beside acting in compiled Python: built, run, compared bit by bit, timed in turn.

The C rule (acting.c) works in place on the same record arrays as ours, with one thread. What the
choices of a month read is put together once, by the functions of the acting phase, for both; what
acting writes is a copy, so that a state given here stays as it was.
"""

from __future__ import annotations

import ctypes
import dataclasses
import os
import shlex
import shutil
import struct
import subprocess
from pathlib import Path
from time import perf_counter_ns
from typing import Any, NamedTuple

import numpy as np

from benchmarks.c_records import Place, check_records, dtype_of, numbers, read_places
from creditsim.core import draws
from creditsim.core.fields import with_fields
from creditsim.model import means, opportunities, utility
from creditsim.model.month import PHASES
from creditsim.model.phases import acting, finding
from creditsim.model.phases.blocks import make_tables
from creditsim.model.regimes import Rules
from creditsim.model.state import MEMORY, PENDING, State

SOURCE = Path(__file__).with_name("acting.c")

OPTIONS = ("-std=gnu11", "-O3", "-march=native", "-ffp-contract=off", "-fPIC", "-shared")
"""Contraction off: a fused product and sum would round once where we round twice."""


class NoCompiler(RuntimeError):
    """There is no C compiler to build with."""


class Library(NamedTuple):
    """The C version, loaded.

    Attributes
    ----------
    act : callable
        See acting.c.
    given : dict of str to (str, int, int)
        C type, offset and size of each member of the struct that `act` reads, by name.
    size : int
        Bytes of that struct.
    compiled_by : str
        Compiler and options, without paths and numbers.
    """

    act: Any
    given: dict[str, tuple[str, int, int]]
    size: int
    compiled_by: str


class Acted(NamedTuple):
    """What acting wrote: columns of the state and of agents, counts, memory, filed records; see `State`."""

    belief: np.ndarray
    deeds: np.ndarray
    last_breach: np.ndarray
    last_tutoring: np.ndarray
    sanctioned: np.ndarray
    last_sanction: np.ndarray
    memory: np.ndarray
    counts: np.ndarray
    done: np.ndarray
    met: np.ndarray
    filed: np.ndarray


class Times(NamedTuple):
    """Times of both versions.

    Attributes
    ----------
    ours_ns, c_ns : float
        Median, for each activity that a present agent could meet.
    ratio : float
        Median of ours / C, of pairs measured one right after the other.
    agent_activities : int
    """

    ours_ns: float
    c_ns: float
    ratio: float
    agent_activities: int


def build(folder: Path | str, options: tuple[str, ...] = OPTIONS) -> Library:
    """Compile acting.c into a folder and load it.

    The compiler is what the environment variable CC names, or ``cc``.

    Raises
    ------
    NoCompiler
        If there is no such command.
    RuntimeError
        If it fails, or if a record of ours is not laid out as records.h has it.
    """
    compiler = shlex.split(os.environ.get("CC", "")) or ["cc"]
    if shutil.which(compiler[0]) is None:
        raise NoCompiler(f"got no command {compiler[0]!r}, expected a C compiler; name one in CC")
    target = Path(folder).resolve() / "acting.so"
    named = [f"-D{name}={number}" for name, number in numbers().items()]
    done = subprocess.run(
        [*compiler, *options, *named, str(SOURCE), "-o", str(target)], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"{compiler[0]} failed on {SOURCE.name}:\n{done.stderr}")
    loaded = ctypes.CDLL(str(target))
    loaded.places.restype = ctypes.POINTER(Place)
    places = read_places(loaded.places())
    check_records(places)
    given = places.pop("Given")
    loaded.act.restype = ctypes.c_int64
    loaded.act.argtypes = [
        ctypes.c_char_p, ctypes.c_int64, ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64,
        ctypes.POINTER(ctypes.c_int64),
    ]  # fmt: skip
    size = given.pop("")[2]
    return Library(loaded.act, given, size, " ".join((Path(compiler[0]).name, *compiler[1:], *options)))


def up_to_acting(state: State, rules: Rules) -> State:
    """Return a copy of a state between two months, taken through the phases that stand before acting."""
    state = state.copy()
    state.counts, state.public = np.zeros_like(state.counts), {}
    for phase in PHASES[: PHASES.index(acting.acting)]:
        phase(state, rules)
    return state


def act_in_c(library: Library, state: State, rules: Rules) -> Acted:
    """Return what acting in C writes, from a state that stands before acting; it stays as it is."""
    case = _Case(state, rules)
    case.act_in_c(library, case.pack(library))
    return case.acted()


def act_compiled(state: State, rules: Rules) -> Acted:
    """Return what our compiled acting writes, from a state that stands before acting; it stays as it is."""
    case = _Case(state, rules)
    case.act_compiled()
    return case.acted()


def assert_same(one: Acted, other: Acted) -> None:
    """Compare all that acting wrote, bit by bit.

    Raises
    ------
    AssertionError
        If anything differs: what, in how many rows, and the first of them.
    """
    for name, first, second in zip(Acted._fields, one, other):
        a, b = f"{first.dtype} {first.shape}", f"{second.dtype} {second.shape}"
        if a != b:
            raise AssertionError(f"{name}: got {a} and {b}, expected the same type and shape")
        differ = np.flatnonzero(_bytes_by_row(first) != _bytes_by_row(second))
        if len(differ):
            row = differ[0]
            raise AssertionError(
                f"{name}: {len(differ)} rows differ, first {row}: {first[row]}, {second[row]}"
            )


def agent_activities(state: State, rules: Rules) -> int:
    """Return how many activities all present agents together could meet: those of their kind and traits."""
    lanes = opportunities.arrange_lanes(rules.activities, rules.activities.opportunity)
    here = state.agents[state.agents.present == 1]
    traits = (here.traits.astype(np.int64) >> lanes.shift[here.kind]) & lanes.mask[here.kind]
    numbers_met = np.bitwise_count(lanes.met).sum(axis=1, dtype=np.int64)
    return int(numbers_met[lanes.first[here.kind] + traits].sum())


def time_both(library: Library, state: State, rules: Rules, repeats: int = 11) -> Times:
    """Time both versions in turn, each from the same start in the same memory.

    A first round compiles ours and touches all memory; its results are compared and its times left out.

    Raises
    ------
    AssertionError
        If the two do not write the same bits.
    """
    case, number = _Case(state, rules), agent_activities(state, rules)
    given = case.pack(library)
    versions = (case.act_compiled, lambda: case.act_in_c(library, given))
    results, times = [], np.zeros((repeats, len(versions)))
    for version in versions:
        case.start_again()
        version()
        results.append(case.acted())
    assert_same(*results)
    for pair in times:
        for place, version in enumerate(versions):
            case.start_again()
            start = perf_counter_ns()
            version()
            pair[place] = perf_counter_ns() - start
    ours, c = times.T
    return Times(
        float(np.median(ours)) / number, float(np.median(c)) / number, float(np.median(ours / c)), number
    )


def _bytes_by_row(array: np.ndarray) -> np.ndarray:
    """Return the bytes of each row as one value that compares bit by bit."""
    plain = np.ascontiguousarray(array)
    return plain.view(np.dtype((np.void, plain.nbytes // len(plain)))).ravel() if len(plain) else plain


class _Case:
    """A month before acting: what both versions read, and memory of its own for what they write."""

    def __init__(self, state: State, rules: Rules):
        # Finding notes which firms stopped paying, and would not find them again.
        noted = state.service.short_before
        self.finding = finding.finding(state, rules)
        state.service.short_before = noted
        self.start = state
        self.state = dataclasses.replace(
            state,
            agents=state.agents.copy(),
            counts=np.zeros_like(state.counts),
            done=np.zeros_like(state.done),
            met=np.zeros_like(state.met),
            deeds=np.zeros_like(state.deeds),
            last_breach=state.last_breach.copy(),
            last_tutoring=state.last_tutoring.copy(),
            service=dataclasses.replace(
                state.service,
                sanctioned=state.service.sanctioned.copy(),
                last_sanction=state.service.last_sanction.copy(),
            ),
        )
        self.given = utility.choosing(self.state, rules)._replace(fines=means.fines_of(self.state))
        memory = with_fields(np.zeros(len(state.agents), MEMORY))
        month = acting.Month(self.finding, self.given, make_tables(self.given))
        self.part = acting._Part(self.state, 0, len(state.agents), memory, month)
        # The word that decides on points shops stands beside another; C reads them in one piece.
        self.bins = np.ascontiguousarray(self.given.bins)

    def start_again(self) -> None:
        """Make everything that acting writes what it was, in the same memory."""
        self.state.agents[:] = self.start.agents
        for name in ("last_breach", "last_tutoring"):
            getattr(self.state, name)[:] = getattr(self.start, name)
        for name in ("sanctioned", "last_sanction"):
            getattr(self.state.service, name)[:] = getattr(self.start.service, name)
        concluding = self.part.concluding
        for column in (self.state.deeds, concluding.counts, concluding.done, concluding.met):
            column[:] = 0
        concluding.memory[:] = np.zeros((), MEMORY)
        self.part.filed = np.zeros(0, PENDING)

    def acted(self) -> Acted:
        """Return copies of all that acting wrote."""
        state, concluding = self.state, self.part.concluding
        written = (
            state.agents.belief, state.deeds, state.last_breach, state.last_tutoring,
            state.service.sanctioned, state.service.last_sanction,
            concluding.memory, concluding.counts, concluding.done, concluding.met, self.part.filed,
        )  # fmt: skip
        return Acted(*(np.array(column) for column in written))

    def act_compiled(self) -> None:
        """Act with our compiled rule."""
        self.part.act()

    def act_in_c(self, library: Library, given: bytes) -> None:
        """Act in C; what is filed gets more room when it needs it, as in ours."""
        number, low, high = ctypes.c_int64(0), 0, len(self.state.agents)
        most = draws.BLOCK_ROWS * self.finding.lanes.activity.shape[1]
        pieces = [self.part.filed]
        while low < high:
            filed = np.zeros(most + (high - low) // 16, PENDING)
            low = library.act(given, low, high, filed.ctypes.data, len(filed), ctypes.byref(number))
            if low < 0:
                raise MemoryError("acting.c got no memory for a block of rows")
            pieces.append(filed[: number.value])
        self.part.filed = np.concatenate(pieces)

    def pack(self, library: Library) -> bytes:
        """Return the struct that acting.c reads: numbers, and addresses of our arrays."""
        packed, values = bytearray(library.size), self._values()
        if set(values) != set(library.given):
            raise RuntimeError(f"records.h: Given differs in {sorted(set(values) ^ set(library.given))}")
        for name, (kind, offset, _) in library.given.items():
            value = values[name]
            if isinstance(value, np.ndarray):
                if value.dtype != dtype_of(kind) or not value.flags.c_contiguous:
                    raise RuntimeError(
                        f"records.h: got {name} of {value.dtype}, expected {kind} in one piece"
                    )
                value = value.ctypes.data
            struct.pack_into("=d" if kind == "double" else "=q", packed, offset, value)
        return bytes(packed)

    def _values(self) -> dict[str, np.ndarray | float]:
        """Return the members of the struct by name."""
        found, given, lanes = self.finding, self.given, self.finding.lanes
        number, written = lanes.activity.shape[1], self.part.concluding._asdict()
        del written["borders"]  # room of our own
        return {
            "number_of_activities": len(found.activities),
            "number_of_lanes": number,
            "number_of_sites": len(given.visible),
            "agents": self.state.agents,
            "lane_activity": lanes.activity,
            "lane_threshold": lanes.threshold,
            "lane_border": lanes.border,
            "kind_blocks": lanes.blocks,
            "kind_first": lanes.first,
            "kind_shift": lanes.shift,
            "kind_mask": lanes.mask,
            "lanes_met": lanes.met,
            "number_stopped": len(found.stopped),
            **{name: getattr(found, name) for name in ("stakes", "quantiles", "buffers", "stopped", "means")},
            "last_memory": given.memory,
            "peer_starts": given.peers.indptr,
            "peer_low": given.peers.low,
            "peer_high": given.peers.high,
            "bins": self.bins,
            "first_duty_row": given.duties.first_row,
            "duties": given.duties.table,
            "number_sanctioned": len(given.fines.sanctioned),
            "sanctioned": given.fines.sanctioned,
            "last_sanction": given.fines.last_sanction,
            "fine_memory_months": given.fines.memory_months,
            "most_fine_steps": given.fines.most_steps,
            **{name: getattr(given, name) for name in (
                "activities", "postings", "regimes", "ranks", "active", "firm_class", "pledges", "visible",
                "terms", "visit_rates", "complaint_factor", "models",
            )},
            **written,
        }  # fmt: skip
