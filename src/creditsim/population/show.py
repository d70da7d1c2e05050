"""Show a population: as text, as HTML, as a table of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from creditsim.population.agents import MINOR, NO_SEX
from creditsim.population.marginals import RESIDENCES
from creditsim.spec.vocabulary import AGE_BANDS, EDUCATION, KINDS, REGISTRATION, SITE_KINDS, TRAITS

if TYPE_CHECKING:
    import pandas as pd

    from creditsim.population.synthesis import Population

_PLAIN = ("site", "home", "household", "employer", "representative", "cell")
_NUMBERS = ("income_yuan_month", "honesty", "prosociality", "money_weight", "awareness")


def agents_frame(population: Population) -> pd.DataFrame:
    """Return agents as a table: codes as words, one yes/no column a trait."""
    import pandas as pd

    agents = population.agents
    person = agents["sex"] != NO_SEX

    def worded(field: str, listed: tuple[str, ...]) -> pd.Categorical:
        codes = np.where(person, agents[field].astype(np.int64), -1)
        return pd.Categorical.from_codes(codes, categories=list(listed))

    age = agents["age_band"].astype(np.int64)
    age = np.where(person, np.where(age == MINOR, len(AGE_BANDS), age), -1)

    columns: dict[str, object] = {
        "slot": agents["slot"],
        "kind": pd.Categorical.from_codes(agents["kind"], categories=list(KINDS)),
        "area": pd.Categorical.from_codes(agents["area"], categories=[en for _, en, _ in population.areas]),
    }
    columns |= {field: agents[field] for field in _PLAIN}
    columns |= {
        "age_band": pd.Categorical.from_codes(age, categories=[*AGE_BANDS, "under 18"]),
        "sex": worded("sex", ("male", "female")),
        "education": worded("education", EDUCATION),
        "residence": worded("residence", RESIDENCES),
        "registration": worded("registration", REGISTRATION),
        "online": pd.array(np.where(person, agents["online"], 0).astype(bool)),
    }
    columns |= {field: agents[field] for field in _NUMBERS}
    columns |= {name: (agents["traits"] >> bit & 1).astype(bool) for bit, name in enumerate(TRAITS)}
    return pd.DataFrame(columns)


def population_text(population: Population) -> str:
    """Return a small table of a population."""
    lines = [_title(population)]
    lines += [f"  {name:<14}{count:>10,}" for name, count in _rows(population)]
    return "\n".join(lines)


def population_html(population: Population) -> str:
    """Return a small table of a population, as HTML."""
    rows = "".join(
        f'<tr><td style="text-align:left">{name}</td><td style="text-align:right">{count:,}</td></tr>'
        for name, count in _rows(population)
    )
    return f"<table><caption>{_title(population)}</caption><tbody>{rows}</tbody></table>"


def _title(population: Population) -> str:
    """Return what the population is, in one line."""
    return (
        f"Synthetic population {population.name}: {len(population):,} agents "
        f"(scale {population.scale:g}, seed {population.seed}, replication {population.replication})"
    )


def _rows(population: Population) -> list[tuple[str, int]]:
    """Return what is counted: kinds, households, sites by kind."""
    sites = np.bincount(population.sites["kind"], minlength=len(SITE_KINDS))
    plural = {
        "village": "villages",
        "community": "communities",
        "school": "school sites",
        "agency": "offices",
        "market": "markets",
    }
    rows = list(population.counts().items())
    rows.append(("households", int((~population.household_collective).sum())))
    rows += [
        (plural.get(name, name), int(count)) for name, count in zip(SITE_KINDS, sites, strict=True) if count
    ]
    return rows
