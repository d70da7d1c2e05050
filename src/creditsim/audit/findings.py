"""What an audit finds: `Finding`, and `Audit`, the findings about one rule table as of a day."""

from __future__ import annotations

import datetime
import html
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from creditsim.spec.legal_screen import SEVERITIES, LegalRule

if TYPE_CHECKING:
    import pandas as pd

NOTICE = {
    "en": "A screening aid, not legal advice: a finding says where to look; no finding proves nothing.",
    "zh": "仅为筛查辅助，不构成法律意见：发现项提示应核对之处，没有发现不等于合法。",
}
"""Said wherever findings are shown."""


@dataclass(frozen=True)
class Finding:
    """One finding.

    Attributes
    ----------
    rule : LegalRule
        In force on the day of the audit.
    file, key : str
        Where: a file, and the item, lever, measure or key in it.
    about : mapping of str to str
        What was found there, by language.
    section : str
        Section of the plan, or ``""``.
    """

    rule: LegalRule
    file: str
    key: str
    about: Mapping[str, str] = field(repr=False)
    section: str = ""

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Return the finding as one flat record, in a language."""
        rule = self.rule
        return {
            "rule": rule.id,
            "severity": rule.severity,
            "file": self.file,
            "key": self.key,
            "why": getattr(rule, f"why_{lang}"),
            "cure": getattr(rule, f"cure_{lang}"),
            "about": self.about[lang],
            "title": getattr(rule, f"title_{lang}"),
            "variant": rule.variant,
            "section": self.section,
            "instrument": rule.instrument,
            "article": rule.article,
            "in_force_from": rule.in_force_from.isoformat(),
            "in_force_to": rule.in_force_to.isoformat() if rule.in_force_to else None,
            "verification": rule.verification,
            "confidence": rule.confidence,
            "uncertain": rule.uncertain,
        }


@dataclass(frozen=True)
class Audit:
    """The findings about a scenario or rulebook, gravest first.

    Attributes
    ----------
    name : str
        Of the scenario or rulebook.
    title : mapping of str to str
    as_of : datetime.date
        The day whose rules were applied.
    findings : tuple of Finding
    """

    name: str
    title: Mapping[str, str] = field(repr=False)
    as_of: datetime.date
    findings: tuple[Finding, ...] = field(repr=False)

    @classmethod
    def of(
        cls, name: str, title: Mapping[str, str], as_of: datetime.date, findings: Iterable[Finding]
    ) -> Audit:
        """Return an audit with its findings put in order: by severity, else as they were found."""
        ordered = sorted(findings, key=lambda each: SEVERITIES.index(each.rule.severity))
        return cls(name, dict(title), as_of, tuple(ordered))

    def counts(self) -> dict[str, int]:
        """Return how many findings there are of each severity."""
        found = Counter(each.rule.severity for each in self.findings)
        return {severity: found[severity] for severity in SEVERITIES}

    def to_dict(self, lang: str = "en") -> dict[str, Any]:
        """Return the audit as ``creditsim audit --json`` prints it."""
        return {
            "name": self.name,
            "as_of": self.as_of.isoformat(),
            "counts": self.counts(),
            "notice": NOTICE[lang],
            "findings": [each.to_dict(lang) for each in self.findings],
        }

    def to_frame(self, lang: str = "en") -> pd.DataFrame:
        """Return the findings as a table, one row each."""
        import pandas as pd

        return pd.DataFrame([each.to_dict(lang) for each in self.findings])

    def __str__(self) -> str:
        counted = ", ".join(f"{number} {severity}s" for severity, number in self.counts().items())
        return f"Audit of {self.name} as of {self.as_of}: {counted}"

    def _repr_html_(self) -> str:
        """Return the findings as a table for a notebook."""
        rows = "".join(
            f"<tr><td>{each.rule.severity}</td><td>{each.rule.id}</td><td>{html.escape(each.about['en'])}</td>"
            f"<td><code>{html.escape(each.key)}</code></td><td>{html.escape(each.rule.cure_en)}</td></tr>"
            for each in self.findings
        )
        head = "".join(f"<th>{name}</th>" for name in ("severity", "rule", "found", "where", "cure"))
        return f"<p>{html.escape(str(self))}</p><table><tr>{head}</tr>{rows}</table><p>{NOTICE['en']}</p>"
