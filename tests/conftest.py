"""What holds for every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# How long an example takes, to make or to try, says how busy the machine is, nothing about the code.
settings.register_profile("playhead", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("playhead")
