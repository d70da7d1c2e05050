"""List for a comparison the assumptions that matter most, with the values at which verdicts would turn.

They come from a sensitivity study of the same scenarios: one in the comparison's store, else the
shipped one. Where there is none for a scenario, that is said; a study that another version of the
model made is marked as stale.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from creditsim.analysis.sensitivity.study import OF_DIFFERENCES, Study, study_sweep
from creditsim.analysis.sweeps import whole_replications
from creditsim.core.fingerprint import fingerprint_json
from creditsim.core.shipped import data_path
from creditsim.experiment.recorded import Recorded
from creditsim.model.case import versions_of_results
from creditsim.spec.outcomes import outcomes

if TYPE_CHECKING:
    from creditsim.experiment.results.store import ResultStore
    from creditsim.spec.scenario import Scenario

MOST_LISTED = 3
"""Assumptions that are listed for a scenario and outcome."""

_SEEN = 0.1
"""Part of the smallest relevant effect below which a move is not listed."""

SHIPPED = ("experiments", "studies", "doubtful-assumptions.yaml")
"""Where the shipped study lies: among what runs do not read, so that it does not change their keys."""

MADE_KEYS = (
    "command", "date", "version", "model", "data", "method", "samples", "seed", "scale", "months",
    "replications",
)  # fmt: skip
"""Keys of a study's passport."""


@dataclass(frozen=True)
class ListedAssumptions:
    """The assumptions that matter most for a comparison.

    Attributes
    ----------
    source : {'store', 'shipped', None}
        Where the study is; None if there is none for any scenario.
    made : mapping
        Its passport: `MADE_KEYS`.
    stale : bool
        Whether another version of the model or its data made it.
    without : tuple of str
        Scenarios of the comparison that no study is of.
    rows : tuple of dict
        One a scenario, outcome and assumption, ranked: ``scenario``, ``outcome``, ``outcome_unit``, and the
        keys of a study's factor.
    quiet : tuple of dict
        Differences (``scenario``, ``outcome``) that no assumption moves by as much as a tenth of the
        outcome's smallest relevant effect: nothing is listed for them.
    """

    source: str | None = None
    made: Mapping[str, Any] = field(default_factory=dict)
    stale: bool = False
    without: tuple[str, ...] = ()
    rows: tuple[dict[str, Any], ...] = ()
    quiet: tuple[dict[str, str], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        return {
            "source": self.source,
            "made": dict(self.made),
            "stale": self.stale,
            "without": list(self.without),
            "rows": [dict(row) for row in self.rows],
            "quiet": [dict(each) for each in self.quiet],
        }


def listed_from_store(
    store: ResultStore, scenarios: Mapping[str, Scenario], baseline: str, recorded: Recorded
) -> ListedAssumptions:
    """Return what a study in a store says of a comparison; of the shipped one if there is none.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        By label.
    recorded : Recorded
        The experiment that is compared; its own study comes first.
    """
    every = [Recorded.of(record) for _, record in sorted(store.experiments().items())]
    for each in [recorded, *every]:
        whole = [] if each.screening is None else whole_replications(each, store, each.replications)
        if not whole or any(name not in each.record["case"] for name in ("model", "data")):
            continue
        study = study_record(each, study_sweep(each, store, whole), len(whole))
        found = _listed("store", study, scenarios, baseline)
        if found.source:
            return found
    return listed_shipped(scenarios, baseline)


def listed_shipped(scenarios: Mapping[str, Scenario], baseline: str) -> ListedAssumptions:
    """Return what the shipped study says of a comparison."""
    study = shipped_study()
    if study is None:
        return ListedAssumptions(without=tuple(label for label in scenarios if label != baseline))
    return _listed("shipped", study, scenarios, baseline)


@functools.cache
def shipped_study() -> Mapping[str, Any] | None:
    """Return the shipped study, as `study_record` made it; None if there is none."""
    from creditsim.spec.files import read_document

    path = data_path(*SHIPPED)
    return read_document(path, "/".join(("data", *SHIPPED))).data if path.is_file() else None


def study_record(
    recorded: Recorded, studies: Sequence[Study], replications: int, command: str = "", date: str = ""
) -> dict[str, Any]:
    """Return studies of differences as they are kept: passport, what the scenarios were, the findings."""
    from creditsim import __version__

    case, screening = recorded.record["case"], recorded.screening
    inputs = {each["label"]: each["inputs"] for each in recorded.record["scenarios"]}
    months = {each["months"] for each in inputs.values()}
    made = {
        "command": command,
        "date": date,
        "version": __version__,
        "model": case["model"],
        "data": case["data"],
        "method": screening.method,
        "samples": screening.samples,
        "seed": recorded.seed,
        "scale": recorded.scale,
        "months": max(months),
        "replications": replications,
    }
    return {
        "format": 1,
        "made": made,
        "baseline": recorded.baseline,
        "scenarios": {label: policy_hash(each) for label, each in inputs.items()},
        "studies": [study.to_dict() for study in studies if study.output == OF_DIFFERENCES],
    }


def policy_hash(inputs: Mapping[str, Any]) -> str:
    """Return a hash of a scenario's district and levers: what it is, however long it is simulated."""
    return fingerprint_json({"population": inputs["population"], "levers": inputs["levers"]})


def _listed(
    source: str, study: Mapping[str, Any], scenarios: Mapping[str, Scenario], baseline: str
) -> ListedAssumptions:
    """Return what a study says of the scenarios that it is of."""
    hashes = {label: policy_hash(scenario.inputs()) for label, scenario in scenarios.items()}
    others = [label for label in scenarios if label != baseline]
    if hashes[baseline] != study["scenarios"][study["baseline"]]:
        return ListedAssumptions(without=tuple(others))
    rows, without, quiet = [], [], []
    for label in others:
        names = [name for name, found in study["scenarios"].items() if found == hashes[label]]
        mine = [each for each in study["studies"] if each["scenario"] in names]
        if not mine:
            without.append(label)
        for each in mine:
            about = {"scenario": label, "outcome": each["outcome"], "outcome_unit": each["unit"]}
            kept = _listed_factors(each)
            rows += [{**about, **factor} for factor in kept]
            if not kept:
                quiet.append({"scenario": label, "outcome": each["outcome"]})
    if not rows and not quiet:
        return ListedAssumptions(without=tuple(without))
    now = versions_of_results()
    stale = any(study["made"][name] != version for name, version in now.items())
    return ListedAssumptions(source, study["made"], stale, tuple(without), tuple(rows), tuple(quiet))


def _listed_factors(study: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the first factors of a ranking that move the output at all, and enough to be seen."""
    least = _SEEN * outcomes()[study["outcome"]].smallest_relevant if study["method"] == "morris" else 0.0
    return [each for each in study["factors"] if each["value"] > 0.0 and each["value"] >= least][:MOST_LISTED]
