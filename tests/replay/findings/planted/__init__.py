"""Histories with known faults planted in their events, and what must be found of them: rule, place, records.

Rule 1: nothing here imports `replay.findings`, nor folds anything: what must be found is said by the fault
        itself, in the words of the glossary.
Rule 2: a history is a function of its seed. Besides faults it has healthy scenes, and scenes that stop just
        short of a threshold, in random order and number, several faults in one session.
"""

from tests.replay.findings.planted.history import History, history

__all__ = ["History", "history"]
