"""Calibration: what patterns say about the assumptions, and whether the method that says it is honest."""
