"""A session as it happened: its steps in order, ready to be played to any number of listeners. Pure."""

from replay.playback.news import News, news
from replay.playback.pace import Pace
from replay.playback.schedule import KINDS, Schedule, Step, schedule
from replay.playback.score import PIECE, Score, score_of

__all__ = ["KINDS", "PIECE", "News", "Pace", "Schedule", "Score", "Step", "news", "schedule", "score_of"]
