"""The commands of `playhead`, one module each."""
