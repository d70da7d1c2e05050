"""What `creditsim attribute` does: simulate coalitions of lever groups, share effects out, show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from creditsim.app.commands import checked, standard_output_kept
from creditsim.app.memory import hold_to_memory
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.app.words import word
from creditsim.core.errors import Fault, InputError

if TYPE_CHECKING:
    from creditsim.analysis.attribution import AttributedEffect, Attribution
    from creditsim.spec.scenario import Scenario

DEFAULT_OUTCOMES = ("breaches", "wrongly_penalised", "public_cost")
"""A behaviour, a harm and the cost: what is shared out unless one says otherwise."""


def attribute(
    scenario: Scenario | str,
    baseline: Scenario | str = "status-quo-2019",
    outcomes: Sequence[str] = DEFAULT_OUTCOMES,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    replications: int = 8,
    scale: float = 0.02,
    months: int | None = None,
    seed: int = 1,
    threads: int | None = None,
    progress: bool | None = None,
) -> Attribution:
    """Share a scenario's effects out over its groups of levers, whatever the order they came in.

    Parameters
    ----------
    scenario, baseline : Scenario or str
        May differ in levers alone.
    outcomes : sequence of str
        Full names or nicknames; means over months, for the whole district.
    groups : mapping of str to sequence of str, optional
        Rows or levers by group; by default the settings, and the frame.
    threads : int, optional
        Worker processes; by default all cores. Never changes a result.

    Returns
    -------
    Attribution
        One effect an outcome, with shares that add up to it exactly; `to_frame`, a table in notebooks.

    Raises
    ------
    InputError
        All faults at once, before anything runs.

    Examples
    --------
    >>> from creditsim import load_scenario
    >>> usual = load_scenario("status-quo-2019").with_(months=2, burn_in_months=0)
    >>> visits = usual.with_levers({"inspection.visits_per_month": 600}, name="more visits")
    >>> found = attribute(visits, usual, ["public_cost"], replications=2, scale=0.01, threads=1)
    >>> found[0].effect == sum(share.share for share in found[0].shares) > 0
    True
    """
    from creditsim.analysis.attribution import attribute_effect, lever_groups
    from creditsim.app.api import replicating
    from creditsim.spec.scenario import load_scenario

    treated, reference = (
        loaded if months is None else loaded.with_(months=months)
        for loaded in map(load_scenario, (scenario, baseline))
    )
    found = lever_groups(reference, treated, groups)
    hold_to_memory([reference] * 2 ** len(found), scale, workers=1)
    with replicating(scale, seed, replications, None, threads, progress) as (workers, advance):
        return attribute_effect(
            reference,
            treated,
            outcomes,
            groups=found,
            replications=replications,
            scale=scale,
            seed=seed,
            workers=workers,
            progress=advance,
        )


def show_attribution(
    scenario: str,
    baseline: str,
    outcomes: Sequence[str],
    own_groups: Sequence[str],
    texts: Mapping[str, str | None],
    lang: str,
    voice: Voice,
) -> int:
    """Share effects out and show them; return the exit code.

    Parameters
    ----------
    own_groups : sequence of str
        ``NAME=ROW,...`` each.
    texts : mapping of str to str or None
        Options as they were typed: seed, replications, scale, months, threads.

    Raises
    ------
    InputError
        All faults at once, before anything runs.
    """
    from creditsim.spec.outcomes import outcome_named

    faults: list[Fault] = []
    groups = _groups_asked(own_groups, faults)
    for name in outcomes:
        try:
            outcome_named(name)
        except InputError as error:
            faults += [Fault(fault.message, key="--outcome") for fault in error.faults]
    loaded, numbers, _ = checked([scenario, baseline], texts, "compiled", None, None, lang, faults)
    del numbers["only"]
    with standard_output_kept():
        found = attribute(
            *loaded, outcomes or DEFAULT_OUTCOMES, groups=groups, progress=voice.progress, **numbers
        )
    if voice.json:
        print_json(found.to_dict())
    else:
        voice.result(attribution_text(found, lang))
    return 0


def attribution_text(found: Attribution, lang: str) -> str:
    """Return effects shared out as tables for people: a row a group, and what they add up to."""
    from creditsim.report.credibility import credibility

    parts = [_effect_text(each, found, lang) for each in found]
    about = {name: getattr(found, name) for name in ("replications", "months", "seed")}
    coalitions = 2 ** len(found.groups)
    about |= {"coalitions": coalitions, "groups": len(found.groups), "scale": f"{found.scale:g}"}
    note = word("attribute.note", lang, runs=coalitions * found.replications, **about)
    return "\n\n".join([*parts, f"{note}\n{credibility().line(lang)}"])


def _effect_text(effect: AttributedEffect, found: Attribution, lang: str) -> str:
    """Return one effect as a table whose shown shares add up to the shown effect."""
    from creditsim.analysis.shapley import rounded_to_sum
    from creditsim.report.labels import outcome_title
    from creditsim.report.numbers import decimals_for, number_text, shown_factor, unit_text
    from creditsim.spec.outcomes import outcomes

    outcome = outcomes()[effect.outcome]
    title = outcome_title(outcome, "all", lang)
    if not effect.shares:
        return word("attribute.undefined", lang, title=title)
    factor = shown_factor(outcome.unit)
    # A digit more than a difference has: shares are parts of one.
    decimals = decimals_for(factor * outcome.smallest_relevant) + 1
    step = Fraction(10) ** -decimals
    steps = rounded_to_sum([Fraction(factor * share.share) for share in effect.shares], step)
    rows = []
    for group, share, number in zip(found.groups, effect.shares, steps, strict=True):
        ends = [number_text(factor * end, decimals) for end in (share.low, share.high)]
        shown = number_text(float(number * step), decimals)
        rows.append([group_in(group.name, lang), str(len(group.levers)), shown, *ends])
    ends = [number_text(factor * end, decimals) for end in (effect.low, effect.high)]
    levers = str(sum(len(group.levers) for group in found.groups))
    total = number_text(float(sum(steps) * step), decimals)
    rows.append([word("attribute.all", lang), levers, total, *ends])
    head = [word(f"attribute.{name}", lang) for name in ("group", "count", "share", "low", "high")]
    unit = unit_text(outcome.unit, lang, difference=outcome.unit == "share")
    about = word(
        "attribute.head", lang, title=title, unit=unit, scenario=found.scenario, baseline=found.baseline
    )
    return f"{about}\n{table_text(head, rows, right=range(1, 5))}"


def group_in(name: str, lang: str) -> str:
    """Return the words for a group of levers; one of the user's own is its own name."""
    from creditsim.report.labels import name_of
    from creditsim.spec.vocabulary import SETTINGS

    if name in SETTINGS:
        return name_of("setting", name, lang)
    return word(f"attribute.{name}", lang) if name in ("frame", "rest") else name


def _groups_asked(typed: Sequence[str], faults: list[Fault]) -> dict[str, list[str]] | None:
    """Return rows and levers by group; add the faults of what cannot be read."""
    groups: dict[str, list[str]] = {}
    for text in typed:
        name, equals, members = text.partition("=")
        wanted = [member.strip() for member in members.split(",") if member.strip()]
        if not (name.strip() and equals and wanted):
            faults.append(Fault(f"got {text!r}, expected NAME=ROW,..., e.g. firms=E1,E2", key="--group"))
        elif name.strip() in groups:
            faults.append(Fault(f"got {name.strip()!r} twice, expected each group once", key="--group"))
        else:
            groups[name.strip()] = wanted
    return groups or None
