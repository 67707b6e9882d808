"""A bundle: a session to take along, as one zip file, and to take in again elsewhere.

Rule 1: it holds the records that the session rests on with their seals, so that each can be checked by itself, and
        what was told of them: the replay, the findings, files for other tools, a page to look at offline.
Rule 2: the same session and recordings give the same bytes: names, order, times and compression are fixed.
Rule 3: who reads one trusts nothing of it: every name, size and hash is checked before anything is believed.
"""

from replay.bundle.manifest import MANIFEST, RECORDINGS, RECORDS, REPLAY, Entry, Manifest, Recording
from replay.bundle.reading import Bundle, open_bundle
from replay.bundle.writing import BundleWriter

__all__ = [
    "MANIFEST",
    "RECORDINGS",
    "RECORDS",
    "REPLAY",
    "Bundle",
    "BundleWriter",
    "Entry",
    "Manifest",
    "Recording",
    "open_bundle",
]
