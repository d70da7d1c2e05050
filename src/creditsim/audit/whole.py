"""The whole audit: the legal screen as of a day, and the incentive lint, which holds on any day."""

from __future__ import annotations

import datetime
from pathlib import Path

from creditsim.audit.findings import Audit
from creditsim.audit.incentives import book_facts, lint_findings, scenario_facts, table_facts
from creditsim.audit.law import audit_book, audit_scenario
from creditsim.spec.scenario import Scenario


def audit_book_whole(name_or_path: str | Path, as_of: datetime.date) -> Audit:
    """Screen and lint a rulebook; raise InputError if it cannot be read."""
    legal = audit_book(name_or_path, as_of)
    found = [*legal.findings, *lint_findings(book_facts(name_or_path))]
    return Audit.of(legal.name, legal.title, as_of, found)


def audit_scenario_whole(scenario: Scenario, as_of: datetime.date) -> Audit:
    """Screen and lint a scenario."""
    legal = audit_scenario(scenario, as_of)
    found = [*legal.findings, *lint_findings(scenario_facts(scenario))]
    return Audit.of(legal.name, legal.title, as_of, found)


def audit_table(path: str | Path, as_of: datetime.date) -> Audit:
    """Lint a rule table of one's own; it says nothing that the legal screen looks at."""
    table, facts = table_facts(path)
    return Audit.of(table.rule_table, table.title, as_of, lint_findings(facts))
