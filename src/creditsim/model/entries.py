"""Which item of the book an act is entered under, by the channel that noticed it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from creditsim.model.books import usual_deduction
from creditsim.scoring.rulebook import Item, Rulebook
from creditsim.spec.activities import Activity
from creditsim.spec.vocabulary import CHANNELS

GUIDANCE_EXCLUDED = frozenset(
    (
        "petition",
        "family_planning",
        "minor_traffic",
        "waste_sorting",
        "private_life",
        "expression",
        "collective_liability",
        "blood",
    )
)
"""Flags of items that the December 2020 guidance keeps out of penalties (facts L3, L18; a screening aid)."""

NEVER_SIMULATED = frozenset(("petition", "family_planning"))
"""Flags of items that no run ever posts: what they score is not simulated."""

DOCUMENT_CHANNELS = frozenset(("inspection", "court", "automatic_record"))
"""Channels through which an effective document (decision, judgment) can reach the file."""


def entry_items(activity: Activity, book: Rulebook, levers: Mapping[str, Any]) -> list[Item | None]:
    """Return for each channel the item under which a noticed act is entered, or None.

    The first item of an activity is the ordinary entry. A court's finding takes the direct
    grade, else the first item that rests on an effective document; where only effective
    documents may be entered, other channels enter no deduction at all. What a body's own
    records say to the credit of its staff is entered only where commendations are.
    """
    allowed = [item for item in map(book.__getitem__, activity.items) if is_allowed(item, levers)]
    return [_entry_item(activity, channel, allowed, levers) for channel in CHANNELS]


def is_allowed(item: Item, levers: Mapping[str, Any]) -> bool:
    """Say whether the scenario lets an item be entered at all."""
    flags = frozenset(item.flags)
    if not levers["score.city_on"] or flags & NEVER_SIMULATED:
        return False
    lever = usual_deduction(item)
    if lever and not levers[lever]:
        return False
    if item.list == "rural" and not levers["village.compact_on"]:
        return False
    if item.list == "community" and not levers["files.resident_coverage_share"]:
        return False
    topics = levers["scope.negative_topics_choice"]
    if item.direction == "bonus":
        return not (topics == "guidance_excluded" and "blood" in flags)
    if topics == "none":
        return False
    if topics == "city_2018":
        return item.list in ("individual", "legal_person")
    return topics == "all_in_book" or not flags & GUIDANCE_EXCLUDED


def is_document(item: Item) -> bool:
    """Say whether an item rests on an effective document with a legal basis."""
    return item.evidence == "effective_document" and item.legal_basis != "none_found"


def _entry_item(
    activity: Activity, channel: str, allowed: list[Item], levers: Mapping[str, Any]
) -> Item | None:
    """Return the item of one channel."""
    commended = activity.kinds == ("civil_servant",) and "automatic_record" in activity.channels
    if activity.direction == "merit":
        if commended and not levers["files.civil_servant_commendation_on"]:
            return None
        return next((item for item in allowed if item.direction == "bonus"), None)
    negative = [item for item in allowed if item.direction != "bonus"]
    documents = [item for item in negative if is_document(item)]
    if levers["evidence.effective_document_only_on"]:
        return documents[0] if documents and channel in DOCUMENT_CHANNELS else None
    if channel == "court" and documents:
        return next((item for item in documents if item.direction == "direct_grade"), documents[0])
    return next((item for item in negative if item.direction == "deduction"), None)
