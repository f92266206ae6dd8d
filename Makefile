# make repro   installs what is missing, runs the current study, prints its leaderboard
# make test    installs what is missing, runs the tests
# Everything else: make help

SHELL := bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: help repro test lint format lock install clean

# The first Python found that is new enough; to use another one: make repro PYTHON=python3.12
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)
# A study in studies/ to make current before it runs: make repro STUDY=acted
STUDY ?=
# The build of torch to fetch: cpu, cu130, auto …; empty for the one that pip finds
TORCH_BACKEND ?=
# Arguments for pytest: make test PYTEST="-x tests/folds"
PYTEST ?= -n 2 --dist loadfile --no-loadscope-reorder

# An environment belongs to one folder and one lock; a finished install leaves a stamp named by a checksum of both.
KEY := $(shell { pwd; cat requirements.lock torch.pin; } | cksum | tr ' ' '-')
STAMP := .venv/.installed-$(KEY)
BIN := $(CURDIR)/.venv/bin
RUN := PATH="$(BIN):$$PATH"
UV := "$(BIN)/uv" pip install --quiet --python .venv/bin/python

# uv uses the package sources that pip is configured with.
ifneq ($(PIP_FIND_LINKS),)
export UV_FIND_LINKS := $(PIP_FIND_LINKS)
endif
ifneq ($(PIP_INDEX_URL),)
export UV_DEFAULT_INDEX := $(PIP_INDEX_URL)
endif
# No usage statistics are sent.
export RAY_USAGE_STATS_ENABLED := 0
export GX_ANALYTICS_ENABLED := false
export DVC_NO_ANALYTICS := 1
# The pipeline and the tests are many processes: what one has compiled, the others load (containers often forbid it).
export PYTHONDONTWRITEBYTECODE :=

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

repro: install ## run the current study, or STUDY=NAME, and print its leaderboard
	@$(if $(STUDY),$(RUN) zoo study use "$(STUDY)",true)
	@$(RUN) zoo study check
	@$(RUN) dvc repro || { status=$$?; \
		echo "make repro: the pipeline stopped; fix the problem above and run it again: finished stages are kept" >&2; \
		exit $$status; }
	@$(RUN) zoo report show

# One worker a core: threads of libraries beside these would only wait for each other.
test: install ## run the tests
	@$(RUN) OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 POLARS_MAX_THREADS=1 python -m pytest $(PYTEST)

lint: install ## check style, types, layers, workflows
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) mypy
	@$(RUN) lint-imports
	@$(RUN) check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@$(RUN) zizmor --offline --quiet .github/workflows

format: install ## format the code
	@$(RUN) ruff check --fix
	@$(RUN) ruff format

lock: install ## update requirements.lock from pyproject.toml, with the torch version of torch.pin
	@"$(BIN)/uv" pip compile --quiet --config-file .ci/lock.toml pyproject.toml --group dev --constraint torch.pin \
		--universal --python-version 3.11 --generate-hashes --no-emit-package torch \
		--no-header --no-emit-find-links --no-emit-index-url --upgrade --output-file requirements.lock
	@echo "requirements.lock: $$(grep -c '^[a-zA-Z0-9]' requirements.lock) packages; the next make installs them"

install: $(STAMP) .venv/.project ## make .venv from the lock (the other targets do so when needed)

$(STAMP): # without a stamp of this folder, the environment is unfinished or moved, and is made again
	@[ -n "$(PYTHON)" ] || { echo "error: Python 3.11 or newer is needed; found $$(python3 --version 2>&1)" >&2; \
		echo "hint: install it, or give its path: make repro PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "installing into .venv with $$("$(PYTHON)" --version)"
	@grep -qsxF "$(CURDIR)" .venv/.installed-* || { rm -rf .venv && "$(PYTHON)" -m venv .venv; } || { \
		echo "error: $(PYTHON) could not make a virtual environment" >&2; \
		echo "hint: on Debian and Ubuntu: apt install python3-venv" >&2; rm -rf .venv; exit 1; }
	@rm -f .venv/.installed-* .venv/.project
	@awk '/^[^ ]/ { wanted = /^uv==/ } wanted' requirements.lock > .venv/uv.lock
	@echo "  1/4 uv, which installs the packages"
	@.venv/bin/python -m pip install --quiet --no-deps --require-hashes -r .venv/uv.lock
	@echo "  2/4 $$(grep -c '^[a-zA-Z0-9]' requirements.lock) packages of requirements.lock"
	@$(UV) --no-deps --require-hashes -r requirements.lock
	@echo "  3/4 $$(cat torch.pin)$(if $(TORCH_BACKEND), for $(TORCH_BACKEND)), the largest one: up to several minutes"
	@$(if $(TORCH_BACKEND),$(UV) --torch-backend "$(TORCH_BACKEND)",.venv/bin/python -m pip install --quiet) -r torch.pin
	@echo "$(CURDIR)" > $@

.venv/.project: pyproject.toml $(STAMP)
	@echo "  4/4 zoo itself"
	@$(UV) --no-deps --no-build-isolation --editable .
	@touch $@
	@echo "installed: '. .venv/bin/activate' makes zoo and dvc available in this shell"

clean: ## remove .venv and the tools' caches; results and the DVC cache are kept
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist ./*.egg-info
	@find zoo stages tests -name __pycache__ -type d -prune -exec rm -rf {} +
