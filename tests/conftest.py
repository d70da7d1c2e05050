"""Settings for all tests: property tests draw the same examples on every machine."""

from hypothesis import settings

# The first call of a compiled rule takes seconds, so no deadline for a single example.
settings.register_profile("repeatable", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("searching", deadline=None, max_examples=1000)
settings.load_profile("repeatable")
