"""Which libraries decode, reckon and encode: another version may give other samples, or other bytes."""

from __future__ import annotations

import av
import numpy as np
from av import library_versions

_FFMPEG = (f"{name}-{'.'.join(map(str, version))}" for name, version in sorted(library_versions.items()))
LIBRARIES = " ".join((f"av-{av.__version__}", *_FFMPEG, f"numpy-{np.__version__}"))
"""Their names and versions, in one line."""
