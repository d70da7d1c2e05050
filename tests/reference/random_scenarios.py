"""Random small scenarios, made from named draws: levers within their ranges, rollouts, settings, months."""

from __future__ import annotations

from types import SimpleNamespace

from naive_draws import TWO_32, word

from creditsim.core.errors import InputError
from creditsim.core.months import month_index, month_text
from creditsim.model.credit_model import CreditModel
from creditsim.spec.levers import levers
from creditsim.spec.scenario import Scenario, load_scenario

BASES = ("status-quo-2019", "five-entries-2020", "guidance-2021", "same-money-without-scores", "no-programme")
PARTS = (
    (), (), ("village",), ("community",), ("school",), ("enterprise",), ("government",),
    ("enterprise", "government"),
)  # fmt: skip
STARTS = ("2020-01", "2020-02", "2020-06", "2020-11", "2021-07")
LAST_DATE = "2022-12"


class Lots:
    """The words of one scenario, one after the other."""

    def __init__(self, number: int):
        self.key, self.number, self.at = SimpleNamespace(seed=2020, replication=0), number, 0

    def share(self) -> float:
        """Return the next number in [0, 1)."""
        self.at += 1
        return word(self.key, self.number, 0, "DESIGN", self.at) / TWO_32

    def one_of(self, choices):
        """Return one of some choices."""
        return choices[int(self.share() * len(choices))]


def random_model(number: int, scale: float = 0.01) -> tuple[CreditModel, int]:
    """Return a model of the package at the start of a random scenario, and how many months to compare."""
    lots = Lots(number)
    scenario = random_scenario(lots)
    model = CreditModel(
        scenario, scale=scale, seed=1 + int(lots.share() * 1000), replication=int(lots.share() * 3),
        only=lots.one_of(PARTS), threads=1,
    )  # fmt: skip
    return model, scenario.months


def random_scenario(lots: Lots) -> Scenario:
    """Return a scenario with some levers moved within their ranges; those that do not fit stay."""
    start = lots.one_of(STARTS)
    scenario = load_scenario(lots.one_of(BASES)).with_(
        start=start, months=2 + int(lots.share() * 5), burn_in_months=int(lots.share() * 9)
    )
    moved = lots.one_of((0.1, 0.3, 0.7))
    for name, lever in levers().items():
        chosen, value = lots.share() < moved, _value(lever, lots, start)
        if chosen:
            scenario = _with(scenario, name, value)
    return scenario


def _value(lever, lots: Lots, start: str):
    """Return a value of a lever: in its range, now and then at one end of it or off."""
    share = lots.share()
    if lever.form == "switch":
        return share < 0.6
    if lever.form == "choice":
        return lever.options[int(share * len(lever.options))]
    if lever.form == "month":
        return min(month_text(month_index(start) + int(share * 5)), LAST_DATE)
    if share < 0.1:
        return lever.off
    number = lever.low + (lever.high - lever.low) * min(1.0, (share - 0.1) / 0.8)
    return float(round(number)) if lever.unit in ("count", "months", "days") else round(number, 3)


def _with(scenario: Scenario, name: str, value) -> Scenario:
    """Return the scenario with one lever moved, or as it is if that does not fit the others."""
    try:
        return scenario.with_levers({name: value})
    except InputError:
        return scenario
