"""A state taken apart into named members, and put together again: what a checkpoint holds.

Every attribute of the state and of its parts is a member, named by its path, such as ``trade.firms``: a
field that is added one day is a member without being named here, and what cannot be one is refused by name.
What follows from the population is no member; it is made again. No other two arrays of a state share memory
(a test looks), so that members are independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from creditsim.model.chains import Chains
from creditsim.model.packing import PackedEntries
from creditsim.model.parts.contests import Contests
from creditsim.model.parts.public_bodies import PublicBodies
from creditsim.model.parts.records import Files
from creditsim.model.parts.schools import Schools
from creditsim.model.parts.service import Service
from creditsim.model.parts.trade import Network, Trade
from creditsim.model.parts.turnover import Shown, Turnover
from creditsim.model.state import State
from creditsim.population.synthesis import Population

Plain = int | float | str | tuple | dict
"""What a member is if it is no array: figures and words, ready for JSON."""

PARTS = (
    State, Chains, PackedEntries, Files, Service, Trade, Contests, Schools, PublicBodies, Turnover, Shown,
)  # fmt: skip
"""What is taken apart, attribute by attribute."""

MADE_AGAIN = (Population, Network)
SHARED_SLOTS = "chains.entries.slots"
"""What follows from the population, and so is no member."""

_WITH_ROOM = ("chains.entries.records", "chains.entries._links")
"""Arrays that grow in a run and are not empty at first: they have room for more."""


def members_of(state: State) -> tuple[dict[str, np.ndarray], dict[str, Plain]]:
    """Return a state's arrays and its plain values by their paths; the arrays are the state's own.

    Raises
    ------
    TypeError
        If something in the state is neither an array nor a known part nor plain.
    """
    arrays, plain = {}, {}
    for path, member in _members(state, ""):
        (arrays if isinstance(member, np.ndarray) else plain)[path] = member
    return arrays, plain


def put_together(template: State, member: Callable[[str], Any]) -> State:
    """Return a template with other members, each asked for by its path; the template is used up.

    Raises
    ------
    ValueError
        If a member is not of its place's type, or an array is not of its records or its shape.
    """
    return _with_members(template, "", member)


def _members(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Give all members below a part, with their paths."""
    if _is_made_again(value, path):
        return
    if isinstance(value, PARTS):
        for name, each in _attributes(value).items():
            yield from _members(each, _below(path, name))
    elif _is_plain(value) or (isinstance(value, np.ndarray) and not value.dtype.hasobject):
        yield path, value
    else:
        raise TypeError(f"state.{path} is a {type(value).__name__}: a checkpoint cannot hold it")


def _with_members(value: Any, path: str, member: Callable[[str], Any]) -> Any:
    """Return a part with other members; what is made again stays."""
    if _is_made_again(value, path):
        return value
    if isinstance(value, PARTS):
        # One after the other: each array of the template goes before the next member comes.
        for name, each in _attributes(value).items():
            found = _with_members(each, _below(path, name), member)
            if isinstance(value, tuple):
                value = value._replace(**{name: found})
            else:
                setattr(value, name, found)
        return value
    found = member(path)
    if isinstance(value, np.ndarray):
        return _in_place_of(value, path, found)
    if type(found) is not type(value):
        raise ValueError(f"state.{path}: got {found!r}, expected a {type(value).__name__}")
    return found


def _in_place_of(old: np.ndarray, path: str, new: np.ndarray) -> np.ndarray:
    """Return an array as the kind of array that stands in its place: compiled rules tell them apart."""
    grows = path in _WITH_ROOM or len(old) == 0
    same_shape = new.ndim == old.ndim and (grows or new.shape == old.shape)
    if new.dtype.itemsize != old.dtype.itemsize or new.dtype.descr != old.dtype.descr or not same_shape:
        got, expected = (f"{each.dtype.descr} of shape {each.shape}" for each in (new, old))
        raise ValueError(f"state.{path}: got {got}, expected {expected}")
    return new.view(old.dtype, type(old))


def _attributes(part: Any) -> dict[str, Any]:
    """Return the attributes of a part by name."""
    return part._asdict() if isinstance(part, tuple) else dict(vars(part))


def _is_made_again(value: Any, path: str) -> bool:
    """Say whether something follows from the population."""
    return isinstance(value, MADE_AGAIN) or path == SHARED_SLOTS


def _is_plain(value: Any) -> bool:
    """Say whether a value can be written as JSON and read back as it is."""
    if type(value) is dict:
        return all(type(name) is str and type(each) in (int, float) for name, each in value.items())
    if type(value) is tuple:
        return all(type(each) is str for each in value)
    return type(value) in (int, float, str)


def _below(path: str, name: str) -> str:
    """Return the path of an attribute."""
    return f"{path}.{name}" if path else name
