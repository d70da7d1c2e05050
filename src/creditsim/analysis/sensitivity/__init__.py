"""Which assumptions matter: screening, shares of the variance, switching values."""
