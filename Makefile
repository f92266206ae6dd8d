# make repro   installs what is missing, runs the current study, prints its leaderboard
# make test    runs the tests the same way
# Everything else: make help

SHELL := bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help repro test lint format lock install clean

# The first Python that is new enough; another one: make repro PYTHON=python3.12
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
# A study in studies/ to make current before it runs: make repro STUDY=acted
STUDY ?=
# cpu, cu130, auto …: the build of torch to fetch; empty takes the one that pip finds
TORCH_BACKEND ?=
# Words for pytest: make test PYTEST="-x tests/folds"
PYTEST ?= -n 2 --dist loadfile

# An environment belongs to one folder and one lock; a finished install leaves a stamp with both in its name.
KEY := $(shell { pwd; cat requirements.lock torch.pin; } | cksum | tr ' ' '-')
STAMP := .venv/.installed-$(KEY)
BIN := $(CURDIR)/.venv/bin
RUN := PATH="$(BIN):$$PATH"
UV := "$(BIN)/uv" pip install --quiet --python .venv/bin/python

# uv looks where pip was told to look.
ifneq ($(PIP_FIND_LINKS),)
export UV_FIND_LINKS := $(PIP_FIND_LINKS)
endif
ifneq ($(PIP_INDEX_URL),)
export UV_DEFAULT_INDEX := $(PIP_INDEX_URL)
endif
# Nothing here reports to anyone.
export RAY_USAGE_STATS_ENABLED := 0
export GX_ANALYTICS_ENABLED := false
export DVC_NO_ANALYTICS := 1

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

repro: install ## run the current study, or STUDY=NAME, and print its leaderboard
	@$(if $(STUDY),$(RUN) zoo study use "$(STUDY)",true)
	@$(RUN) zoo study check
	@$(RUN) dvc repro || { status=$$?; \
		echo "make repro: the pipeline stopped; mend what is said above and run it again: finished stages are kept" >&2; \
		exit $$status; }
	@$(RUN) zoo report show

test: install ## run the tests
	@$(RUN) python -m pytest $(PYTEST)

lint: install ## style, types, floors, workflows
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) mypy
	@$(RUN) lint-imports
	@$(RUN) check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(RUN) zizmor --offline --quiet .github/workflows

format: install ## put the code in shape
	@$(RUN) ruff check --fix
	@$(RUN) ruff format

lock: install ## resolve requirements.lock anew from pyproject.toml, with the torch of torch.pin
	@"$(BIN)/uv" pip compile --quiet --config-file .ci/lock.toml pyproject.toml --group dev --constraint torch.pin \
		--universal --python-version 3.11 --generate-hashes --no-emit-package torch \
		--no-header --no-emit-find-links --no-emit-index-url --upgrade --output-file requirements.lock
	@echo "requirements.lock: $$(grep -c '^[a-zA-Z0-9]' requirements.lock) packages; the next make installs them"

install: $(STAMP) .venv/.project ## make .venv from the lock (the others do it by themselves)

$(STAMP): # without a stamp of this folder, an environment is unfinished or moved, and starts over
	@[ -n "$(PYTHON)" ] || { echo "error: Python 3.11 or newer is needed; here is $$(python3 --version 2>&1)" >&2; \
		echo "hint: install one, or name it: make repro PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "installing into .venv with $$("$(PYTHON)" --version)"
	@grep -qsxF "$(CURDIR)" .venv/.installed-* || { rm -rf .venv && "$(PYTHON)" -m venv .venv; } || { \
		echo "error: $(PYTHON) could not make a virtual environment" >&2; \
		echo "hint: on Debian and Ubuntu: apt install python3-venv" >&2; rm -rf .venv; exit 1; }
	@rm -f .venv/.installed-* .venv/.project
	@awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > .venv/uv.lock
	@.venv/bin/python -m pip install --quiet --no-deps --require-hashes -r .venv/uv.lock
	@$(UV) --no-deps --require-hashes -r requirements.lock
	@$(if $(TORCH_BACKEND),$(UV) --torch-backend "$(TORCH_BACKEND)",.venv/bin/python -m pip install --quiet) -r torch.pin
	@echo "$(CURDIR)" > $@

.venv/.project: pyproject.toml $(STAMP)
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@

clean: ## remove .venv and the tools' caches; results and the DVC cache stay
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist ./*.egg-info
	@find zoo stages tests -name __pycache__ -type d -prune -exec rm -rf {} +
