"""The month: what agents choose, what is seen and recorded, and what follows from it."""
