"""Computes what a rule would do before anybody signs it: equilibria of sharing, of outsourcing, of the alliance.

Closed forms and exact candidates need NumPy alone. JAX stands behind the continuous models and is imported, like
every heavy library, inside the function that needs it. A well-posed model without a solution is an answer with a
``Status``, never an exception. Nothing here pays anybody: that is ``mechanism``, in exact integers.
"""
