"""Evaluate firms in five dimensions: government affairs, judicial, financial, enterprise, social.

The evaluation reads what the fold left in its work table, so that validity, repeats, caps,
repairs and objections are decided in one place. Each dimension starts full, loses and
regains the counted points of its items, and stays between empty and full; the weighted
total gives a class, which entries such as those of a list of serious violations may limit.
Integers only.
"""

from __future__ import annotations

import functools
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from creditsim.core.compiled import compiled
from creditsim.core.months import month_text
from creditsim.scoring import worktable as wt
from creditsim.scoring.fold import fold_into
from creditsim.scoring.ledger import DISTRICT, Ledger
from creditsim.scoring.rulebook import Item, Rulebook, points_text
from creditsim.scoring.score import Explained, _month, _rows, explain

DIMENSIONS = ("government", "judicial", "financial", "enterprise", "social")
"""Dimensions in the order of the action plan; the index is the code in arrays."""

CLASSES = ("D", "C", "B", "A")
"""Classes from the worst to the best; the index is the code in arrays."""

BEST = len(CLASSES) - 1

EVALUATED_ITEM = np.dtype(
    [
        ("dimension", "<i1"),  # -1 for none
        ("direct_class", "<i1"),  # best class while an entry of the item counts, -1 for no limit
        ("repaired_class", "<i1"),  # the same while the repair of a direct grade leaves a lesser grade
        ("direct_mp", "<i4"),  # what a direct grade takes off its dimension, not above 0
        ("repaired_mp", "<i4"),  # what its repair leaves of that
    ]
)
"""One item as the compiled evaluation reads it."""

EVALUATION_RULES = np.dtype(
    [
        ("full_mp", "<i8"),
        ("emptied_mp", "<i8", (len(DIMENSIONS),)),  # counted points that empty a dimension
        ("weights", "<i8", (len(DIMENSIONS),)),  # thousandths, of which there are 1000
        ("lowest_mp", "<i8", (len(CLASSES),)),  # lowest total of each class, inclusive
    ]
)
"""Weights, scales and cutoffs as the compiled evaluation reads them."""

EVALUATED = np.dtype(
    [("subject", "<i8"), *((f"{name}_mp", "<i4") for name in (*DIMENSIONS, "total")), ("class_code", "<i1")]
)
"""One evaluated firm: five dimensions and their weighted total in milli-points, class code."""


@dataclass(frozen=True, eq=False)
class EvaluationTable:
    """An evaluation for one rulebook; made by `evaluation_table`."""

    items: np.ndarray  # of EVALUATED_ITEM, by item index
    rules: np.void  # record of EVALUATION_RULES


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """A five-dimension evaluation with one scheme of weights; see `creditsim.spec.evaluation`.

    Attributes
    ----------
    name : str
        Name of the weight scheme.
    list_name : str
        List of items that categories speak of.
    category_dimension, item_dimension : mapping of str to int
        Dimension of each category of the list, and of items that go elsewhere.
    weights, emptied_mp : tuple of int
        By dimension: thousandths, which sum to 1000; counted milli-points that empty it.
    full_mp : int
        Milli-points of a dimension without entries.
    lowest_mp : tuple of int
        Lowest total of each class, worst class first.
    direct_mp : mapping of str to int
        What a direct grade B, C or D takes off its dimension, below 0.
    direct_grade_class, item_class : mapping of str to int
        Best class while a direct grade, or an entry of an item, is in force.
    """

    name: str
    titles: Mapping[str, Mapping[str, str]] = field(repr=False)
    list_name: str
    category_dimension: Mapping[str, int] = field(repr=False)
    item_dimension: Mapping[str, int] = field(repr=False)
    weights: tuple[int, ...]
    full_mp: int
    emptied_mp: tuple[int, ...]
    lowest_mp: tuple[int, ...]
    direct_mp: Mapping[str, int]
    direct_grade_class: Mapping[str, int]
    item_class: Mapping[str, int] = field(repr=False)

    def dimension_of(self, item: Item) -> int:
        """Return the code of the dimension an item belongs to, -1 for none."""
        if item.id in self.item_dimension:
            return self.item_dimension[item.id]
        return self.category_dimension.get(item.category, -1) if item.list == self.list_name else -1


