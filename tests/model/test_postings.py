"""Postings: under which item, for how many points, and with what chance an act is entered."""

import numpy as np
import pytest

from creditsim.model.books import entered_mp, step_points_mp
from creditsim.model.entries import entry_items
from creditsim.model.postings import filing_thresholds, kept_by_collectors, reckoned_mp
from creditsim.spec.activities import activities
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import CHANNELS

BOOK = load_rulebook("wendeng-2020")
PLAN = load_scenario("five-entries-2020").values
GUIDANCE = load_scenario("guidance-2021").values
ACTIVITY = {activity.id: activity for activity in activities()}


def items(name, levers=PLAN):
    """Return the item of each channel by name."""
    return dict(zip(CHANNELS, entry_items(ACTIVITY[name], BOOK, levers), strict=True))


def test_service_is_reckoned_pro_rata_of_its_step():
    """Three hours towards the step of 10 hours for 2 points (individual table): 0.6 points."""
    volunteering = ACTIVITY["res-volunteering"]
    found = [item for item in items("res-volunteering").values() if item]
    assert found[0].id == "ind-volunteering-10-hours"
    assert reckoned_mp(volunteering, found, BOOK, PLAN) == 600


def test_a_direct_grade_is_reckoned_by_the_score_it_fixes():
    """The defaulters' list fixes D: 1,000 points are at stake, not the listed 30."""
    found = list(items("res-judgment-default").values())
    assert items("res-judgment-default")["court"].id == "ind-judgment-defaulter-list-direct-d"
    assert reckoned_mp(ACTIVITY["res-judgment-default"], found, BOOK, PLAN) == 1_000_000


def test_the_first_item_is_the_ordinary_entry_and_a_court_takes_the_document():
    breach = items("ent-trade-credit-default")
    assert breach["complaint"].id == "firm-contract-breach"
    assert breach["court"].id == "firm-contract-breach-with-court-judgment"


@pytest.mark.parametrize(
    ("name", "channel", "posted"),
    [
        ("res-traffic-offence", "automatic_record", False),  # minor traffic is kept out
        ("vil-littering", "neighbour_report", False),  # no document behind a neighbour's word
        ("ent-trade-credit-default", "court", True),
        ("ent-trade-credit-default", "complaint", False),
        ("res-blood-donation", "automatic_record", False),
        ("res-volunteering", "automatic_record", True),
    ],
)
def test_under_the_guidance_deductions_need_a_document_and_some_topics_are_out(name, channel, posted):
    assert (items(name, GUIDANCE)[channel] is not None) == posted


def test_without_a_score_nothing_is_posted():
    none = load_scenario("no-programme").values
    assert all(not any(items(activity.id, none).values()) for activity in activities())


def test_no_item_on_petitions_or_family_planning_can_be_posted():
    for levers in (PLAN, GUIDANCE):
        for activity in activities():
            for item in filter(None, items(activity.id, levers).values()):
                assert not {"petition", "family_planning"} & set(item.flags)


def points(name, **levers):
    """Return the points of each channel's entry under the plan with some levers."""
    values = {**PLAN, **{key.replace("__", "."): value for key, value in levers.items()}}
    return {channel: item and entered_mp(item, BOOK, values) for channel, item in items(name, values).items()}


def test_levers_set_the_usual_deduction_of_compact_and_community_items():
    compact = points("vil-littering", village__compact_deduction_points=15)
    assert compact["neighbour_report"] == -15_000
    uncivil = points("res-dog-nuisance", community__uncivil_deduction_points=7)
    assert uncivil["neighbour_report"] == -7_000
    both = {"village__compact_deduction_points": 15, "community__uncivil_deduction_points": 7}
    assert points("res-property-or-utility-arrears", **both) == points("res-property-or-utility-arrears")
    assert points("st-shopfront-encroachment", **both) == points("st-shopfront-encroachment")


def test_no_points_no_deduction_but_good_deeds_count():
    none = {"village__compact_deduction_points": 0, "community__uncivil_deduction_points": 0}
    for name in ("vil-littering", "vil-open-burning", "res-dog-nuisance"):
        assert not any(points(name, **none).values()), name
    assert any(points("vil-mutual-help", **none).values())
    assert any(points("res-mediation", **none).values())
    assert any(points("res-judgment-default", **none).values())


def test_volunteer_points_keep_the_books_proportions_and_agents_reckon_with_them():
    """4 points for ten hours: three hours are reckoned with 1.2 points; 0 leaves the book's 2 points."""
    steps = [BOOK.item_index[f"ind-volunteering-{hours}-hours"] for hours in (10, 20, 300)]
    book = [BOOK.items[step].points_mp for step in steps]
    for lever, factor in ((4, 2), (2, 1), (0, 1)):
        levers = {**PLAN, "community.volunteer_bonus_points": lever}
        assert step_points_mp(BOOK, np.array(steps), levers).tolist() == [factor * mp for mp in book]
    found = [item for item in items("res-volunteering").values() if item]
    twice = {**PLAN, "community.volunteer_bonus_points": 4}
    assert reckoned_mp(ACTIVITY["res-volunteering"], found, BOOK, twice) == 1200


def test_leniency_keeps_acts_of_kin_out_of_the_file():
    for setting in ("village", "community"):
        kept = [kept_by_collectors(setting, {"world.collector_leniency_share": x}) for x in (0.2, 0.5, 0.8)]
        assert kept[1] == 1.0
        assert kept[0] > 1.0 > kept[2]


def test_collectors_hours_raise_filing_up_to_full_delivery():
    shares = []
    for hours in (0, 800, 94 * 20, 8000):
        levers = {**PLAN, "village.collector_staff_hours_per_month": hours}
        shares.append(filing_thresholds(levers)[1][1][CHANNELS.index("complaint")])
    assert shares[0] < shares[1] < shares[2] == shares[3]
