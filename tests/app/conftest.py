"""What tests of commands share."""

import pytest

from creditsim.app.cli import run_command


@pytest.fixture
def said(capsys):
    """Run a command line; return its exit code, standard output, and lines of standard error."""

    def run(*arguments):
        code = run_command([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err.splitlines()

    return run