@functools.lru_cache(maxsize=32)
def evaluation_table(evaluation: Evaluation, book: Rulebook) -> EvaluationTable:
    """Return an evaluation as arrays by the item index of a book, read-only.

    Books of one set of items differ at most in `repaired_mp` and `repaired_class`.
    """
    items = np.zeros(len(book.items), dtype=EVALUATED_ITEM)
    letters = {str(each["grade"]): letter for letter, each in book.meta["direct_grades"].items()}
    for item in book.items:
        row, rule = items[item.index], book.item_table[item.index]
        row["dimension"] = evaluation.dimension_of(item)
        row["direct_class"] = row["repaired_class"] = -1
        if row["dimension"] < 0:
            continue
        row["direct_class"] = evaluation.item_class.get(item.id, -1)
        if not item.direct_grade:
            continue
        by_grade = evaluation.direct_grade_class.get(item.direct_grade, BEST)
        row["direct_class"] = min(by_grade, evaluation.item_class.get(item.id, BEST))
        row["direct_mp"] = evaluation.direct_mp[item.direct_grade]
        row["repaired_mp"] = max(row["direct_mp"], rule["repaired_mp"])  # a repair lowers no dimension
        if rule["repaired_grade"] >= 0:
            lesser = letters[book.grades[rule["repaired_grade"]]]
            row["repaired_mp"] = max(row["direct_mp"], evaluation.direct_mp[lesser])
            row["repaired_class"] = max(row["direct_class"], evaluation.direct_grade_class.get(lesser, BEST))
    rules = np.zeros(1, dtype=EVALUATION_RULES)[0]
    rules["full_mp"], rules["emptied_mp"] = evaluation.full_mp, evaluation.emptied_mp
    rules["weights"], rules["lowest_mp"] = evaluation.weights, evaluation.lowest_mp
    items.setflags(write=False)
    return EvaluationTable(items, rules)


@compiled
def evaluate_account(entries, index, n, month, items, rules, evaluated, weighing, out_dims):
    """Return total and class of one firm, writing its five dimensions into `out_dims`.

    Allocates what `fold_account` allocates. Who has folded the account already calls
    `evaluate_folded` on its work table instead. The result changes without a new entry at
    the earliest in the fold's month of next change.

    Parameters
    ----------
    entries, index, n, month, items, rules
        As for `fold.fold_account`.
    evaluated, weighing : ndarray of EVALUATED_ITEM, record of EVALUATION_RULES
        ``table.items`` and ``table.rules`` of the `evaluation_table` of the same book.
    out_dims : ndarray of int64, shape (5,)
        Receives milli-points by dimension.

    Returns
    -------
    total_mp, class_code : int
        Weighted total, rounded down to whole milli-points; 0 for class D to 3 for class A.
    """
    work = np.empty((n, wt.COLUMNS), np.int64)
    if n > 0:
        order = np.empty(n, np.int64)
        fold_into(entries, index, n, month, items, rules, 0, work, order)
    return evaluate_folded(n, work, items, evaluated, weighing, out_dims)


@compiled
def evaluate_folded(n, work, items, evaluated, weighing, out_dims):
    """Return what `evaluate_account` returns, from the work table that `fold_into` left."""
    out_dims[:] = 0
    best = BEST
    for k in range(n):
        part_mp, limit = part_of(k, work, items, evaluated)
        if part_mp != 0:
            out_dims[evaluated[work[k, wt.THING]]["dimension"]] += part_mp
        if limit >= 0:
            best = min(best, limit)
    full_mp = np.int64(weighing["full_mp"])
    total = np.int64(0)
    for dimension in range(len(DIMENSIONS)):
        emptied_mp = np.int64(weighing["emptied_mp"][dimension])
        # bounded before it is scaled: many doublings would not fit 64 bits
        points_mp = max(min(out_dims[dimension], np.int64(0)), -emptied_mp)
        out_dims[dimension] = full_mp + points_mp * full_mp // emptied_mp
        total += out_dims[dimension] * weighing["weights"][dimension]
    total_mp = total // 1000
    return total_mp, min(best, class_code(total_mp, weighing))


