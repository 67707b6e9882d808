from __future__ import annotations

import gc

import pytest

from server.services.collector import collector_held_off


def test_the_collector_works_again_after_the_last_block() -> None:
    with collector_held_off():
        with collector_held_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_works_again_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), collector_held_off():
        1 / 0  # noqa: B018
    assert gc.isenabled()
