"""One file a phase; each has one public function, whose docstring is its ODD entry."""
