"""The simulation card: purpose, limits, validation, assumptions and fingerprint, in every file that leaves.

There is one card and one way to each kind of file: `card_of` makes it, `SimulationCard.to_dict` is what JSON,
Parquet and the file beside a CSV hold, `png_metadata` what pictures hold, `rows` what tables for people show.
"""

from __future__ import annotations

import csv
import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from creditsim.core.shipped import data_path
from creditsim.report.credibility import credibility
from creditsim.report.labels import LANGUAGES, say

CARD_KEY = "simulation_card"
"""Key of the card in the metadata of Parquet and PNG files and in the head of HTML files."""

_PARTS = ("purpose", "not_for", "synthetic", "validation", "assumptions")


@dataclass(frozen=True)
class SimulationCard:
    """What a file says about itself.

    Attributes
    ----------
    fingerprint : str
        Of the results that the file holds.
    """

    fingerprint: str

    def said(self, part: str, lang: str) -> str:
        """Return a part in words: purpose, not_for, synthetic, validation or assumptions."""
        if part == "validation":
            return credibility().line(lang)
        numbers = unsourced_assumptions() if part == "assumptions" else {}
        return say(f"card.{part}", lang, **numbers.get("by_catalogue", {}), **_totals(numbers))

    def rows(self, lang: str) -> list[tuple[str, str]]:
        """Return heading and text of each part, for people."""
        rows = [(say(f"card.head.{part}", lang), self.said(part, lang)) for part in _PARTS]
        return [*rows, (say("card.head.fingerprint", lang), self.fingerprint)]

    def to_dict(self, names: bool = True) -> dict[str, Any]:
        """Return the card as plain values for JSON, English and Chinese side by side.

        Parameters
        ----------
        names : bool
            With the names of the assumptions that have no source, some 7 kB.
        """
        unsourced = dict(unsourced_assumptions())
        if not names:
            del unsourced["names"]
        return {
            "format": 1,
            "synthetic": True,
            **{lang: {part: self.said(part, lang) for part in _PARTS} for lang in LANGUAGES},
            "validation": credibility().to_dict(),
            "unsourced_assumptions": unsourced,
            "fingerprint": self.fingerprint,
        }

    def json(self, names: bool = True) -> str:
        """Return `to_dict` as one line of JSON, the same on every machine."""
        return json.dumps(self.to_dict(names), ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def png_metadata(self) -> dict[str, str | None]:
        """Return the metadata of a picture; matplotlib's own version is left out: same bytes."""
        return {
            "Software": None,
            "Description": self.said("synthetic", "en"),
            CARD_KEY: self.json(names=False),
        }

    def write_beside(self, path: Path) -> Path:
        """Write the card beside a CSV file, which has no room for it, and return where."""
        from creditsim.experiment.files import write_json

        beside = card_path(path)
        write_json(beside, self.to_dict())
        return beside


def card_of(fingerprint: str) -> SimulationCard:
    """Return the card of results with this fingerprint."""
    return SimulationCard(fingerprint)


def card_path(path: Path) -> Path:
    """Return where the card of a CSV file lies.

    Examples
    --------
    >>> card_path(Path("results.csv")).name
    'results.card.json'
    """
    return path.with_suffix(".card.json")


@functools.cache
def unsourced_assumptions() -> Mapping[str, Any]:
    """Return how many numbers of the model rest on no source, of how many, by catalogue, and their names.

    A district's cells have no names; they are counted.
    """
    from creditsim.spec.activities import activities
    from creditsim.spec.assumptions import assumptions
    from creditsim.spec.levers import levers

    entries = {
        "mechanisms": dict(assumptions()),
        "levers": dict(levers()),
        "activities": {each.id: each for each in activities()},
    }
    unsourced = {
        catalogue: [name for name, entry in held.items() if entry.source_kind == "assumption"]
        for catalogue, held in entries.items()
    }
    cells = [kind for path in sorted(data_path("districts").glob("*/*.csv")) for kind in _source_kinds(path)]
    by_catalogue = {catalogue: len(names) for catalogue, names in unsourced.items()}
    by_catalogue["district"] = cells.count("assumption")
    return {
        "count": sum(by_catalogue.values()),
        "of": sum(map(len, entries.values())) + len(cells),
        "by_catalogue": by_catalogue,
        "names": unsourced,
    }


def _totals(numbers: Mapping[str, Any]) -> dict[str, int]:
    """Return how many, and of how many."""
    return {key: numbers[key] for key in ("count", "of") if key in numbers}


def _source_kinds(path: Path) -> list[str]:
    """Return the kind of source of each cell of a district's table."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row["source_kind"] for row in csv.DictReader(file) if "source_kind" in row]
