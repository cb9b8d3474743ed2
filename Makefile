.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(not ((3, 11) <= sys.version_info < (3, 14)))' >/dev/null 2>&1 && echo $$p && break; done)
BIN := .venv/bin
T ?=

.PHONY: help run test lint contract bench bench-scale soak test-pythons clean

help: ## show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: .venv/ready ## serve the gateway on SQLite with demo data (PORT, default 8000; GATEWAY_DATA, default ./var)
	@GATEWAY_SANDBOX=$${GATEWAY_SANDBOX:-on} GATEWAY_LOG_FORMAT=$${GATEWAY_LOG_FORMAT:-console} $(BIN)/gateway serve --demo

test: .venv/ready-dev ## run all tests, on SQLite and on PostgreSQL (T=path for a part)
	@$(BIN)/python -m pytest $(if $(T),$(T),-n auto)

lint: .venv/ready-dev ## ruff, mypy (strict), import-linter, generated files up to date
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/gateway contract render --check

contract: .venv/ready-dev ## write OPERATIONS.md and the phase graphs anew from the contract table
	@$(BIN)/gateway contract render

bench-scale: .venv/ready-dev ## measure work lists and searches among 10,000 and among 1,000,000 claims (some 15 minutes, 10 GB)
	@$(BIN)/python -m bench scale $(if $(KEEP),--keep $(KEEP))

bench: .venv/ready-dev ## measure against a floor server and a plain Spyne echo, as ratios in one run (CALLS=200000: does memory stay flat)
	@$(BIN)/python -m bench $(if $(CALLS),--calls $(CALLS))

soak: .venv/ready-dev ## a scaled day of the portal with a compressed clock (MINUTES, default 15; STORE, sqlite or postgresql; WORKERS, default 2)
	@$(BIN)/python -m bench soak --minutes $(or $(MINUTES),15) --store $(or $(STORE),sqlite) --workers $(or $(WORKERS),2)

test-pythons: ## a smoke test (import, one SOAP call) on each of Python 3.11, 3.12, 3.13 found
	@.ci/test-pythons

clean: ## remove the virtual environment, caches and the store of make run
	@rm -rf .venv .venv-* var build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and was not found."; exit 1; }
	@echo "Making .venv with $(PYTHON) …"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip setuptools

.venv/ready: .venv/bin/python setup.cfg pyproject.toml
	@echo "Installing the gateway …"
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/ready-dev: .venv/bin/python setup.cfg pyproject.toml
	@echo "Installing the gateway and its test tools …"
	@PYTHONWARNINGS=ignore $(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch .venv/ready $@
