# The few names that people and CI share. Everything else is `tandem --help`.
PYTHON ?= python3
BIN := .venv/bin
UV = $(or $(shell command -v uv),.tandem/bootstrap/bin/uv)

INFRA_TEST := infra/.venv/bin/python -m pytest -c infra/pyproject.toml --rootdir .

.DEFAULT_GOAL := help
.PHONY: help environment infra up down test check bench image format generate lock

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

environment: ## Bring or refresh the packages that the locks name; nothing to do when no lock changed
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install Python 3.11 or newer, or name yours: make up PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$$($(PYTHON) --version 2>&1) is too old: Tandem needs 3.11 or newer. Name a newer one: make up PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m tandem.local.environment

infra: environment ## Bring or refresh the packages of infra/, which stand apart from all others; the targets that need them do it
	@$(PYTHON) -m tandem.local.environment infra

up: environment ## Start everything on this machine and show it; DETACH=1 leaves it in the background
	@$(BIN)/tandem up $(if $(DETACH),--detach)

down: ## Stop everything; the data stays
	@if [ -x $(BIN)/tandem ]; then $(BIN)/tandem down; else echo "Nothing was running."; fi

test: environment infra ## Run every test, with branch coverage; ARGS="tests/kit -k outbox" runs some of them without
	@.ci/browser
ifneq ($(filter tests/infra%,$(ARGS)),)
	@$(INFRA_TEST) $(ARGS)
else
	@$(BIN)/python -m pytest $(or $(ARGS),-n 3 --dist loadfile --cov --cov-report term)
ifeq ($(ARGS),)
	@$(INFRA_TEST) --cov --cov-config infra/pyproject.toml --cov-report term
endif
endif

check: environment infra ## Check style, types, imports, contracts, generated files, secrets and locks, a line each
	@.ci/check

bench: environment ## Measure what docs/benchmarks.md reports
	@$(BIN)/python -m loadtests.benchmarks

image: environment ## Build the image of a service: make image SERVICE=card VERSION=1.2.0; ARGS go to docker, podman or buildah
	@$(BIN)/python -m tandem.local.image $(or $(SERVICE),$(error Which service? make image SERVICE=card)) $(if $(VERSION),--version $(VERSION)) $(ARGS)

format: environment ## Put the code into the house format
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format .

generate: environment ## Write models.py and peers.py of every service anew from the contracts
	@$(BIN)/tandem contract generate

lock: environment ## Compile the locks of requirements/ anew after a change of pyproject.toml
	@for group in service local node dev; do \
	  $(UV) pip compile pyproject.toml --quiet --group $$group --generate-hashes --python-version 3.11 --no-emit-index-url --universal \
	    -o requirements/$$group.txt || exit 1; \
	done
	@cd infra && $(if $(filter /%,$(UV)),$(UV),$(CURDIR)/$(UV)) pip compile pyproject.toml --quiet --group infra --generate-hashes --python-version 3.11 \
	  --no-emit-index-url --universal -o ../requirements/infra.txt
