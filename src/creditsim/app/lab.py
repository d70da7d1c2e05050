"""Open JupyterLab on a working copy of the notebooks; the installed ones are never touched."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from creditsim.app.printing import Voice, print_json
from creditsim.core.errors import Fault, InputError

DEFAULT_FOLDER = "creditsim-notebooks"
"""Where the working copy lies unless one says otherwise."""

_PACKAGE = Path(__file__).resolve().parents[1]


@dataclass
class WorkingCopy:
    """What a folder has of the notebooks.

    Attributes
    ----------
    copied : list of str
        Notebooks that were not there.
    kept : list of str
        Those that are there and as shipped.
    changed : list of str
        Those that are there and differ: one's own work, or of another version; left as they are.
    """

    folder: Path
    copied: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)


def show_lab(folder: str, copy_only: bool, browser: bool, voice: Voice) -> int:
    """Copy notebooks that are not there yet and open JupyterLab on them; return its exit code.

    Raises
    ------
    InputError
        If nothing can be copied there, or JupyterLab is not installed.
    """
    if not copy_only and importlib.util.find_spec("jupyterlab") is None:
        raise InputError(
            Fault(
                "got no JupyterLab, expected it installed: pip install 'creditsim[notebook]', or --copy-only"
            )
        )
    copy = working_copy(Path(folder))
    if voice.json:
        print_json({**vars(copy), "folder": str(copy.folder)})
    else:
        voice.result(copy_text(copy))
    if copy_only:
        return 0
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={copy.folder.resolve()}"]
    # JupyterLab prints its address where errors go, and asks before it ends with Ctrl-C.
    return subprocess.run([*command, *([] if browser else ["--no-browser"])], stdout=sys.stderr).returncode


def working_copy(folder: Path) -> WorkingCopy:
    """Copy the notebooks that a folder lacks; what is there stays as it is.

    Raises
    ------
    InputError
        If the folder is a file, cannot be written, or is that of the installed notebooks.
    """
    shipped = shipped_notebooks()
    if folder.resolve() == shipped[0].parent.resolve():
        got = "got the folder of the installed notebooks, expected one for a working copy"
        raise InputError(Fault(f"{got}, e.g. {DEFAULT_FOLDER}", str(folder)))
    found = WorkingCopy(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for notebook in shipped:
            mine, content = folder / notebook.name, notebook.read_bytes()
            if not mine.exists():
                mine.write_bytes(content)
                found.copied.append(mine.name)
            elif mine.read_bytes() == content:
                found.kept.append(mine.name)
            else:
                found.changed.append(mine.name)
    except OSError as error:
        got = f"got a folder that cannot be written ({error.strerror})"
        raise InputError(Fault(f"{got}, expected a folder of yours, or none yet", str(folder))) from None
    return found


def shipped_notebooks() -> Sequence[Path]:
    """Return the notebooks that travel with the package, sorted.

    Raises
    ------
    InputError
        If this installation carries none.
    """
    for folder in (_PACKAGE / "_side" / "notebooks", _PACKAGE.parents[1] / "notebooks"):
        if found := sorted(folder.glob("*.ipynb")):
            return found
    raise InputError(Fault("got no notebooks in this installation, expected some; install creditsim again"))


def copy_text(copy: WorkingCopy) -> str:
    """Return what was copied and what was left, for people."""
    lines = [f"working copy: {copy.folder}"]
    for name, what in (
        ("copied", "copied"),
        ("kept", "there already, as shipped"),
        ("changed", "there already, not as shipped: left as they are (delete or rename one to get it anew)"),
    ):
        if notebooks := getattr(copy, name):
            lines += [f"{what}:", *(f"  {notebook}" for notebook in notebooks)]
    return "\n".join(lines)
