"""Outcomes: tidy monthly values from the counts, by setting and group."""
