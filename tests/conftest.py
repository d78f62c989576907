"""Settings of the whole suite.

Property tests draw the same examples in every run, so that a change and not chance decides; ``make fuzz`` draws
others each time.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("fuzz", derandomize=False, deadline=None)
settings.load_profile("fuzz" if os.environ.get("SHIELDWALL_FUZZ") else "steady")
