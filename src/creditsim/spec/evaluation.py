"""Read the five-dimension evaluation of firms: dimensions, weights, classes, direct rules."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from creditsim.core.errors import Fault, InputError, nearest, unknown
from creditsim.core.shipped import data_path
from creditsim.scoring.enterprise import CLASSES, DIMENSIONS, Evaluation
from creditsim.scoring.rulebook import Rulebook
from creditsim.scoring.tables import milli_points
from creditsim.spec.files import read_document, validate
from creditsim.spec.records import Confidence, Number, Share, SourceKind, Texts
from creditsim.spec.rulebooks import BothLanguages, Letter, Part, Text, load_rulebook

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
DimensionName = Literal["government", "judicial", "financial", "enterprise", "social"]


class Sourced(Part):
    """A part with its passport; see `records.Passport`."""

    source: Text
    source_kind: SourceKind
    confidence: Confidence
    note: str = ""


class Ranged(Sourced):
    """A value with its range for sensitivity analysis."""

    low: Number
    high: Number


class DimensionRow(Ranged):
    """A dimension: what belongs to it, and the points that empty it."""

    title_en: Text
    title_zh: Text
    emptied_by_points: Positive
    categories: Texts = ()
    items: Texts = ()


class WeightRow(Ranged):
    """A scheme of weights: one share a dimension. The range is a factor on each share."""

    title_en: Text
    title_zh: Text
    shares: dict[DimensionName, Share]


class ClassRow(Ranged):
    """A class above the worst one, and its lowest total."""

    from_points: Positive


class DirectPointsRow(Ranged):
    """What a direct grade takes off its dimension."""

    points: Positive


class DirectClassRow(Sourced):
    """The best class while a direct grade, or an entry of an item, is in force."""

    gives: Literal["D", "C", "B"]
    direct_grades: Annotated[tuple[Letter, ...], Field(strict=False)] = ()
    items: Texts = ()


class EvaluationFile(Part):
    """An evaluation file."""

    format: Literal[1]
    title: BothLanguages
    date: Text
    book: Text
    list: Text
    full_points: Positive
    dimensions: dict[DimensionName, DimensionRow]
    weights: Annotated[dict[str, WeightRow], Field(min_length=1)]
    classes: dict[Literal["A", "B", "C"], ClassRow]
    direct_points: dict[Letter, DirectPointsRow]
    direct_classes: Annotated[tuple[DirectClassRow, ...], Field(strict=False)] = ()


def weight_schemes(file: str | Path | None = None) -> tuple[str, ...]:
    """Return the names of the weight schemes, in the file's order.

    Examples
    --------
    >>> weight_schemes()
    ('default', 'equal', 'court_and_tax')
    """
    return tuple(_file(None if file is None else str(file)).weights)


def load_evaluation(weights: str = "default", file: str | Path | None = None) -> Evaluation:
    """Return the five-dimension evaluation of firms with one of its weight schemes.

    Parameters
    ----------
    weights : str
        Name of a weight scheme (see `weight_schemes`).
    file : str or path, optional
        A YAML file in the format of the shipped ``evaluation.yaml``; by default that one.

    Raises
    ------
    InputError
        All faults of the file at once, or an unknown weight scheme.

    Examples
    --------
    >>> load_evaluation("court_and_tax").weights
    (350, 300, 150, 100, 100)
    """
    return _load(weights, None if file is None else str(file))


@functools.lru_cache(maxsize=32)
def _load(weights: str, path: str | None) -> Evaluation:
    """Return an evaluation, built once a process."""
    file = _file(path)
    if weights not in file.weights:
        raise InputError(Fault(unknown(weights, file.weights, "weight scheme")))
    shares = file.weights[weights].shares
    rows = [file.dimensions[name] for name in DIMENSIONS]
    direct_grade_class: dict[str, int] = {}
    item_class: dict[str, int] = {}
    for rule in file.direct_classes:
        code = CLASSES.index(rule.gives)
        for known, names in ((direct_grade_class, rule.direct_grades), (item_class, rule.items)):
            known.update({name: min(code, known.get(name, code)) for name in names})
    return Evaluation(
        name=weights,
        titles={name: {"en": row.title_en, "zh": row.title_zh} for name, row in zip(DIMENSIONS, rows)},
        list_name=file.list,
        category_dimension={name: code for code, row in enumerate(rows) for name in row.categories},
        item_dimension={name: code for code, row in enumerate(rows) for name in row.items},
        weights=tuple(milli_points(shares[name]) for name in DIMENSIONS),
        full_mp=milli_points(file.full_points),
        emptied_mp=tuple(milli_points(row.emptied_by_points) for row in rows),
        # below the best classes lies the worst, which has no lower bound but 0
        lowest_mp=(0, *(milli_points(file.classes[name].from_points) for name in CLASSES[1:])),
        direct_mp={letter: -milli_points(row.points) for letter, row in file.direct_points.items()},
        direct_grade_class=direct_grade_class,
        item_class=item_class,
    )


@functools.lru_cache(maxsize=8)
def _file(path: str | None) -> EvaluationFile:
    """Return an evaluation file without faults."""
    document = (
        read_document(data_path("evaluation.yaml"), shown="data/evaluation.yaml", keep=True)
        if path is None
        else read_document(path)
    )
    file: EvaluationFile = validate(document, EvaluationFile)
    try:
        book = load_rulebook(file.book)
    except InputError as error:
        raise InputError([document.fault(each.message, "book") for each in error.faults]) from None
    faults = [
        document.fault(message, *keys)
        for check in (_of_lengths, _of_numbers, _of_weights, _of_order, _of_items)
        for message, *keys in check(file, book)
    ]
    if faults:
        raise InputError(_in_order(faults))
    return file


def _in_order(faults: list[Fault]) -> list[Fault]:
    """Return faults in the order of their lines."""
    return sorted(faults, key=lambda fault: fault.line or 0)


def _of_lengths(file: EvaluationFile, book: Rulebook) -> Iterator[tuple]:
    """Yield (message, keys) of what is not there."""
    wanted: tuple[tuple[Mapping, tuple[str, ...], str], ...] = (
        (file.dimensions, DIMENSIONS, "dimensions"),
        (file.classes, CLASSES[:0:-1], "classes"),
        (file.direct_points, ("B", "C", "D"), "direct_points"),
    )
    for found, names, section in wanted:
        for name in names:
            if name not in found:
                yield "got nothing, expected a value (the key is missing)", section, name
    if not any(item.list == file.list for item in book.items):
        lists = dict.fromkeys(item.list for item in book.items)
        yield unknown(file.list, lists, f"list of the book {book.name}"), "list"


def _of_numbers(file: EvaluationFile, book: Rulebook) -> Iterator[tuple]:
    """Yield (message, keys) of values outside their range or too fine for milli-points."""
    values = [(file.full_points, None, "full_points")]
    sections = (
        ("dimensions", "emptied_by_points"), ("classes", "from_points"), ("direct_points", "points"),
    )  # fmt: skip
    for section, key in sections:
        for name, row in getattr(file, section).items():
            values.append((getattr(row, key), row, section, name, key))
    for name, row in file.weights.items():
        if not 0 <= row.low <= 1 <= row.high:
            got = f"got factors from {row.low:g} to {row.high:g}"
            yield f"{got}, expected a range from 0 or more that includes 1", "weights", name, "low"
    for value, row, *keys in values:
        if row is not None and not row.low <= value <= row.high:
            yield f"got {value:g}, expected a value from {row.low:g} to {row.high:g}", *keys
        try:
            milli_points(value)
        except ValueError as error:
            yield str(error), *keys


def _of_weights(file: EvaluationFile, book: Rulebook) -> Iterator[tuple]:
    """Yield (message, keys) of weights that are not there, too fine, or do not sum to 1."""
    for name, row in file.weights.items():
        keys = ("weights", name, "shares")
        missing = [each for each in DIMENSIONS if each not in row.shares]
        if missing:
            yield f"got no {missing[0]}, expected one share for each of {', '.join(DIMENSIONS)}", *keys
            continue
        try:
            total = sum(milli_points(share) for share in row.shares.values())
        except ValueError:
            yield "got a share with more than three decimals, expected whole thousandths", *keys
            continue
        if total != 1000:
            yield f"got shares that sum to {total / 1000:g}, expected a sum of 1", *keys


def _of_order(file: EvaluationFile, book: Rulebook) -> Iterator[tuple]:
    """Yield (message, keys) of classes and direct grades that are not in order."""
    rows = [(name, file.classes[name]) for name in CLASSES if name in file.classes]
    for (worse, lower), (better, row) in itertools.pairwise(rows):
        if row.from_points <= lower.from_points:
            expected = f"expected more than the {lower.from_points:g} of class {worse}"
            yield f"got {row.from_points:g}, {expected}", "classes", better, "from_points"
    for name, row in rows:
        if row.from_points > file.full_points:
            expected = f"expected at most full_points, {file.full_points:g}"
            yield f"got {row.from_points:g}, {expected}", "classes", name, "from_points"
    points = [(letter, file.direct_points[letter].points) for letter in "BCD" if letter in file.direct_points]
    for (lighter, less), (letter, more) in itertools.pairwise(points):
        if more < less:
            expected = f"expected at least the {less:g} of a direct {lighter}"
            yield f"got {more:g}, {expected}", "direct_points", letter, "points"


def _of_items(file: EvaluationFile, book: Rulebook) -> Iterator[tuple]:
    """Yield (message, keys) of categories and items unknown, placed twice or not at all."""
    listed = [item for item in book.items if item.list == file.list]
    categories = dict.fromkeys(item.category for item in listed)
    placed: dict[str, dict[str, str]] = {"categories": {}, "items": {}}
    for name, row in file.dimensions.items():
        for section, known in (("categories", categories), ("items", book.item_index)):
            for place, each in enumerate(getattr(row, section)):
                keys = ("dimensions", name, section, place)
                if each not in known:
                    what = f"{'category of' if section == 'categories' else 'item in'} the book {book.name}"
                    yield f"got {each!r}, expected a {what}{nearest(each, known)}", *keys
                elif each in placed[section]:
                    yield f"got {each!r} again (already in {placed[section][each]}), expected it once", *keys
                placed[section].setdefault(each, name)
    left = [
        item.id
        for item in listed
        if item.category not in placed["categories"] and item.id not in placed["items"]
    ]
    if left:
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        yield f"got no dimension for {left[0]}{more}, expected one for every item of the list", "dimensions"
    for number, rule in enumerate(file.direct_classes):
        for place, each in enumerate(rule.items):
            if each not in book:
                message = f"got {each!r}, expected an item in the book {book.name}"
                yield f"{message}{nearest(each, book.item_index)}", "direct_classes", number, "items", place
        if not rule.direct_grades and not rule.items:
            yield "got neither, expected direct_grades or items", "direct_classes", number
