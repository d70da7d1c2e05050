"""A store of runs: write-once shards in a folder, for many writers at once, killed at any time."""
