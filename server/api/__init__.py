"""The native HTTP surface, one module for each part of it."""
