"""The same model written in other ways, to which the package's speed is compared."""
