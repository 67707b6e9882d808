"""A session's sound, as it is asked for. Read `making.py` first; the mix itself is `replay.mixdown`."""
