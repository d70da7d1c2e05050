"""Each kind and each setting can run alone; settings without ties run together as they do alone."""

import numpy as np
import pytest

from creditsim.core.errors import InputError
from creditsim.experiment.run import run_replication
from creditsim.population.agents import takes_part
from creditsim.spec.scenario import load_scenario
from creditsim.spec.vocabulary import KINDS, SETTINGS

PLAN = load_scenario("five-entries-2020").with_(months=8, burn_in_months=3)
AT_ONCE = {
    "rollout.pilot_start_date": "never",
    "rollout.pilot_sites_per_setting_count": 0,
    "rollout.full_start_date": "2020-02",
    "rollout.phase_in_months": 1,
    "publicity.role_models_count": 200,
}


def run(*only, plan=PLAN):
    (result,) = run_replication([plan], scale=0.02, seed=4, only=only)
    return result


def different(here, there, setting):
    """Return the outcomes of a setting that are not the same bits in two runs."""
    values = []
    for result in (here, there):
        frame = result.outcomes[result.outcomes["setting"] == setting]
        values.append(frame.set_index(["outcome", "group", "month"])["value"].sort_index())
    same = (values[0] == values[1]) | (values[0].isna() & values[1].isna())
    return sorted(set(values[0].index[~same].get_level_values("outcome")))


@pytest.mark.parametrize("name", [*SETTINGS, "teacher", "student", "civil_servant", "agency", "kind.school"])
def test_a_setting_or_kind_runs_alone(name):
    result = run(name)
    chosen = takes_part(np.arange(len(KINDS)), [name])
    kinds = {kind for kind, part in zip(KINDS, chosen, strict=True) if part}
    assert kinds
    everybody = result.outcomes[(result.outcomes["setting"] == "all") & (result.outcomes["group"] == "all")]
    breaches = everybody[everybody["outcome"] == "breach.count_month"]["value"]
    assert breaches.notna().all()
    subjects = result.ledger["subject"].to_numpy() % 2**32 // 2**24
    assert {KINDS[code] for code in np.unique(subjects)} <= kinds


def test_villages_and_communities_run_together_as_they_do_alone():
    """No desk, fund, tie or household reaches from one to the other."""
    plan = PLAN.with_levers(AT_ONCE)
    together = run("village", "community", plan=plan)
    for setting in ("village", "community"):
        assert different(together, run(setting, plan=plan), setting) == []


def test_no_firm_that_takes_no_part_promotes_anybody():
    """Promotions come in January: villages and communities share employers, none of which is there."""
    plan = PLAN.with_levers(AT_ONCE).with_(months=13)
    together = run("village", "community", plan=plan)
    assert different(together, run("community", plan=plan), "community") == []
    contested = together.outcomes[together.outcomes["outcome"] == "contest.slots_changed_share"]
    assert contested[contested["setting"] == "enterprise"]["value"].isna().all()


def test_villages_and_public_bodies_run_together_as_they_do_alone():
    together = run("village", "government")
    for setting in ("village", "government"):
        assert different(together, run(setting), setting) == []


def test_settings_that_are_tied_do_not():
    """A firm's entries reach its representative: without persons there is none to reach."""
    apart, together = run("enterprise"), run("enterprise", "community")
    assert different(apart, together, "enterprise")


def test_all_settings_together_are_a_run_without_a_choice():
    assert run(*SETTINGS).outcomes.equals(run().outcomes)


def test_an_unknown_name_is_refused_with_the_nearest():
    with pytest.raises(InputError, match="nearest: village"):
        takes_part(np.zeros(0, int), ["vilage"])
