"""Make entries that follow from something else: another subject's entry, a star, a gift, hours.

Linked entries are ordinary item entries that name their source in `ref`. Who voids or
repairs the source does so to the linked entries too (`Ledger.linked_from`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from creditsim.scoring.ledger import DISTRICT, ENTRY, ITEM
from creditsim.scoring.rulebook import Item, Rulebook


def linked_entry(book: Rulebook, entry: np.void, item: Item, subject: int, posted: int) -> np.ndarray:
    """Return one `ENTRY` row for another subject, linked to an entry; its id is set when it is appended."""
    row = np.array([entry], dtype=ENTRY)
    row["id"], row["ref"], row["subject"], row["posted"] = -1, entry["id"], subject, posted
    if book.items[int(entry["item"])] != item:
        row["item"], row["points_mp"], row["account"] = item.index, item.points_mp, DISTRICT
    return row


def representative_entries(book: Rulebook, entry: np.void, representative: int, posted: int) -> np.ndarray:
    """Return the entry on a firm's legal representative that an entry on the firm brings, if any.

    Only links that the text names: a firm on the defaulter list takes its representative to
    direct C (Measures Art.12(6)), a revoked licence to direct B.

    Returns
    -------
    ndarray of ENTRY
        No or one row.
    """
    item = book.leader_item(book.items[int(entry["item"])].id)
    if item is None or entry["kind"] != ITEM:
        return np.zeros(0, dtype=ENTRY)
    return linked_entry(book, entry, item, representative, posted)


def household_entries(
    book: Rulebook,
    entry: np.void,
    members: Sequence[int],
    head: int,
    posted: int,
    family_act: bool | None = None,
) -> np.ndarray:
    """Return the entries that a family act brings on others of the household (Rural method Art.50).

    Parameters
    ----------
    book : Rulebook
        Its switch `household_liability` says who: the head, or every member.
    entry : ENTRY row
        The entry on the member who acted; this one is docked in any case.
    members : sequence of int
        Subjects of the household, the head among them.
    head : int
    posted : int
        Month of posting.
    family_act : bool, optional
        Whether the act is the family's; by default what the book says of the item.

    Returns
    -------
    ndarray of ENTRY
        One row each, in the order of `members`.
    """
    item = book.items[int(entry["item"])]
    if family_act is None:
        family_act = item.id in book.meta["household_items"]
    if not family_act or entry["kind"] != ITEM:
        return np.zeros(0, dtype=ENTRY)
    liable = members if book.switches["household_liability"] == "every_member" else [head]
    others = [subject for subject in members if subject in liable and subject != entry["subject"]]
    rows = [linked_entry(book, entry, item, subject, posted) for subject in others]
    return np.concatenate(rows) if rows else np.zeros(0, dtype=ENTRY)


def star_item(book: Rulebook, stars: int) -> Item | None:
    """Return the item of the district book that village stars bring, or None (Rural method Art.41).

    Examples
    --------
    >>> from creditsim.spec.rulebooks import load_rulebook
    >>> print(star_item(load_rulebook("wendeng-2020"), 4).worth)
    +10
    """
    return _step(book, "village stars", "linked", stars)


def star_entries(book: Rulebook, subjects: np.ndarray, stars: np.ndarray, posted: int) -> np.ndarray:
    """Return the district entries that villagers' stars of December bring in January.

    Parameters
    ----------
    book : Rulebook
        The district book.
    subjects, stars : array of int
        Villagers and their stars at the end of the year.
    posted : int
        The January in which the points are posted.

    Raises
    ------
    ValueError
        If `posted` is not the month in which stars are sent.
    """
    if posted % 12 + 1 != book.meta["star_month"]:
        raise ValueError(f"got calendar month {posted % 12 + 1}, expected {book.meta['star_month']}")
    by_star = [star_item(book, star) for star in range(6)]
    item_of = np.array([-1 if item is None else item.index for item in by_star])
    points_of = np.array([0 if item is None else item.points_mp for item in by_star])
    stars = np.asarray(stars)
    earns = item_of[stars] >= 0
    rows = np.zeros(int(earns.sum()), dtype=ENTRY)
    rows["subject"], rows["account"], rows["kind"] = np.asarray(subjects)[earns], DISTRICT, ITEM
    rows["item"], rows["points_mp"] = item_of[stars][earns], points_of[stars][earns]
    rows["id"] = rows["act"] = rows["ref"] = rows["channel"] = -1
    rows["event"] = rows["end"] = rows["posted"] = posted
    return rows


def carried_mp(district_book: Rulebook, village_book: Rulebook, grade: np.ndarray) -> np.ndarray:
    """Return the milli-points that district grades add to the village base, by grade code."""
    by_code = [
        round(village_book.meta["carried_points"].get(name, 0) * 1000) for name in district_book.grades
    ]
    return np.array(by_code, dtype=np.int64)[np.asarray(grade)]


def donation_points(
    book: Rulebook, amount_yuan: float, book_list: str = "individual"
) -> tuple[Item | None, int]:
    """Return the item under which one gift is entered and its milli-points, before the yearly cap.

    The switch `donation_bands` chooses between the marginal reading and the whole gift at
    the rate of its highest band. Only full units count. Below the lowest band: (None, 0).

    Examples
    --------
    >>> from creditsim.spec.rulebooks import load_rulebook
    >>> donation_points(load_rulebook("wendeng-2020"), 3000)[1]
    15000
    """
    bands = [band for band in book.meta["donation_bands"][book_list] if amount_yuan >= band["from_yuan"]]
    if not bands:
        return None, 0
    whole = book.switches["donation_bands"] == "whole"
    points = 0
    for band in bands[-1:] if whole else bands:
        part_yuan = amount_yuan - (0 if whole else band["above_yuan"])
        points += min(int(part_yuan // band["yuan_per_point"]), int(band["most_points"]))
    return book[bands[-1]["item"]], points * 1000


def volunteer_item(book: Rulebook, hours: float, book_list: str = "individual") -> Item | None:
    """Return the item of the highest step of volunteer hours reached in a year, or None."""
    return _step(book, "volunteer hours", book_list, hours)


def _step(book: Rulebook, group: str, book_list: str, reached: float) -> Item | None:
    """Return the item of the highest step reached in a group of steps."""
    steps = next(each["steps"] for each in book.meta["step_groups"] if each["name"] == group)
    open_to = [step for step in steps if book_list in step["lists"] and reached >= step["from"]]
    return book[max(open_to, key=lambda step: step["from"])["item"]] if open_to else None
