"""Answers as pages of text, for a terminal."""
