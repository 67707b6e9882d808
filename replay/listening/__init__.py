"""A device's day: how long it was listened to by what was told, and whether the wall clock allows it. Pure."""

from replay.listening.day import device_day, listening_of
from replay.listening.document import day_document
from replay.listening.model import Day, Listening

__all__ = ["Day", "Listening", "day_document", "device_day", "listening_of"]
