"""Checkpoints on the command line: --checkpoint, --checkpoint-every and --from."""

from __future__ import annotations

import functools
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from creditsim.app.options import numbers_of, whole_number
from creditsim.core.errors import Fault, InputError

if TYPE_CHECKING:
    from creditsim.experiment.run import RunResult
    from creditsim.experiment.saving import RunStopped
    from creditsim.model.checkpoint import Head
    from creditsim.spec.scenario import Scenario

OF_THE_RUN = ("scale", "seed", "replication", "only")
"""Options that a run that goes on has from its checkpoint."""


@dataclass(frozen=True)
class Checkpoints:
    """What a command line says about checkpoints.

    Attributes
    ----------
    to, every, start : str or None
        Values of --checkpoint, --checkpoint-every and --from, as they were typed.
    typed : mapping
        All that was typed for the command, by parameter.
    """

    to: str | None = None
    every: str | None = None
    start: str | None = None
    typed: Mapping[str, Any] = field(default_factory=dict)

    def faults(self) -> list[Fault]:
        """Return all that is wrong with them, and where other options are not those of the checkpoint."""
        faults: list[Fault] = []
        every = whole_number("--checkpoint-every", self.every, faults)
        if self.every is not None and self.to is None:
            faults.append(Fault("got it without --checkpoint, expected both", key="--checkpoint-every"))
        if self.to is not None:
            from creditsim.experiment.saving import USUAL_EVERY, Saving

            found = Saving(self.to, USUAL_EVERY if every is None else every).faults(self.start)
            faults += [Fault(each.message, key=f"--{each.key.replace('_', '-')}") for each in found]
        try:
            return faults + (self._faults_of_the_run() if self.start is not None else [])
        except InputError as error:
            return [*faults, *error.faults]

    def settled(self, numbers: Mapping[str, Any]) -> dict[str, Any]:
        """Return a command's numbers with the checkpoint's own scale, seed and the like among them."""
        if self.start is None:
            return dict(numbers)
        return {**numbers, **{name: self._head.case[name] for name in OF_THE_RUN}}

    def run(self, api: Any, scenario: Scenario, options: Mapping[str, Any]) -> RunResult:
        """Run a scenario, from its checkpoint if there is one.

        Raises
        ------
        KeyboardInterrupt
            If it was stopped; its text, if something was saved, says how to go on.
        """
        options = dict(options)
        if self.to is not None:
            options["checkpoint"] = self.to
        if self.every is not None:
            options["checkpoint_every"] = int(self.every)
        try:
            if self.start is None:
                return api.run(scenario, **options)
            for name in OF_THE_RUN:
                del options[name]
            return api.resume(self.start, scenario, **options)
        except KeyboardInterrupt as stop:
            if not str(stop):
                raise
            raise KeyboardInterrupt(f"{stop}; to go on: {self.command(stop)}") from None

    def command(self, stop: RunStopped) -> str:
        """Return the command line that goes on with a run that was stopped."""
        words = ["creditsim", "run", self.typed["scenario"], "--from", stop.path]
        for name, value in self.typed.items():
            if name not in ("scenario", "from_", *OF_THE_RUN):
                option = f"--{name.replace('_', '-')}"
                words += [option] if value is True else [option, str(value)]
        return shlex.join(words)

    @functools.cached_property
    def _head(self) -> Head:
        """What the checkpoint says of itself."""
        from creditsim.model.checkpoint import read_head

        return read_head(self.start)

    def _faults_of_the_run(self) -> list[Fault]:
        """Return a fault for each option that is not what the checkpoint's run had."""
        case = self._head.case
        typed = {name: self.typed[name] for name in OF_THE_RUN if name in self.typed}
        only = typed.pop("only", None)
        got = numbers_of(typed, [])  # what is no number has its fault already
        if only is not None:
            got["only"] = sorted(only.split(","))
        return [
            Fault(
                f"got {_text(value)}, expected {_text(case[name])} as in {self.start}, or none",
                key=f"--{name}",
            )
            for name, value in got.items()
            if value is not None and value != case[name]
        ]


NO_CHECKPOINTS = Checkpoints()


def _text(value: Any) -> str:
    """Return an option's value as it is typed."""
    return ",".join(value) or "all" if isinstance(value, list) else f"{value:.12g}"
