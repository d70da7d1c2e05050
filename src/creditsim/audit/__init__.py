"""Audit of rules before any run: the legal screen over rulebooks and scenarios."""
