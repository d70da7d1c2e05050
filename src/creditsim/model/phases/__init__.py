"""One file a phase of `creditsim.model.month.PHASES`, whose function's docstring is its ODD entry.

The other files hold steps that a phase calls.
"""
