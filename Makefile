# The few names that people and CI share. Everything else is `tandem --help`.
PYTHON ?= python3
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help environment up down

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

environment: ## Bring or refresh the packages that the locks name; nothing to do when no lock changed
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install Python 3.11 or newer, or name yours: make up PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version 2>&1) is too old: Tandem needs 3.11 or newer. Name a newer one: make up PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m tandem.local.environment

up: environment ## Start everything on this machine and show it; DETACH=1 leaves it in the background
	@$(BIN)/tandem up $(if $(DETACH),--detach)

down: ## Stop everything; the data stays
	@if [ -x $(BIN)/tandem ]; then $(BIN)/tandem down; else echo "Nothing was running."; fi
