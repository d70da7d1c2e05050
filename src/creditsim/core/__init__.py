"""Draws, compiled rules, fingerprints, errors, months, shipped files: the ground floor."""
