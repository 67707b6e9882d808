# Two commands do all the set-up: `make demo` and `make test`. Both need Python 3.11+ and nothing else.

PYTHON ?= python3
PORT ?= 8642
VENV := .venv
BIN := $(VENV)/bin
# Tests wait for the disk and for browsers about as long as they reckon: two workers for each core.
JOBS ?= $(shell $(PYTHON) -c 'import os; print(min(2 * (os.cpu_count() or 1), 16))')

# Tests start many processes: compiled once, these begin in half the time, whatever the machine is set to.
test: export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test check format benchmarks clean

demo: $(VENV)/playhead
	$(BIN)/playhead demo --port $(PORT)

test: $(VENV)/tests check
	$(BIN)/python -m tests.browser
	$(BIN)/pytest -n $(JOBS) --dist loadgroup

check: $(VENV)/tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

benchmarks: $(VENV)/tests
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis

# A stamp for each set of packages, made again when what they are made from changes.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Playhead needs Python 3.11 or newer: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
		|| { echo "This Python cannot make a virtual environment (on Debian: apt install python3-venv)"; exit 1; }

$(VENV)/playhead: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/tests: $(VENV)/bin/python pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	@touch $@ $(VENV)/playhead
