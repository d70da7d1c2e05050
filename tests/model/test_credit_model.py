"""The Mesa model: its agents, its collectors, and one's own rule for one kind."""

import mesa
import pytest

import creditsim as cs
from creditsim.core.errors import InputError
from creditsim.model.credit_model import burned_in

SHORT = cs.load_scenario("five-entries-2020").with_(months=4, burn_in_months=2)


@pytest.fixture(scope="module")
def state():
    return burned_in(SHORT, scale=0.01, seed=3)


def test_agents_are_mesa_agents_of_eight_types(state):
    model = cs.CreditModel(SHORT, state=state)
    assert isinstance(model, mesa.Model)
    people = {cs.Teacher, cs.Villager, cs.Resident, cs.Student, cs.CivilServant}
    assert set(model.agent_types) == people | {cs.Enterprise, cs.School, cs.Agency}
    counts = model.state.population.counts()
    assert {cls.kind: len(agents) for cls, agents in model.agents_by_type.items()} == {
        k: n for k, n in counts.items() if n
    }
    assert len(model.agents) == len(model.state.agents)


def test_a_view_reads_and_writes_its_row(state):
    model = cs.CreditModel(SHORT, state=state)
    teacher = model.agents_by_type[cs.Teacher][0]
    assert teacher.score == teacher.score_mp / 1000
    teacher.honesty = 0.25
    assert model.state.agents["honesty"][teacher.row] == 0.25
    assert state.agents["honesty"][teacher.row] != 0.25, "the shared state keeps its own"
    assert teacher.belief.shape == (7,)


def test_the_data_collector_reads_agents_each_month(state):
    model = cs.CreditModel(SHORT, state=state)
    collector = mesa.DataCollector(
        model_reporters={"month": "month"}, agent_reporters={"score": "score", "grade": "grade_name"}
    )
    for _ in range(2):
        model.step()
        collector.collect(model)
    frame = collector.get_agent_vars_dataframe()
    assert len(frame) == 2 * len(model.agents)
    assert set(frame["grade"]) <= {"D", "C", "B", "A", "AA", "AAA"}
    assert collector.get_model_vars_dataframe()["month"].tolist() == ["2020-02", "2020-03"]


def test_an_agent_explains_its_score_entry_by_entry():
    model = cs.CreditModel("status-quo-2019", scale=0.02, seed=1)
    model.run(3)
    moved = [agent for agent in model.agents if agent.score_mp != 1_000_000]
    assert len(moved) > 10
    for agent in moved:
        explanation = agent.explain()
        assert explanation.score_mp == agent.score_mp
        assert 1_000_000 + sum(line.counted_mp for line in explanation) == agent.score_mp


class Upright(cs.Teacher):
    """A teacher who never breaches and always does good."""

    def decide(self, opportunity):
        return opportunity.activity.direction == "merit"


def test_a_subclass_that_overrides_decide_changes_its_own_kind_only(state):
    usual, upright = (cs.CreditModel(SHORT, state=state, agent_classes=own) for own in ((), [Upright]))
    for model in (usual, upright):
        model.step()
    assert Upright in upright.agent_types
    teachers = usual.state.agents.kind == 1
    breached = [model.state.deeds & 1 for model in (usual, upright)]
    assert breached[0][teachers].any()
    assert not breached[1][teachers].any()
    assert (breached[0][~teachers] == breached[1][~teachers]).all()


class Unchanged(cs.Resident):
    """Decides object by object with the rule it inherits."""

    def decide(self, opportunity):
        return super().decide(opportunity)


def test_a_subclass_that_only_inherits_gives_the_same_results(state):
    usual, objects = (cs.CreditModel(SHORT, state=state, agent_classes=own) for own in ((), [Unchanged]))
    for model in (usual, objects):
        model.run(3)
    assert (usual.track().counts == objects.track().counts).all()
    for name in usual.state.agents.dtype.names:
        assert (usual.state.agents[name] == objects.state.agents[name]).all(), name


def test_what_is_no_kind_of_agent_is_refused(state):
    with pytest.raises(TypeError, match="expected a subclass of Enterprise, Teacher, Villager, Resident"):
        cs.CreditModel(SHORT, state=state, agent_classes=[mesa.Agent])


def test_an_unknown_engine_is_refused(state):
    with pytest.raises(InputError, match="expected compiled or objects"):
        cs.CreditModel(SHORT, state=state, engine="fast")


def test_outcomes_before_the_first_month_are_refused(state):
    with pytest.raises(InputError, match="call step"):
        cs.CreditModel(SHORT, state=state).outcomes()
