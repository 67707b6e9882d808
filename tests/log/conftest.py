"""Failures inside the shared suite are explained as those of any test."""

import pytest

pytest.register_assert_rewrite("tests.log.contract", "tests.log.making")
