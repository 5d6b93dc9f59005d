# Two commands matter: `make up` serves the city, `make test` proves it. Both need Python 3.11 and make, nothing else.
# Finished steps leave a stamp inside .venv, so a second run takes seconds; `rm -rf .venv` forgets everything.

PYTHON    ?= $(shell command -v python3.11 || command -v python3)
WORKSPACE ?= workspace
PORT      ?=
SAMPLE    ?= 1
WORKERS   ?= 2
PYTEST_FLAGS ?=

# Each worker takes a stretch of the tests, so that what a module prepares is prepared once, and then from the other.
SPREAD := -n $(WORKERS) --dist worksteal

# Tests that write to the site's own database run a second time on a PostgreSQL of their own, where there is one.
ON_POSTGRESQL := accounts or audit or work or rounds or deposits or notices or sources or releases or frame or api or sql

# What `make bench` measures on made-up data, and the folder of real files for the rest.
BENCHES    := search_five_thousand catalogue_five_thousand export_million deposit_million excel_half_million diff_million \
              locate_million personal_data sample_city pages rows_http hot_spots survival forecast_m3 complaint_text siting engines
REAL_FILES ?= ../shared/data

BIN    := .venv/bin
DONE   := .venv/done
PIP    := $(BIN)/python -m pip --disable-pip-version-check
# Wheels only, but for the model of Korean words, an archive without code, a small part of the peer of survival curves, and Spark.
LOCKED := $(PIP) install -qq --require-hashes --no-deps --only-binary :all: --no-binary kiwipiepy-model,autograd-gamma,pyspark
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
              --no-emit-index-url --no-annotate --custom-compile-command 'make lock'

# Tests start hundreds of processes: each would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

# What the package build reads: the front end is built inside it (hatch_build.py).
FRONTEND := $(shell find frontend -type d \( -name node_modules -o -name dist \) -prune -o -type f -print 2>/dev/null)

.DEFAULT_GOAL := help
.PHONY: help up test test-quick bench lint format lock texts browser database

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' Makefile

up: $(DONE)/package ## environment, front end, the sample city where there is no workspace (SAMPLE=0.1: small, no: none), server
	@MADANG_WORKSPACE="$(WORKSPACE)" exec $(BIN)/madang up $(if $(PORT),--port $(PORT)) $(if $(filter no,$(SAMPLE)),,--sample $(SAMPLE))

test: $(DONE)/package $(DONE)/dev browser database lint ## everything the tests need, then every test
	@$(BIN)/python -m pytest $(SPREAD) $(PYTEST_FLAGS)
	@$(BIN)/python tests/postgresql.py $(BIN)/python -m pytest $(SPREAD) tests/web \
	 -m "postgresql or not (browser or slow)" -k "$(ON_POSTGRESQL)" $(PYTEST_FLAGS)

test-quick: $(DONE)/package $(DONE)/dev ## no browser, nothing slow; names tests that should be marked slow
	@$(BIN)/python -m pytest $(SPREAD) -m "not slow and not browser" --durations=20 --durations-min=0.5 $(PYTEST_FLAGS)

bench: $(DONE)/package $(DONE)/dev ## measure what bench/README.md lists (minutes)
	@set -e; for name in $(BENCHES); do echo "== $$name"; $(BIN)/python bench/$$name.py; done
	@if ! test -d $(REAL_FILES); then echo "No files in $(REAL_FILES): pollock and four_hundred left out."; exit 0; fi; \
	 set -e; echo "== pollock"; $(BIN)/python bench/pollock.py $(REAL_FILES)/benchmarks/pollock_polluted; \
	 echo "== four_hundred"; $(BIN)/python bench/four_hundred.py $(REAL_FILES)

lint: $(DONE)/dev ## style, types and arrows
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet . || { echo "Run: make format"; exit 1; }
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache

format: $(DONE)/dev ## put the code into shape
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

texts: $(DONE)/dev ## new Korean texts of the pages into the English catalogue, to be translated there
	@$(BIN)/python tests/page_texts.py
	@$(BIN)/python hatch_build.py

lock: $(DONE)/dev ## new lock files: versions and hashes, no addresses
	@$(UV_COMPILE) --upgrade --group build -o requirements.lock pyproject.toml
	@$(UV_COMPILE) --upgrade --group build --group dev -c requirements.lock -o requirements-dev.lock pyproject.toml

browser: ## Chromium for the browser tests, where it can be had; without it they are skipped and say so
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	 { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	   apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
	 echo "No Chromium here: browser tests will be skipped."

database: ## PostgreSQL for the second run of the tests of the site's database, where it can be had
	@command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || \
	 { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && \
	   apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql >/dev/null; } || \
	 echo "No PostgreSQL here: those tests run on SQLite only."

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Madang needs Python 3.11: make PYTHON=/path/to/python3.11 …"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "This Python cannot make a venv. On Debian: apt-get install python3-venv"; rm -rf .venv; exit 1; }

$(DONE)/run: requirements.lock | $(BIN)/python
	@echo "Installing what Madang runs on: the first time this takes a few minutes …"
	@$(LOCKED) -r requirements.lock
	@mkdir -p $(DONE) && touch $@

$(DONE)/dev: requirements-dev.lock | $(DONE)/run
	@echo "Installing what its tests need …"
	@$(LOCKED) -r requirements-dev.lock
	@mkdir -p $(DONE) && touch $@

TEXTS := $(wildcard src/madang/web/locale/*/LC_MESSAGES/django.po)

$(DONE)/package: pyproject.toml $(wildcard hatch_build.py) $(FRONTEND) $(TEXTS) $(DONE)/run
	@echo "Building the package: about a minute where the pages are built anew …"
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@touch $@
