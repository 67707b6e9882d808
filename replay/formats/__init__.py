"""A session as files that other tools open. Pure.

Rule 1: a format is one module, a function from a `Session` to bytes, and one row of `FORMATS`.
Rule 2: times stay integers until they are text, exact to the nanosecond wherever a format has room for that.
Rule 3: ids, titles and data are strangers' text: each module escapes them as its format demands, and a test reads
        them back with a reader that is not ours.
Rule 4: nothing here depends on the wall clock or on chance: the same session gives the same bytes.
"""

from replay.formats.table import FORMATS, Format

__all__ = ["FORMATS", "Format"]