@compiled
def part_of(k, work, items, evaluated):
    """Return the points that a row counts in its dimension, and the class it limits to or -1."""
    state = work[k, wt.STATE]
    thing = work[k, wt.THING]
    if (state != wt.COUNTS and state != wt.REPAIRED) or evaluated[thing]["dimension"] < 0:
        return np.int64(0), np.int64(-1)
    each = evaluated[thing]
    if state == wt.COUNTS:
        is_direct = items[thing]["direction"] == wt.DIRECT
        part_mp = np.int64(each["direct_mp"]) if is_direct else work[k, wt.COUNTED]
        return part_mp, np.int64(each["direct_class"])
    by = work[k, wt.MENDED_BY]
    if by >= 0 and (work[by, wt.STATE] == wt.REPAIR_POINTS or work[by, wt.STATE] == wt.REPAIR_GRADE):
        # What the score counts here depends on the rest of the account, a dimension must not.
        return np.int64(each["repaired_mp"]), np.int64(each["repaired_class"])
    return np.int64(0), np.int64(-1)


@compiled
def class_code(total_mp, weighing):
    """Return the code of the best class whose lowest total is reached."""
    code = 0
    for better in range(1, len(CLASSES)):
        if total_mp >= weighing["lowest_mp"][better]:
            code = better
    return code


def evaluate_ledger(
    book: Rulebook, evaluation: Evaluation, entries: Ledger | np.ndarray, month: int | str,
    subjects: Iterable[int] | None = None,
) -> np.ndarray:  # fmt: skip
    """Evaluate the firms of a ledger as of a month, by their district accounts.

    Parameters
    ----------
    book : Rulebook
    evaluation : Evaluation
    entries, month, subjects
        As for `score.score_ledger`.

    Returns
    -------
    ndarray of EVALUATED
        One row a subject, ascending by subject.

    Examples
    --------
    >>> from creditsim.spec.evaluation import load_evaluation
    >>> from creditsim.spec.rulebooks import load_rulebook
    >>> book, ledger = load_rulebook("wendeng-2020"), Ledger()
    >>> item = book["firm-tax-evasion-or-arrears-large"]
    >>> entry = ledger.append(subject=7, item=item.index, points_mp=item.points_mp, posted=24240)
    >>> row = evaluate_ledger(book, load_evaluation(), ledger, "2020-01")[0]
    >>> int(row["government_mp"]), int(row["total_mp"]), CLASSES[row["class_code"]]
    (50000, 87500, 'B')
    """
    rows = _rows(entries)
    chosen = np.flatnonzero(rows["account"] == DISTRICT)
    order = chosen[np.lexsort((rows["id"][chosen], rows["subject"][chosen]))]
    owners = rows["subject"][order]
    named = np.unique(owners) if subjects is None else np.unique(np.asarray(list(subjects), dtype=np.int64))
    starts, stops = np.searchsorted(owners, named), np.searchsorted(owners, named, side="right")
    results = np.zeros((len(named), len(DIMENSIONS) + 2), dtype=np.int64)
    table = evaluation_table(evaluation, book)
    _evaluate_each(
        rows, order, starts, stops, _month(month), book.item_table, book.rule_record,
        table.items, table.rules, results,
    )  # fmt: skip
    out = np.zeros(len(named), dtype=EVALUATED)
    out["subject"] = named
    for column, name in enumerate(EVALUATED.names[1:]):
        out[name] = results[:, column]
    return out


@compiled
def _evaluate_each(entries, order, starts, stops, month, items, rules, evaluated, weighing, results):
    """Evaluate the slice of `order` that belongs to each subject."""
    for row in range(starts.shape[0]):
        index = order[starts[row] : stops[row]]
        results[row, -2], results[row, -1] = evaluate_account(
            entries, index, index.shape[0], month, items, rules, evaluated, weighing, results[row, :-2]
        )


