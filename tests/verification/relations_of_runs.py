"""Relations of whole runs: inputs, calendar, order, neighbours, replications, observers, pilots, size."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import numpy as np
from checks import Check, Finding, Size
from sample_sizes import equivalence_test
from small_parts import (
    AT_ONCE,
    SEED,
    START,
    crowd,
    entries_of,
    rules_of,
    run_of,
    scenario,
    start_of,
    uniform,
)

from creditsim.core import draws
from creditsim.core.months import month_text
from creditsim.experiment.run import run_model, run_replication
from creditsim.model.budgets import sample_visits
from creditsim.model.chains import Chains
from creditsim.model.credit_model import CreditModel
from creditsim.model.phases.awareness import awareness
from creditsim.model.quantities import QUANTITIES
from creditsim.scoring.score import score_ledger
from creditsim.spec.levers import levers as lever_catalogue
from creditsim.spec.rulebooks import load_rulebook
from creditsim.spec.scenario import PLAN, STATUS_QUO, Scenario, load_scenario

HEAD = """\
format: 1
title:
  en: {title}
  zh: "计划"
population: weihai-etdz
start: 2020-01
months: 6
burn_in_months: 3
"""
POLICY = {
    "rollout.full_start_date": '"2020-02"',
    "rollout.phase_in_months": "1",
    "village.compact_on": "true",
    "inspection.visits_per_month": "500",
    "files.villager_coverage_share": "0.5",
    "publicity.spending_yuan_per_head_year": "3",
}


def _fingerprints(policies, seed: int = 11, replication: int = 0, scale: float = 0.01, only=()) -> list[str]:
    return [each.fingerprint for each in run_replication(policies, scale, seed, replication, only=only)]


def _read(text: str, name: str) -> Scenario:
    """Return a scenario as it is read from a file of some bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(text.encode())
        return load_scenario(path)


def _as_file(values: dict[str, str], title: str = "Plan") -> str:
    """Return a scenario file with each lever in its part."""
    parts = {"rollout": [], "world": [], "policy": []}
    for name, value in values.items():
        part = name.partition(".")[0]
        parts[part if part in parts else "policy"].append(f"  {name}: {value}")
    text = HEAD.format(title=title)
    return text + "".join("\n".join((f"{part}:", *lines, "")) for part, lines in parts.items() if lines)


def same_inputs(size: Size, changed: bool = False) -> Finding:
    """The same policy in files of other names, titles, comments, key orders and line ends."""
    plain = _as_file(POLICY)
    other = dict(reversed(POLICY.items()))
    if changed:
        other["inspection.visits_per_month"] = "501"
    reordered = _as_file(other, "Another title").replace("policy:", "# a comment\npolicy:  # and one more")
    texts = {"one.yaml": plain, "two.yaml": reordered, "three.yaml": reordered.replace("\n", "\r\n")}
    read = [_read(text, name) for name, text in texts.items()]
    inputs = sum(each.inputs() != read[0].inputs() for each in read)
    results = len(set(_fingerprints(read))) - 1
    return Finding(
        inputs + results == 0, len(read), inputs + results, note="files whose inputs or results differ"
    )


def explicit_defaults(size: Size, other: bool = False) -> Finding:
    """Every lever written out at its default against a file that leaves it out."""
    defaults = {}
    for name in lever_catalogue():
        if name not in POLICY:
            value = load_scenario(STATUS_QUO).values[name]
            text = str(value).lower() if isinstance(value, bool) else value
            defaults[name] = f'"{text}"' if isinstance(value, str) else text
    if other:
        defaults["publicity.role_models_count"] = 40
    short, full = _read(_as_file(POLICY), "one.yaml"), _read(_as_file({**defaults, **POLICY}), "two.yaml")
    results = len(set(_fingerprints([short, full]))) - 1
    apart = int(short.inputs() != full.inputs()) + results
    return Finding(apart == 0, len(defaults), apart, note=f"{len(defaults)} levers written out")


