"""One run, many runs here, their files, and their replay."""
