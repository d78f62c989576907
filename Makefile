# Two commands do everything on a machine with Python 3.11 or newer and make: `make demo` and `make test`.
# Each sets up .venv itself, from pinned and hashed packages, and only when something has changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUN_READY := $(VENV)/ready-to-run
ECONOMICS_READY := $(VENV)/ready-to-compute
TEST_READY := $(VENV)/ready-to-test

.DEFAULT_GOAL := help
.PHONY: help demo economics test crash fuzz check fmt bench clean lock

help: ## Show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: $(RUN_READY) ## Play a sample alliance over HTTP, then leave its console running until Ctrl-C
	@$(BIN)/shieldwall demo

economics: $(ECONOMICS_READY) ## Install what the continuous models, figures and proofs need as well

test: $(TEST_READY) ## Run every test
	@echo "Running the tests on two processes"
	@$(BIN)/python -m pytest -n 2

crash: $(TEST_READY) ## Kill a busy server sixty times and see that nothing is lost, halved or paid twice
	@echo "Killing a busy server sixty times (about five minutes)"
	@SHIELDWALL_KILLS=60 $(BIN)/python -m pytest tests/functional/test_crash.py

fuzz: $(TEST_READY) ## Run the property tests ten times with examples drawn anew
	@for round in 1 2 3 4 5 6 7 8 9 10; do echo "Round $$round" && \
		SHIELDWALL_FUZZ=1 $(BIN)/python -m pytest -n 2 tests/property tests/ports tests/chain || exit 1; done

check: $(TEST_READY) ## Lint, formatting, types, import rules
	@echo "Linting" && $(BIN)/ruff check
	@echo "Checking the formatting" && $(BIN)/ruff format --check
	@echo "Checking types" && $(BIN)/mypy
	@echo "Checking the direction of imports" && $(BIN)/lint-imports

fmt: $(TEST_READY) ## Format the code and mend what the linter can
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format

bench: $(TEST_READY) ## Run the benchmarks; each prints a table and writes benchmarks/results/*.json
	@for script in benchmarks/*.py; do echo "Running $$script" && $(BIN)/python $$script || exit 1; done

clean: ## Remove the virtual environment and every cache
	@echo "Removing $(VENV) and caches"
	@rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
	@find . -name '*.egg-info' -prune -exec rm -rf {} +

lock: ## Compile requirements/*.in into pinned and hashed files; needs uv
	@command -v uv >/dev/null || { echo "make lock needs uv, the program that compiles the pins" >&2; exit 1; }
	@for set in base economics dev; do echo "Compiling requirements/$$set.in" && \
		uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
			--no-header --no-annotate requirements/$$set.in -o requirements/$$set.txt || exit 1; done

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "Shieldwall needs Python 3.11 or newer; got $$($(PYTHON) --version 2>&1 || true)." \
			"Name another one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Creating $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(RUN_READY): requirements/base.txt pyproject.toml | $(BIN)/python
	@echo "Installing the pinned packages of requirements/base.txt (about a minute, once)"
	@$(PIP) install --require-hashes -r requirements/base.txt
	@echo "Installing shieldwall itself"
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(ECONOMICS_READY): requirements/economics.txt $(RUN_READY)
	@echo "Installing the pinned packages of requirements/economics.txt (about a minute, once)"
	@$(PIP) install --require-hashes -r requirements/economics.txt
	@touch $@

$(TEST_READY): requirements/dev.txt $(RUN_READY)
	@echo "Installing the pinned packages of requirements/dev.txt (about a minute, once)"
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
