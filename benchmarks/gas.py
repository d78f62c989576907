"""Measures the gas of every settlement transaction and the speed of the embedded chain.

Run ``python benchmarks/gas.py``. Gas is exact (the same on every machine); the rates are this machine's.
``first`` means that the account's storage word was zero before, ``repeat`` that it was not. Gas is what a
receipt shows: the whole transaction with its 21,000 and its call data, divided by the number of accounts.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from shieldwall.chain import settlement
from shieldwall.chain.evm import GAS_LIMIT, Evm
from shieldwall.chain.keys import address_of_key, parse_address

OPERATOR, MEMBER = bytes([1]) * 32, bytes([2]) * 32
SIZES = (10, 100, 1000)
DESIGN = {(10, "first"): 9526, (10, "repeat"): 4396, (100, "first"): 5963, (100, "repeat"): 1688}
DESIGN |= {(1000, "first"): 5721, (1000, "repeat"): 1446}
"""What the design's prototype of four balances per word measured, without registration and withdrawal."""

RESULT = Path(__file__).parent / "results" / "gas.json"


class Meter:
    """A chain that notes the gas and the raw bytes of its last transaction."""

    def __init__(self) -> None:
        self.evm = Evm(parse_address(address_of_key(OPERATOR)))
        self.root = self.evm.genesis_root
        self.raws: list[bytes] = []

    def send(self, data: bytes, key: bytes = OPERATOR, value: int = 0) -> int:
        raw = self.evm.sign(self.root, key, data, value)
        execution = self.evm.execute(self.root, raw)
        self.root = execution.state_root
        self.raws.append(raw)
        return execution.gas

    def credit(self, epoch: int, amounts: dict[int, int]) -> int:
        return self.send(settlement.encode_credit(epoch, amounts), value=sum(amounts.values()))


def measure_calls(meter: Meter) -> dict[str, int]:
    """Deploy, register the largest number of members, and measure each single call in a branch of its own."""
    member = int.from_bytes(parse_address(address_of_key(MEMBER)), "big")
    gas = {"deploy": meter.send(settlement.shipped_build().bytecode)}
    for account in range(max(SIZES)):
        gas["register"] = meter.send(settlement.encode_call(settlement.REGISTER, account, member))
    start = meter.root
    gas["epoch without payouts, first"] = meter.credit(1, {})
    gas["epoch without payouts, repeat"] = meter.credit(2, {})
    meter.credit(3, {0: 5_000_000, 1: 5_000_000})
    gas["withdraw, first ever"] = meter.send(settlement.encode_call(settlement.WITHDRAW, 0, 1_000_000), key=MEMBER)
    gas["withdraw, repeat"] = meter.send(settlement.encode_call(settlement.WITHDRAW, 0, 1_000_000), key=MEMBER)
    gas["rotate"] = meter.send(settlement.encode_call(settlement.ROTATE, 0, member + 1), key=MEMBER)
    meter.root = start
    return gas


def measure_credits(meter: Meter) -> dict[tuple[int, str], int]:
    """Credit N members three times; the last two are repeats and must cost the same."""
    start, total = meter.root, {}
    for size in SIZES:
        meter.root = start
        amounts = {account: 12_345_678 + 7_919 * account for account in range(size)}
        total[size, "first"] = meter.credit(1, amounts)
        total[size, "repeat"] = meter.credit(2, amounts)
        assert abs(meter.credit(3, amounts) - total[size, "repeat"]) < 100
    return total


def measure_rates(raws: list[bytes]) -> dict[str, float]:
    """Transactions per second: replayed from raw bytes, and signed and executed anew."""
    meter = Meter()
    begin = time.perf_counter()
    for raw in raws:
        meter.root = meter.evm.execute(meter.root, raw).state_root
    replayed = len(raws) / (time.perf_counter() - begin)
    count = 100
    begin = time.perf_counter()
    for epoch in range(1, count + 1):
        meter.credit(epoch, {0: epoch, 1: 1, 2: 1, 3: 1})
    return {"replay": round(replayed, 1), "sign and execute": round(count / (time.perf_counter() - begin), 1)}


def main() -> None:
    """Measure, print the tables and write the JSON file."""
    meter = Meter()
    calls = measure_calls(meter)
    registered = 1 + max(SIZES)
    credits_gas = measure_credits(meter)
    rates = measure_rates(meter.raws[:registered])

    print(f"{'gas per credited account':28}{'first':>10}{'design':>10}{'repeat':>10}{'design':>10}")
    for size in SIZES:
        row = "".join(
            f"{credits_gas[size, kind] / size:>10,.0f}{DESIGN[size, kind]:>10,}" for kind in ("first", "repeat")
        )
        print(f"{f'N = {size}':28}{row}")
    fits = {}
    for kind in ("first", "repeat"):
        per_word = (credits_gas[1000, kind] - credits_gas[100, kind]) / (250 - 25)
        fixed = credits_gas[1000, kind] - 250 * per_word
        fits[kind] = min(int((GAS_LIMIT - fixed) // per_word), settlement.MAX_WORDS) * settlement.LANES
        print(f"{kind}: {fixed:,.0f} + {per_word:,.0f} per word of four; at most {fits[kind]:,} accounts")
    for name, gas in calls.items():
        print(f"{name:30}{gas:>12,}")
    for name, rate in rates.items():
        print(f"{name:30}{rate:>12,} transactions/s")

    document = {
        "gas": calls,
        "gas_per_credited_account": {f"{n} {kind}": gas / n for (n, kind), gas in credits_gas.items()},
        "design_gas_per_credited_account": {f"{n} {kind}": gas for (n, kind), gas in DESIGN.items()},
        "accounts_per_transaction": fits,
        "transactions_per_second": rates,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
