"""Show what the legal screen finds in a scenario or a rulebook; nothing is simulated."""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from creditsim.app.commands import LANGUAGES
from creditsim.app.options import choice_faults
from creditsim.app.printing import Voice, print_json
from creditsim.app.words import LINE, word
from creditsim.core.errors import Fault, InputError, unknown

FOUND_ERRORS = 1


def show_audit(name: str, as_of: str | None, strict: bool, lang: str, voice: Voice) -> int:
    """Screen a scenario or rulebook and show the findings; return the exit code.

    Parameters
    ----------
    name : str
        Shipped name or path.
    as_of : str or None
        Day as ``YYYY-MM-DD``; today if None.
    strict : bool
        Exit with 1 if there are errors.

    Raises
    ------
    InputError
        All faults at once.
    """
    faults = choice_faults("--lang", lang, LANGUAGES)
    day = _day(as_of, faults)
    try:
        found = audit_rules(name, day)
    except InputError as error:
        faults += error.faults
    if faults:
        raise InputError(faults)
    if voice.json:
        print_json(found.to_dict(lang))
    else:
        voice.result(audit_text(found, lang))
    return FOUND_ERRORS if strict and found.counts()["error"] else 0


def audit_rules(rules: Any, as_of: datetime.date | str | None = None) -> Any:
    """Screen a scenario or a rulebook against dated law and guidance, before anything runs.

    A screening aid, not legal advice: a finding says where to look; no finding proves nothing.

    Parameters
    ----------
    rules : Scenario or str
        A scenario, or the shipped name or path of a scenario or rulebook.
    as_of : datetime.date or str, optional
        The day whose rules are applied, ``YYYY-MM-DD``; by default today.

    Returns
    -------
    creditsim.audit.findings.Audit
        ``findings``, ``counts()``, ``to_frame()``.

    Raises
    ------
    InputError
        If it is neither, or its file has faults.

    Examples
    --------
    >>> import creditsim as cs
    >>> print(cs.audit_rules("guidance-2021", "2021-12-31"))
    Audit of guidance-2021 as of 2021-12-31: 0 errors, 4 warnings, 2 notes
    """
    from creditsim.audit.law import audit_book, audit_scenario
    from creditsim.spec.rulebooks import rulebook_names
    from creditsim.spec.scenario import Scenario, load_scenario, scenario_names

    faults: list[Fault] = []
    day = _day(as_of, faults) if as_of is None or isinstance(as_of, str) else as_of
    if faults:
        raise InputError(faults)
    if isinstance(rules, Scenario):
        return audit_scenario(rules, day)
    if rules in rulebook_names() or _is_book(rules):
        return audit_book(rules, day)
    if rules not in scenario_names() and not str(rules).endswith((".yaml", ".yml")):
        known = [*scenario_names(), *rulebook_names()]
        raise InputError(Fault(unknown(rules, known, "scenario or rulebook, or the path of a .yaml file")))
    return audit_scenario(load_scenario(rules), day)


def audit_text(found: Any, lang: str) -> str:
    """Return an audit for people: rule by rule, gravest first, each with the places that trip it."""
    from creditsim.audit.findings import NOTICE

    by_rule: dict[Any, list[Any]] = {}
    for each in found.findings:
        by_rule.setdefault(each.rule.name, []).append(each)
    head = word("audit.head", lang, name=found.name, day=found.as_of.isoformat(), **found.counts())
    parts = [f"{head}\n{NOTICE[lang]}"]
    parts += ["\n".join(_rule_lines(findings, lang)) for findings in by_rule.values()]
    return "\n\n".join(parts)


def _rule_lines(findings: list[Any], lang: str) -> list[str]:
    """Return one rule with all places that trip it, as lines."""
    rule = findings[0].rule
    doubt = f" {word('audit.uncertain', lang)}" if rule.uncertain else ""
    head = f"{word(f'severity.{rule.severity}', lang)}  {rule.id}  {getattr(rule, f'title_{lang}')}{doubt}"
    levers = [each for each in findings if each.section]
    places = [f"- {each.section} {each.about[lang]} ({each.key})" for each in levers]
    by_file: dict[str, list[str]] = {}
    for each in findings:
        if not each.section:
            by_file.setdefault(each.file, []).append(each.key)
    for file, keys in by_file.items():
        shown = ", ".join(keys[:3]) + (", ..." if len(keys) > 3 else "")
        places.append(f"- {word('audit.places', lang, count=len(keys), file=file, shown=shown)}")
    why, cure = (getattr(rule, f"{what}_{lang}") for what in ("why", "cure"))
    texts = [
        *places,
        word("audit.why", lang, text=why),
        word("audit.cure", lang, text=cure),
        word("audit.law", lang, instrument=rule.instrument, article=rule.article),
    ]
    options = {"width": LINE, "initial_indent": "    ", "subsequent_indent": "      "}
    # Names stay whole: a broken item name could not be searched for.
    wrapped = [textwrap.wrap(text, break_on_hyphens=False, **options) for text in texts]
    return [head, *(line for lines in wrapped for line in lines)]


def _day(text: str | None, faults: list[Fault]) -> datetime.date:
    """Return a day as it was typed, today if none was; add a fault if it is none."""
    if text is None:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        expected = "expected a day as YYYY-MM-DD, e.g. 2021-12-31"
        faults.append(Fault(f"got {text!r}, {expected}", key="--as-of"))
        return datetime.date.today()


def _is_book(path: str | Path) -> bool:
    """Say whether a YAML file is a rulebook; what cannot be read is left to the reader of scenarios."""
    from creditsim.spec.files import read_document

    if not str(path).endswith((".yaml", ".yml")):
        return False
    try:
        data = read_document(path).data
    except InputError:
        return False
    return isinstance(data, Mapping) and "account" in data
