"""The fold of one account as of a month, step by step as in section 7.12 of docs/odd.md.

`fold` takes the entries about one account as plain dicts and a `Book`; nothing is optimised, every
step makes a new list.
"""

ITEM, REPAIR, VOID, OBJECTION, CLOSED, CORRECTION, ENDED = range(7)
OPEN = 2**31 - 1
BONUS, DEDUCTION, DIRECT = range(3)


class Book:
    """A rulebook's items and rules as plain dicts and lists."""

    def __init__(self, rulebook):
        names = rulebook.item_table.dtype.names
        self.items = [dict(zip(names, row, strict=True)) for row in rulebook.item_table.tolist()]
        record = rulebook.rule_record
        self.rules = {name: record[name].tolist() for name in record.dtype.names}
        self.name, self.grades = rulebook.name, rulebook.grades
        self.rulebook = rulebook

    def grade_of(self, score_mp):
        """Return the code of the highest grade whose lowest score is reached (step 7)."""
        return max(code for code, low in enumerate(self.rules["lowest_mp"]) if code == 0 or score_mp >= low)


def fold(entries, book, month, carried_mp=0):
    """Return score (milli-points), grade code and direct grade in force (-1: none)."""
    score, grade, direct, _ = fold_with_parts(entries, book, month, carried_mp)
    return score, grade, direct


def fold_with_parts(entries, book, month, carried_mp=0):
    """Return what `fold` does, and the rows that are left after step 5 with what each counts."""
    rows = rows_that_count(entries, book, month)
    score, grade, direct = total(rows, book, month, carried_mp)
    return score, grade, direct, rows


def rows_that_count(entries, book, month):
    """Return steps 1 to 5: the rows of the account with validity, doublings and what caps leave."""
    rows = one_act(listed(entries, book, month), book)
    for row in rows:
        row["until"] = valid_until(row, book)
    doubled(rows, book)
    rows = highest_steps(rows, book)
    capped(rows, book)
    return rows


def listed(entries, book, month):
    """Step 1: item entries posted by the month, with what later ones say; no void or suspended ones."""
    posted = sorted((each for each in entries if each["posted"] <= month), key=lambda each: each["id"])
    rows = {}
    for each in posted:
        if each["kind"] == ITEM:
            rows[each["id"]] = {
                **each, "void": False, "repaired": OPEN, "corrected": OPEN, "objection": -1, "closed": -1,
            }  # fmt: skip
            continue
        row = rows.get(each["ref"])
        if row is None:
            continue
        if each["kind"] == VOID:
            row["void"] = True
        elif each["kind"] == REPAIR:
            row["repaired"] = min(row["repaired"], each["posted"])
        elif each["kind"] == OBJECTION:
            row["objection"] = each["id"]
        elif each["kind"] == CLOSED:
            row["closed"] = each["id"]
        elif each["kind"] == CORRECTION:
            row["corrected"] = min(row["corrected"], each["posted"])
        elif each["kind"] == ENDED:
            row["end"] = each["end"]
    return [row for row in rows.values() if stands(row, book)]


def stands(row, book):
    """Say whether a row is neither void, nor of a list that does not count, nor suspended."""
    suspended = book.rules["suspends_objected"] and row["objection"] > row["closed"]
    return not row["void"] and book.items[row["item"]]["counts"] and not suspended


def one_act(rows, book):
    """Step 2: of each act the heaviest bonus and the heaviest breach, each once."""
    acts = {}
    for row in rows:
        is_bonus = book.items[row["item"]]["direction"] == BONUS
        acts.setdefault((row["act"], is_bonus), {}).setdefault(row["item"], []).append(row)
    kept = []
    for by_item in acts.values():
        heaviest = min(by_item, key=lambda item: (*weight(by_item[item], book.items[item]), item))
        months = {}
        for row in sorted(by_item[heaviest], key=heavier_first):
            period = row["event"] if book.items[heaviest]["by_period"] else None
            months.setdefault(period, row)
        kept += months.values()
    return kept


def weight(rows, item):
    """Return a key that puts direct grades first, the worse before, then larger sums of points."""
    if item["direction"] == DIRECT:
        return 0, item["direct_grade"]
    return 1, -sum(abs(row["points_mp"]) for row in rows)


