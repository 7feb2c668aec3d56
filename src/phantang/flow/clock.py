"""How long each stage of a path took."""

from __future__ import annotations

import time


class Clock:
    """Seconds by stage; each lap is the time since the one before."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """End `stage` now."""
        now = time.perf_counter()
        self.stages[stage], self._last = now - self._last, now
