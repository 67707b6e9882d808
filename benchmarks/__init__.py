"""Limits and ours, side by side, in one run. Figures move between machines: read the ratios."""
