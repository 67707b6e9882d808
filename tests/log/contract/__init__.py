"""The contract as a suite: `replay/log/contract.py`, case by case, written once for every engine.

An engine's test inherits from `LogContract` and brings the fixture `engine`.
"""

from tests.log.contract.adopting import Adopting
from tests.log.contract.appending import Appending, Concurrency
from tests.log.contract.engine import Engine
from tests.log.contract.erasing import Erasing
from tests.log.contract.keeping import Keeping
from tests.log.contract.reading import Following, Reading
from tests.log.contract.repeating import Repeating

__all__ = ["Engine", "LogContract"]


class LogContract(Appending, Repeating, Concurrency, Reading, Following, Erasing, Adopting, Keeping):
    """Everything that an engine promises."""
