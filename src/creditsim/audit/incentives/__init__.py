"""Incentive lint: what rules make people do, read from rules alone."""

from creditsim.audit.incentives.gather import book_facts, table_facts
from creditsim.audit.incentives.lints import lint_findings
from creditsim.audit.incentives.scenario import scenario_facts

__all__ = ["book_facts", "lint_findings", "scenario_facts", "table_facts"]
