"""Which levers that differ between two runs are about what an agent's entries are about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from creditsim.spec.scenario import Change

ALWAYS = ("score.rulebook_choice", "rollout.")
BY_AGENT = {
    "enterprise": ("evaluation.firm", "inspection.", "pledge.firm", "pledge.owner"),
    "teacher": ("files.teacher", "training.teacher"),
    "villager": ("files.villager", "village.compact", "village.collector"),
    "resident": ("files.resident", "community."),
    "student": ("files.student", "training.pupil"),
    "civil_servant": ("files.civil_servant", "training.civil_servant"),
    "school": ("school.", "pledge.school"),
    "agency": ("agency.",),
}
BY_CHANNEL = {
    "neighbour_report": ("village.neighbour_reports_on", "village.collector", "community.collector"),
    "self_report": ("app.", "desk."),
}
BY_ENTRY = {
    "repair": ("repair.",),
    "void": ("appeal.", "desk."),
    "objection": ("appeal.",),
    "objection_closed": ("appeal.",),
    "correction": ("appeal.", "repair."),
}


def touching(changes: Iterable[Change], kind: str, entries: Iterable[Mapping]) -> tuple[Change, ...]:
    """Return the levers that differ and are about the book, the agent's kind, the channels or kinds of entry.

    By name, not by effect: a lever that works through beliefs, norms or other agents is not among them.
    """
    starts = [*ALWAYS, *BY_AGENT[kind]]
    for row in entries:
        starts += [*BY_CHANNEL.get(row["channel"], ()), *BY_ENTRY.get(row["kind"], ())]
    return tuple(each for each in changes if each.lever.startswith(tuple(starts)))
