"""Processor time of ``shieldwall --help``: the best and the median of several runs, user and system together."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
from pathlib import Path

RUNS = 15
LIMIT_S = 0.3
RESULT = Path(__file__).parent / "results" / "help_time.json"


def measure() -> list[float]:
    """Seconds of processor time of each run."""
    command = [str(Path(sys.executable).with_name("shieldwall")), "--help"]
    spent = []
    for _ in range(RUNS + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    # The first run may still compile the modules.
    return spent[1:]


def main() -> None:
    """Measure, print, write; exit code 1 above the limit."""
    spent = measure()
    figures = {"runs": RUNS, "best_s": round(min(spent), 3), "median_s": round(statistics.median(spent), 3)}
    print(f"shieldwall --help: best {figures['best_s']} s, median {figures['median_s']} s of processor time")
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures | {"limit_s": LIMIT_S}, indent=2) + "\n", encoding="utf-8")
    sys.exit(statistics.median(spent) >= LIMIT_S)


if __name__ == "__main__":
    main()
