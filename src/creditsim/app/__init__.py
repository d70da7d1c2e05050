"""The front door: the command line, and the two functions behind it."""
