"""Published models rebuilt from our own parts, each beside the shape that its authors found.

A part that reproduces what others proved or measured can be trusted a little further in the
district. Every file is one model and gives tidy frames, simulated beside published.
"""
