"""Time a month against C, plain Mesa agents and NumPy columns, all in one run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from creditsim.app.printing import Voice, print_json, table_text
from creditsim.core.errors import Fault, InputError

_PACKAGE = Path(__file__).resolve().parents[1]

_TABLES = {
    "acting, nanoseconds an agent-activity": {
        "ours, one thread": "ns_per_agent_activity",
        "ours, two threads": "ns_per_agent_activity_2",
        "C, one thread": "c_ns_per_agent_activity",
        "NumPy columns": "numpy_ns_per_agent_activity",
        "plain Mesa agents": "mesa_ns_per_agent_activity",
    },
    "whole month, microseconds an agent": {
        "ours, one thread": "month_us_per_agent",
        "ours, two threads": "month_us_per_agent_2",
        "plain Mesa agents": "mesa_month_us_per_agent",
    },
    "ratios": {
        "acting: ours / C, one thread": "ratio_c",
        "acting: plain Mesa / ours, one thread": "ratio_mesa_1",
        "acting: plain Mesa / ours, two threads": "ratio_mesa_2",
        "acting: NumPy columns / ours, one thread": "ratio_numpy_1",
        "month: plain Mesa / ours, one thread": "month_ratio_mesa_1",
        "month: plain Mesa / ours, two threads": "month_ratio_mesa_2",
    },
}


def show_bench(voice: Voice) -> int:
    """Time all versions and print what they took, or the JSON of it; return exit code 0.

    Raises
    ------
    InputError
        If this installation carries no benchmarks.
    """
    _find_benchmarks()
    from benchmarks.versions import time_versions

    found = time_versions(say=lambda text: voice.detail(f"bench: {text}"))
    if voice.json:
        print_json(found)
    else:
        voice.result(_table(found))
    return 0


def _find_benchmarks() -> None:
    """Make the folder of benchmarks importable: beside the package in a wheel, else in the repository."""
    for root in (_PACKAGE / "_side", _PACKAGE.parents[1]):
        if (root / "benchmarks" / "versions.py").is_file():
            if str(root) not in sys.path:
                sys.path.insert(0, str(root))
            return
    raise InputError(Fault("this installation carries no benchmarks; install the package again"))


def _table(found: dict[str, Any]) -> str:
    """Return times and ratios as text."""
    parts = [
        f"{found['agents']:,} agents, {found['agent_activities']:,} agent-activities a month; "
        f"{found['machine']}, {found['cores']} cores"
    ]
    for title, names in _TABLES.items():
        rows = [(label, _text(found[name])) for label, name in names.items()]
        parts.append(table_text([title, ""], rows, right=[1]))
    parts.append("Plain Mesa does less in a month than ours; what it leaves out: docs/performance.md")
    return "\n\n".join(parts)


def _text(value: float | None) -> str:
    """Return a figure to three digits; nothing was measured without a C compiler."""
    return "no C compiler" if value is None else f"{value:.3g}"
