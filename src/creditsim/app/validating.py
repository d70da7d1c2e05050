"""Show which patterns of the field the simulation meets, and which it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from creditsim.app.commands import LANGUAGES, range_faults, say_where, standard_output_kept
from creditsim.app.folder import OutputFolder
from creditsim.app.options import as_options, choice_faults, numbers_of
from creditsim.app.printing import Voice, print_json, table_text
from creditsim.core.errors import InputError


def show_validation(
    names: Sequence[str], texts: Mapping[str, str | None], out: str | None, lang: str, voice: Voice
) -> int:
    """Hold the simulation against the patterns of the field; return the exit code.

    Parameters
    ----------
    names : sequence of str
        Patterns; none means all.
    texts : mapping of str to str or None
        Options as they were typed: seed, replications, scale, threads.
    out : str or None
        Folder for table, figure and JSON.

    Raises
    ------
    InputError
        All faults at once, before anything runs.
    """
    from creditsim.analysis.validation import check_validation

    faults = choice_faults("--lang", lang, LANGUAGES)
    numbers = numbers_of(texts, faults)
    faults += range_faults(numbers)
    try:
        check_validation(names, numbers["replications"])
    except InputError as error:
        faults += as_options(error.faults, numbers)
    folder = None if out is None else OutputFolder(out)
    if folder:
        faults += folder.faults()
    if faults:
        raise InputError(faults)
    from creditsim.app import api

    with standard_output_kept():
        validation = api.validate(tuple(names), progress=voice.progress, **numbers)
        if folder:
            with folder.filling() as files:
                validation.save(files, lang)
    if voice.json:
        print_json(validation.to_dict())
    else:
        voice.result(validation_text(validation, lang))
        say_where(folder, "validation.png", voice)
    return 0


def validation_text(validation: Any, lang: str) -> str:
    """Return a validation for people: the table, what was found, and what is doubtful where not met."""
    table = table_text(validation.head(lang), validation.rows(lang), right=[3, 5])
    told = "\n".join(f"* {name}: {text}" for name, text in validation.explanations(lang))
    return "\n\n".join(part for part in (table, "\n".join(validation.sentences(lang)), told) if part)
