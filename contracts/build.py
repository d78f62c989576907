"""Compiles the contracts and writes what the package ships: ABI, bytecode, compiler and source hash.

Run ``python contracts/build.py`` after every change of a ``.vy`` file; a test compares the written file with
a fresh build. Mocks are compiled by the tests that use them and are not shipped.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

CONTRACTS = Path(__file__).parent
ARTIFACTS = CONTRACTS.parent / "src" / "shieldwall" / "chain" / "artifacts"
EVM_VERSION = "prague"
"""The fork that ``shieldwall.chain.evm`` executes."""


def compile_contract(source: Path) -> dict[str, Any]:
    """Compile one Vyper file.

    Args:
        source: The ``.vy`` file.

    Returns:
        ``contract``, ``abi``, ``selectors``, ``bytecode`` (creation code, hex), ``compiler``, ``evm_version``
        and ``source_sha256``.
    """
    import vyper  # noqa: PLC0415 (takes a second; the module is imported by tests that may skip)
    from vyper.compiler.settings import Settings  # noqa: PLC0415

    text = source.read_text("utf-8")
    output = vyper.compile_code(
        text,
        contract_path=source.name,
        output_formats=["abi", "bytecode", "method_identifiers"],
        settings=Settings(evm_version=EVM_VERSION),
    )
    return {
        "contract": source.stem,
        "compiler": f"vyper {vyper.__version__}",
        "evm_version": EVM_VERSION,
        "source_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "abi": output["abi"],
        # The compiler drops leading zeros.
        "selectors": {name: value[2:].zfill(8) for name, value in output["method_identifiers"].items()},
        "bytecode": output["bytecode"].removeprefix("0x"),
    }


def artifact_text(source: Path) -> str:
    """Return the text of the shipped artifact of one contract."""
    return json.dumps(compile_contract(source), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for name in ("Settlement",):
        (ARTIFACTS / f"{name}.json").write_text(artifact_text(CONTRACTS / f"{name}.vy"), "utf-8")