def heavier_first(row):
    """Return the order in which entries of one item and act are preferred: larger, longer, unrepaired."""
    return -abs(row["points_mp"]), -row["end"], -row["repaired"], row["event"], row["id"]


def order_of(row):
    """Return the order of rows that begin in one month or another: larger, then longer ones first."""
    return row["event"], -abs(row["points_mp"]), -row["end"], -row["repaired"], row["id"]


def valid_until(row, book):
    """Step 3: return the first month in which a row counts no more."""
    if row["end"] == OPEN:
        return OPEN
    months = book.items[row["item"]]["validity_months"]
    return until(row["end"], months, book)


def until(month, months, book):
    """Return the first month after a validity that runs from a month on."""
    return (month // 12 + 1) * 12 if book.rules["yearly"] else month + months


def doubled(rows, book):
    """Step 3: set the points of deductions, doubled once for each earlier act of the class."""
    for row in rows:
        row["counted_mp"] = row["points_mp"]
    deductions = sorted((r for r in rows if book.items[r["item"]]["direction"] == DEDUCTION), key=order_of)
    for place, row in enumerate(deductions):
        earlier = set()
        for other in deductions[:place]:
            same = book.items[other["item"]]["same_class"] == book.items[row["item"]]["same_class"]
            lasts = other["until"] > row["event"] and other["repaired"] > row["event"]
            if same and lasts and other["act"] != row["act"]:
                earlier.add(other["act"])
        row["counted_mp"] = row["points_mp"] * 2 ** min(len(earlier), book.rules["most_doublings"])


def highest_steps(rows, book):
    """Step 4: of the steps of one calendar year the highest only."""
    best = {}
    for row in sorted(rows, key=heavier_first):
        group = book.items[row["item"]]["step_group"]
        if group >= 0:
            best.setdefault((group, row["event"] // 12), row)
    kept = {row["id"] for row in best.values()}
    return [row for row in rows if book.items[row["item"]]["step_group"] < 0 or row["id"] in kept]


def capped(rows, book):
    """Step 5: give each bonus what its cap leaves, in order of event, the longer ones first."""
    used = {}
    bonuses = [row for row in rows if book.items[row["item"]]["direction"] == BONUS]
    for row in sorted(bonuses, key=lambda row: (row["event"], -row["until"], -row["points_mp"], row["id"])):
        item = book.items[row["item"]]
        if item["cap_mp"] < 0:
            continue
        key = (item["cap_group"], row["event"] if item["cap_by_month"] else row["event"] // 12)
        row["counted_mp"] = min(row["counted_mp"], item["cap_mp"] - used.get(key, 0))
        used[key] = used.get(key, 0) + row["counted_mp"]


def total(rows, book, month, carried_mp):
    """Steps 6 and 7: return the score, its grade and the direct grade that stands uncorrected."""
    rules = book.rules
    score = rules["base_mp"] + carried_mp
    bonus, left_behind, direct, held = 0, [], None, None
    for row in rows:
        item = book.items[row["item"]]
        if month >= row["until"]:
            continue
        repaired = row["repaired"] <= month
        if item["direction"] == BONUS:
            bonus += row["counted_mp"]
        elif item["direction"] == DEDUCTION and not repaired:
            score += row["counted_mp"]
        elif item["direction"] == DIRECT and not repaired:
            held = lower(held, item["direct_grade"])
            if row["corrected"] > month:
                direct = lower(direct, item["direct_grade"])
        elif item["direction"] == DIRECT and month < until(row["repaired"], item["repaired_months"], book):
            if item["repaired_grade"] >= 0:
                held = lower(held, item["repaired_grade"])
            elif item["repaired_mp"]:
                left_behind.append((item["repaired_mp"], rules["direct_score_mp"][item["direct_grade"]]))
    for points, floor in sorted(left_behind):
        score = max(score + points, min(score, floor))
    if held is not None:
        score = min(score, rules["direct_score_mp"][held])
    if direct is None:
        score += bonus
    grade = book.grade_of(score)
    if direct is not None:
        grade = min(grade, direct)
    return score, grade, -1 if direct is None else direct


def lower(code, other):
    """Return the lower of two grade codes, of which the first may be none."""
    return other if code is None else min(code, other)
