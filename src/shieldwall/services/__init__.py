"""Use cases, one module each: they open a unit of work, call the pure rules in order and commit."""
