"""The one place where JAX is switched to 64-bit floats, and how a missing package is reported.

A library that changes JAX at import annoys whoever uses both: so nothing here happens at import. A program calls
``use_float64`` once, solvers call ``require_float64``. In 32 bits 99.7 % of solutions miss a residual of 1e-8.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shieldwall.errors import EconomicsError, MissingPackage


@contextmanager
def economics_extra() -> Iterator[None]:
    """Stand around the import of a package of the ``economics`` extra.

    Raises:
        MissingPackage: If the import in its body fails.
    """
    try:
        yield
    except ImportError as error:
        raise MissingPackage(error.name or str(error)) from error


def use_float64() -> None:
    """Make JAX compute in 64 bits, in this whole process.

    Raises:
        MissingPackage: If JAX is not installed.
    """
    with economics_extra():
        import jax  # noqa: PLC0415 - half a second, and only the continuous models need it
    jax.config.update("jax_enable_x64", True)  # type: ignore[no-untyped-call]


def require_float64() -> None:
    """Refuse to go on in 32 bits.

    Raises:
        EconomicsError: If JAX would compute in 32 bits.
        MissingPackage: If JAX is not installed.
    """
    with economics_extra():
        import jax  # noqa: PLC0415
    if not jax.config.jax_enable_x64:  # type: ignore[attr-defined]
        raise EconomicsError("JAX computes in 32 bits. Call shieldwall.economics.precision.use_float64() first")
