# Two commands for a newcomer:  make demo   and   make test.
# Needs Python 3.11+ and make; everything else is installed below .venv or the user's cache.
PYTHON ?= python3
BIN := .venv/bin
UV := $(BIN)/uv
PYTEST_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test coverage check bench lock opa spark clean

help: ## Show these targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: .venv/.ready ## Build .venv from the lock file

.venv/.ready: requirements.lock requirements-bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "phantang needs Python 3.11 or newer; call: make PYTHON=/path/to/python3.11 ..." >&2; exit 2; }
	@echo "==> building .venv from requirements.lock (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bootstrap.lock
	@$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(UV) pip install --python $(BIN)/python --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Sample national databases: scan, classify, query as five people, verify the ledger
	@$(BIN)/phantang demo

test: setup opa check ## Linters, type checks, Rego tests and the whole test suite
	@$(BIN)/pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

coverage: setup opa ## The test suite with branch coverage; it takes about twice as long
	@$(BIN)/pytest -n 2 --dist loadgroup --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

check: setup ## Linters: ruff, mypy --strict, import-linter
	@echo "==> ruff";          $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "==> mypy --strict"; $(BIN)/mypy
	@echo "==> import-linter"; $(BIN)/lint-imports --no-cache

bench: setup ## Benchmarks: ratios against a named baseline, in one run
	@$(BIN)/python -m tests.bench

spark: setup ## Add Spark to .venv, for its tests (450 MB; needs Java 17)
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --require-hashes -r requirements-spark.lock

opa: setup ## Find or build the pinned opa binary (cached outside the tree; optional for users)
	@$(BIN)/python tests/services/opa.py

lock: setup ## Resolve the dependencies again and rewrite the lock files
	@echo "uv==$$($(UV) --version | cut -d' ' -f2)" | $(UV) pip compile -q - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-bootstrap.lock
	@$(UV) pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" -o requirements.lock
	@echo "pyspark>=4.3,<5" | $(UV) pip compile -q - --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -o requirements-spark.lock

clean: ## Remove what the targets above built inside the tree
	@rm -rf .venv .phantang demo-workspace .mypy_cache .ruff_cache .pytest_cache .coverage .coverage.* dist
