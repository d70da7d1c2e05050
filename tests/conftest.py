"""What all tests share: settings of property tests, and a command line's three answers.

The only file of this name: two of them in folders that are no packages are one module to pytest.
"""

import pytest
from hypothesis import settings

# The first call of a compiled rule takes seconds, so no deadline for a single example.
# Without randomness: property tests draw the same examples on every machine.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("searching", deadline=None, max_examples=1000)
settings.load_profile("repeatable")


@pytest.fixture
def said(capsys):
    """Run a command line; return its exit code, standard output, and lines of standard error."""
    from creditsim.app.cli import run_command

    def run(*arguments):
        code = run_command([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err.splitlines()

    return run
