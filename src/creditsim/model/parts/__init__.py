"""What each mechanism remembers from month to month, beside the agents themselves."""