def starts_in_month(size: Size, early: int = 0) -> Finding:
    """A policy that starts in month m leaves the months before as they are; the fault: a month early."""
    wrong = tried = 0
    for replication in range(size.replications):
        usual = scenario(STATUS_QUO, 10, 3)
        state = start_of(usual, size.scale, replication)
        before = run_of(usual, state=state).track()
        for month in (2, 5, 8):
            date = month_text(START + month - early)
            rollout = {"rollout.pilot_start_date": date, "rollout.full_start_date": date}
            policy = scenario(PLAN, 10, 3).with_levers({**rollout, "rollout.phase_in_months": 1})
            track = run_of(policy, state=state).track()
            same = (track.counts == before.counts).all(axis=(1, 2))
            cost = [track.public[k]["cost_fen"] == before.public[k]["cost_fen"] for k in range(month)]
            wrong += not (same[:month].all() and all(cost)) or bool(same[month:].all())
            tried += 1
    return Finding(wrong == 0, tried, wrong, note="starts that change a month before, or none after")


def _permuted_crowd(number: int, order: np.ndarray):
    """Return a crowd at two sites whose rows stand in another order, and their slots."""
    state = crowd(number, homes=np.arange(number) % 2)
    state.agents.awareness = np.arange(number) % 5 == 0
    state.agents[:] = state.agents[order]
    return dataclasses.replace(state, chains=Chains(np.ascontiguousarray(state.agents.slot)))


