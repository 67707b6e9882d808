"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long an example takes, to make or to try, says how busy the machine is, nothing about the code.
settings.register_profile("explore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A run that fails must fail again for whoever looks into it: the same examples each time. To look for others:
# `pytest --hypothesis-profile explore`.
settings.register_profile("playhead", settings.get_profile("explore"), derandomize=True)
settings.load_profile("playhead")
