"""Vocabulary, files, catalogues and scenarios: whatever is read from YAML is checked here."""
