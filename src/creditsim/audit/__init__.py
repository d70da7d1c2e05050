"""Audit of rules before any run: the legal screen, and the lint of incentives."""
