"""What the lints look at, in one form whether it comes from a table, a book or a scenario: `Facts`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from creditsim.spec.incentives import Act, Entry, Prize, Reward


@dataclass(frozen=True)
class Earner:
    """A way to earn a bonus.

    Attributes
    ----------
    key, kind : str
        Of the activity or entry; who can do it.
    points : float
        One entry.
    most_points : float or None
        That can stand at a time; None: no cap.
    weak_evidence : str
        The evidence asked for if it is the doer's or neighbours' word alone, else empty.
    yuan_per_act : float or None
        Cost of one act, and of those that are not entered.
    acts_for : mapping of float to float, or None
        Acts that a step of points takes; None: one entry an act.
    """

    key: str
    kind: str
    points: float
    most_points: float | None
    weak_evidence: str
    yuan_per_act: float | None = None
    acts_for: Mapping[float, float] | None = None

    def acts(self, points: float) -> float | None:
        """Return the acts that earn some points; None if they cannot be earned so."""
        if self.most_points is not None and self.most_points < points:
            return None
        if self.acts_for is None:
            return -(-points // self.points)
        return min((acts for worth, acts in self.acts_for.items() if worth >= points), default=None)


@dataclass(frozen=True)
class Ladder:
    """One score with its grades, lowest first, the entries that move it and what its grades are worth.

    Attributes
    ----------
    name, file : str
        Of the book, and the file of its grades.
    base : float
        Points without entries.
    grades : tuple of (str, float)
        Names with the points from which each holds; of the lowest minus infinity.
    doubles : bool
        Whether a repeated deduction counts twice.
    worth : mapping of str to tuple of float
        Yuan a month by kind and grade.
    allowed : tuple of Entry
        All that the rules let be entered, also where no activity of the catalogue leads to it.
    """

    name: str
    file: str
    base: float
    grades: tuple[tuple[str, float], ...]
    doubles: bool = False
    entries: tuple[Entry, ...] = ()
    worth: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    allowed: tuple[Entry, ...] = ()

    def grade(self, points: float) -> int:
        """Return the place of the grade of a score, 0 the lowest."""
        return max(place for place, (_, lowest) in enumerate(self.grades) if points >= lowest)

    def place(self, name: str) -> int:
        """Return the place of a grade by its name."""
        return [grade for grade, _ in self.grades].index(name)

    def worth_of(self, kind: str, place: int) -> float:
        """Return what a grade is worth to a kind in yuan a month."""
        return self.worth.get(kind, self.worth.get("all", (0.0,) * len(self.grades)))[place]

    def loss_yuan(self, kind: str, entry: Entry) -> float:
        """Return what an entry costs somebody at the base through the grade, while it is valid."""
        after = self.place(entry.grade) if entry.grade else self.grade(self.base + entry.points)
        lost = self.worth_of(kind, self.grade(self.base)) - self.worth_of(kind, after)
        return lost * entry.validity_months


@dataclass(frozen=True)
class Breach:
    """An act against the rules, with what the score takes for it."""

    act: Act
    score_yuan: float


@dataclass(frozen=True)
class Unknown:
    """A rule that those concerned cannot know: where it stands, and why, by language."""

    file: str
    key: str
    what: Mapping[str, str]


@dataclass(frozen=True)
class Double:
    """An act that enters several times.

    Attributes
    ----------
    file, key : str
    entries : tuple of str
        Under which names.
    points : float
        Of all entries together, or, where `in_addition`, of those after the first; 0 for direct grades.
    in_addition : bool
    """

    file: str
    key: str
    entries: tuple[str, ...]
    points: float
    in_addition: bool = False


@dataclass(frozen=True)
class Facts:
    """All that the lints look at.

    Attributes
    ----------
    ladders, earners, breaches, prizes, rewards, unknown, doubles
        Parts. Prizes and rewards come with their file, earners with their ladder.
    files : mapping of str to str
        File of the other parts.
    """

    ladders: tuple[Ladder, ...] = ()
    earners: tuple[tuple[Ladder, Earner], ...] = ()
    breaches: tuple[Breach, ...] = ()
    prizes: tuple[tuple[str, Prize], ...] = ()
    rewards: tuple[tuple[str, Reward], ...] = ()
    unknown: tuple[Unknown, ...] = ()
    doubles: tuple[Double, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