def permuted(size: Size, by_row: bool = False) -> Finding:
    """Rows in another order: what happens to each slot in awareness, visits and scores is the same.

    The fault keys draws by the row.
    """
    number, wrong = 300, 0
    rules, book = rules_of(PLAN), load_rulebook("wendeng-2020")
    for case in range(max(3, size.cases // 10)):
        found = []
        for order in (np.arange(number), np.argsort(uniform(300, number, 0, case), kind="stable")):
            state = _permuted_crowd(number, order)
            if by_row:
                state.slots[:] = np.arange(number)
            state.replication = case
            for _ in range(12):
                awareness(state, rules)
                state.month += 1
            weights = np.where(state.agents.slot % 3 == 0, 3000, 1000)
            ones = np.full(number, 1000)
            visited = np.isin(
                np.arange(number), sample_visits(state, np.arange(number), draws.VISIT, 40, 10, ones, weights)
            )
            back = np.argsort(state.agents.slot)
            found.append((state.agents.awareness[back], visited[back]))
        wrong += sum(int((one != two).sum()) for one, two in zip(*found))
        who = (uniform(301, number, 0, case) * 40).astype(np.int64)
        entries = entries_of(
            book, who, "ind-tax-evasion", START + (uniform(301, number, 1, case) * 30).astype(np.int64)
        )
        mixed = entries[np.argsort(uniform(301, number, 2, case), kind="stable")]
        one, two = (score_ledger(book, each, START + 31) for each in (entries, mixed))
        wrong += int((one != two).sum())
    return Finding(wrong == 0, max(3, size.cases // 10), wrong, note="slots with another outcome")


def isolated_agent(size: Size, meets: bool = False) -> Finding:
    """One more agent, at a site of its own that has no contact with the others', changes nobody else."""
    number, wrong, tried = 200, 0, max(3, size.cases // 10)
    rules = rules_of(PLAN)
    sites = crowd(1).population.sites
    apart = np.flatnonzero(sites["kind"] != sites["kind"][0])[0]
    for case in range(tried):
        found = []
        for more in (0, 1, 60) if meets else (0, 1):
            homes = np.append(np.zeros(number, np.int64), np.full(more, 0 if meets else apart))
            state = crowd(number + more, homes=homes)
            state.agents.awareness[:number] = np.arange(number) % 20 == 0
            state.agents.awareness[number:] = 1
            state.replication = case
            for _ in range(24):
                awareness(state, rules)
                state.month += 1
            found.append(state.agents.awareness[:number].copy())
        wrong += sum(int((each != found[0]).sum()) for each in found)
    return Finding(wrong == 0, tried, wrong, note="agents changed by one more")


def _settings(size: Size, settings: tuple[str, str], named: tuple[str, ...]) -> Finding:
    """Hold the outcomes of settings run together against those of each run alone."""
    wrong = tried = 0
    policy = scenario(PLAN, 8, 3)
    for replication in range(size.replications):
        runs = [run_replication([policy], 0.02, 4, replication, only=only)[0].outcomes for only in
                (settings, *((each,) for each in settings))]  # fmt: skip
        for setting, alone in zip(settings, runs[1:]):
            if setting not in named:
                continue
            values = []
            for frame in (runs[0], alone):
                frame = frame[frame["setting"] == setting]
                values.append(frame.set_index(["outcome", "group", "month"])["value"].sort_index())
            same = (values[0] == values[1]) | (values[0].isna() & values[1].isna())
            wrong += int((~same).sum())
            tried += len(same)
    return Finding(wrong == 0, tried, wrong, note="values that differ")


def settings_apart(size: Size) -> Finding:
    return _settings(size, ("village", "government"), ("village", "government"))


def settings_tied(size: Size) -> Finding:
    """The control: firms and the people who represent them are tied."""
    return _settings(size, ("enterprise", "community"), ("enterprise",))


def split_replications(size: Size, by_place: bool = False, summed: bool = False) -> Finding:
    """Replications 0 to n - 1 in one go against two halves, the later half first; seeds apart.

    The faults number replications within a part, or add them to the seed.
    """
    policy, number = scenario(PLAN, 4, 2), 4 * max(1, size.replications)

    def part(replications):
        found = {}
        for place, each in enumerate(replications):
            key = (11 + each, 0) if summed else (11, place if by_place else each)
            found[each] = _fingerprints([policy], *key)[0]
        return found

    whole, late, early = part(range(number)), part(range(number // 2, number)), part(range(number // 2))
    wrong = sum(whole[each] != {**late, **early}[each] for each in range(number))
    crossed = [_fingerprints([policy], *((sum(key), 0) if summed else key))[0] for key in ((1, 2), (2, 1))]
    wrong += crossed[0] == crossed[1]
    wrong += len(set(whole.values())) != number
    return Finding(wrong == 0, number, wrong, note="replications that differ, or (1, 2) equal to (2, 1)")


def observed(size: Size, meddles: bool = False) -> Finding:
    """A run that is looked at every month (outcomes, grades, balances, objects) against one that is not."""
    policy, wrong = scenario(PLAN, 5, 3), 0
    for replication in range(size.replications):
        state = start_of(policy, size.scale, replication)
        plain = run_model(CreditModel(policy, state=state)).fingerprint
        model = CreditModel(policy, state=state)
        lines = []
        for _ in range(policy.months):
            model.step()
            lines.append((model.month, len(model.outcomes()), len(model.grades()), len(model.balances())))
            lines.append((repr(model), len(model.agents), model.case.get("scenario", "")))
            if meddles:
                model.state.agents.trust[0] = 0.0
                model.state.agents.awareness[:] |= 1
        wrong += run_model(model, progress=lambda: None).fingerprint != plain
    return Finding(wrong == 0, size.replications, wrong, note="runs that looking at changed")


def pilot_of_all(size: Size, pilots: float = 10.0**6) -> Finding:
    """Pilots everywhere are the full rollout, pilots nowhere no programme: the same fingerprints."""
    wrong = tried = 0
    for replication in range(size.replications):
        for month in (0, 3):
            date = month_text(START + month)
            names = (
                "pilot_start_date",
                "full_start_date",
                "pilot_sites_per_setting_count",
                "phase_in_months",
            )
            cases = {
                "all pilots": (date, "never", pilots, 0),
                "full": ("never", date, 0, 1),
                "no pilots": (date, "never", 0, 0),
            }
            made = []
            for values in cases.values():
                changed = {f"rollout.{name}": value for name, value in zip(names, values)}
                # Past the catalogue's range on purpose: more pilots than there are units.
                plan = scenario(PLAN, 8, 3)
                made.append(dataclasses.replace(plan, values={**plan.values, **changed}))
            usual = scenario(STATUS_QUO, 8, 3)
            full, also, none, without = (
                _results(policy, size.scale, replication) for policy in (made[0], made[1], made[2], usual)
            )
            wrong += full != also
            wrong += none != without
            wrong += also == without
            tried += 2
    return Finding(wrong == 0, tried, wrong, note="runs that differ")


def _results(policy: Scenario, scale: float, replication: int) -> tuple:
    """Return the counts of a run but those that tell pilots apart, and what it cost."""
    track = run_of(policy, scale, replication).track()
    kept = [k for k, name in enumerate(QUANTITIES) if not name.startswith(("pilot_", "control_"))]
    return track.counts[:, :, kept].tobytes(), tuple(month["cost_fen"] for month in track.public)


def doubled(size: Size, outcome: str = "breach.all_per_1000_month") -> Finding:
    """Twice the population: breaches per 1,000 are equivalent. The spread is that of eight pilot runs."""
    policy = scenario(PLAN, 6, 3).with_levers({**AT_ONCE, "community.sorting_sites_share": 1})

    def rate(scale, replication):
        (result,) = run_replication([policy], scale, SEED % 2**31, replication, keep_tables=False)
        return result.means()[outcome] * (scale if outcome == "breach.count_month" else 1.0)

    first = np.array([rate(0.02, 1000 + each) for each in range(8)])
    test = equivalence_test(float(first.std(ddof=1)), 0.02 * size.coarseness * float(first.mean()))
    means = [np.mean([rate(scale, each) for each in range(test.size)]) for scale in (0.02, 0.04)]
    note = f"{means[0]:.2f} and {means[1]:.2f}; equivalent within {0.02 * size.coarseness:.0%}"
    return test.finding(means[1] - means[0], note)


CHECKS = (
    Check(
        "relation-inputs-as-meant",
        "Name, comment, key order and line endings change nothing",
        "exact",
        same_inputs,
        lambda size: same_inputs(size, changed=True),
        "one lever differs by one",
    ),
    Check(
        "relation-explicit-default",
        "A default that is written out is a default left out",
        "exact",
        explicit_defaults,
        lambda size: explicit_defaults(size, other=True),
        "one of the defaults is another value",
    ),
    Check(
        "relation-policy-starts-in-month",
        "A policy starting in month m leaves months before m identical",
        "exact",
        starts_in_month,
        lambda size: starts_in_month(size, early=1),
        "the policy starts a month early",
    ),
    Check(
        "relation-permuted-agents",
        "Permuting agents permutes rows only",
        "exact",
        permuted,
        lambda size: permuted(size, by_row=True),
        "draws are keyed by the row, not by the slot",
        "scope differs",
        "tried on awareness, visits and scores; whole runs need rows sorted by kind, and lines at desks are"
        " worked in row order",
    ),
    Check(
        "relation-isolated-agent",
        "An isolated extra agent changes nobody",
        "exact",
        isolated_agent,
        lambda size: isolated_agent(size, meets=True),
        "the extra agents live among the others, and are aware",
        "scope differs",
        "tried on awareness; in whole runs desks, visits and contests are shared within a setting, so that"
        " nobody is isolated from them",
    ),
    Check(
        "relation-settings-apart",
        "Two disconnected settings: run together they are as run alone",
        "exact",
        settings_apart,
        settings_tied,
        "the settings are tied: firms and their representatives",
    ),
    Check(
        "relation-split-replications",
        "Replications 0 to n - 1 are those of two halves; (seed 1, replication 2) is not (2, 1)",
        "exact",
        split_replications,
        lambda size: split_replications(size, by_place=True),
        "replications are numbered within a part",
    ),
    Check(
        "relation-seed-and-replication",
        "Seed and replication are two keys: (1, 2) is not (2, 1)",
        "exact",
        split_replications,
        lambda size: split_replications(size, summed=True),
        "the replication is added to the seed",
    ),
    Check(
        "relation-observer",
        "An observer, a plot or a log changes nothing",
        "exact",
        observed,
        lambda size: observed(size, meddles=True),
        "the observer writes into the state",
    ),
    Check(
        "relation-pilot-of-all-or-none",
        "A pilot of 100% is the full rollout, of 0% no programme",
        "exact",
        pilot_of_all,
        lambda size: pilot_of_all(size, pilots=10.0),
        "pilots reach some units only",
    ),
    Check(
        "relation-population-doubled",
        "Twice the population leaves rates (equivalence test)",
        "statistical",
        doubled,
        lambda size: doubled(size, "breach.count_month"),
        "counts in place of rates",
    ),
)
