"""The Chinese README says what the English one says: same commands, links, scenarios, numbers of sections."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENGLISH = (ROOT / "README.md").read_text("utf-8")
CHINESE = (ROOT / "README.zh-CN.md").read_text("utf-8")


def commands_of(text):
    """Return the lines of all blocks of code, without comments."""
    blocks = re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)
    lines = [line.partition("#")[0].rstrip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def links_of(text):
    """Return what is linked, but for the other language."""
    return {target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not target.startswith("README")}


def test_the_commands_are_the_same():
    assert commands_of(CHINESE) == commands_of(ENGLISH)
    assert len(commands_of(ENGLISH)) > 10


def test_the_links_are_the_same_and_lead_somewhere():
    assert links_of(CHINESE) == links_of(ENGLISH)
    assert [link for link in links_of(CHINESE) if ":" not in link and not (ROOT / link).exists()] == []


def test_sections_tables_and_lists_are_as_long():
    for start in ("## ", "| ", "* "):
        counts = [sum(line.startswith(start) for line in text.splitlines()) for text in (CHINESE, ENGLISH)]
        assert counts[0] == counts[1], start


def test_the_verdicts_are_the_words_of_the_report():
    from creditsim.report.labels import name_of

    for verdict in ("lower", "higher", "negligible", "unclear", "not defined"):
        assert f"`{verdict}`" in ENGLISH
        assert f"`{name_of('verdict', verdict, 'zh')}`" in CHINESE