@dataclass(frozen=True)
class ExplainedDimension:
    """One dimension of an evaluation and the entries behind it.

    Attributes
    ----------
    dimension : str
    title : mapping of str to str
        By language, ``en`` and ``zh``.
    weight : int
        Thousandths.
    result_mp, emptied_mp : int
        Where it stands, and the counted points that empty it.
    lines : tuple of Explained
        Their `counted_mp` are points on the list's scale.
    """

    dimension: str
    title: Mapping[str, str]
    weight: int
    result_mp: int
    emptied_mp: int
    lines: tuple[Explained, ...]

    def __str__(self) -> str:
        head = f"{points_text(self.result_mp):>8}  {self.title['en']}, weight {self.weight / 10:g}%"
        if self.lines:
            head += f" ({points_text(self.emptied_mp)} counted points empty it)"
        return "\n".join([head, *(f"    {line}" for line in self.lines)])


@dataclass(frozen=True, repr=False)
class EvaluationExplanation:
    """The entries behind an evaluation, by dimension, with the result.

    Attributes
    ----------
    subject, month, total_mp : int
    class_name, class_by_total : str
        The class, and the one that the total alone would give.
    dimensions : tuple of ExplainedDimension
    limiting : tuple of Explained
        Entries in force that allow no better class.
    """

    subject: int
    month: int
    total_mp: int
    class_name: str
    class_by_total: str
    dimensions: tuple[ExplainedDimension, ...]
    limiting: tuple[Explained, ...]

    def __str__(self) -> str:
        result = f"{points_text(self.total_mp)} points, class {self.class_name}"
        if self.class_name != self.class_by_total:
            names = "; ".join(line.item.name_en for line in self.limiting)
            result += f" (by points {self.class_by_total}, limited by: {names})"
        head = f"Firm {self.subject} in {month_text(self.month)}: {result}"
        return "\n".join([head, *map(str, self.dimensions)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def explain_evaluation(
    book: Rulebook, evaluation: Evaluation, entries: Ledger | np.ndarray, subject: int, month: int | str
) -> EvaluationExplanation:
    """List by dimension the entries behind a firm's evaluation as of a month.

    Takes what `evaluate_ledger` takes. A dimension's counted points, between none and all
    that empty it, give its result; entries outside all dimensions are left out.

    Returns
    -------
    EvaluationExplanation
    """
    month, rows, table = _month(month), _rows(entries), evaluation_table(evaluation, book)
    own = rows[(rows["subject"] == subject) & (rows["account"] == DISTRICT)]
    own = own[np.argsort(own["id"], kind="stable")]
    work, order = np.zeros((len(own), wt.COLUMNS), np.int64), np.zeros(len(own), np.int64)
    fold_into(own, np.arange(len(own)), len(own), month, book.item_table, book.rule_record, 0, work, order)
    dims = np.zeros(len(DIMENSIONS), np.int64)
    total_mp, code = evaluate_folded(len(own), work, book.item_table, table.items, table.rules, dims)
    counted: dict[int, tuple[int, int]] = {}
    for k in range(len(own)):
        part = part_of(k, work, book.item_table, table.items)
        # A repaired entry itself counts nothing any more: what is left is the repair's.
        bearer = work[k, wt.MENDED_BY] if work[k, wt.STATE] == wt.REPAIRED else k
        if part != (0, -1):
            counted[int(work[bearer, wt.NUMBER])] = part
    lines: list[list[Explained]] = [[] for _ in DIMENSIONS]
    limiting = []
    for line in explain(book, own, subject, month, DISTRICT):
        dimension = evaluation.dimension_of(line.item) if line.item else -1
        if dimension < 0:
            continue
        part_mp, limit = counted.pop(line.entry, (0, -1))
        lines[dimension].append(replace(line, counted_mp=part_mp))
        if limit == code < BEST:
            limiting.append(lines[dimension][-1])
    parts = tuple(
        ExplainedDimension(
            name, evaluation.titles[name], evaluation.weights[place], int(dims[place]),
            evaluation.emptied_mp[place], tuple(lines[place]),
        )
        for place, name in enumerate(DIMENSIONS)
    )  # fmt: skip
    result = int(total_mp), CLASSES[code], CLASSES[class_code(total_mp, table.rules)]
    return EvaluationExplanation(subject, month, *result, parts, tuple(limiting))
