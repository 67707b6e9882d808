"""A replay in every format that it can be had in."""
