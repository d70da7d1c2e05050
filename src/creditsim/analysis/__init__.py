"""What the runs say: paired differences, intervals, verdicts."""
