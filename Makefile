# Every target does all it needs, the virtual environment included. `make` alone lists them.

PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
AVICENA := $(BIN)/avicena

# Settings of single targets.
SERVE ?= 1
IMAGE ?=
PORT ?= 8000
DEMO_SITE ?= build/demo-site
TESTS ?=
DATA ?= ../shared/data
BUNDLE_SITE ?= build/bundle-site
RELEASE_KEY ?=
RELEASE = AVICENA_SITE="$(BUNDLE_SITE)" $(if $(RELEASE_KEY),AVICENA_KEYS="file://$(abspath $(RELEASE_KEY))") $(AVICENA)
RELEASED := src/avicena_applications/brain_tumour
RANKED := src/avicena_applications/diagnosis

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test lint check docs bench fix bundle ranker clean

help: ## list the targets
	@echo "Avicena: make TARGET"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-10s %s\n", $$1, $$2}'

setup: $(VENV)/.with-dev ## install everything that work on Avicena needs, in .venv

demo: $(VENV)/.with-serving ## answer a sample case, then serve on 127.0.0.1 (SERVE=0 stops there, IMAGE=path takes your slice, PORT=8000)
	@mkdir -p $(dir $(DEMO_SITE))
	@$(AVICENA) demo --site "$(DEMO_SITE)" --port "$(PORT)" $(if $(IMAGE),--image "$(IMAGE)") $(if $(filter 0,$(SERVE)),--no-serve)

test: $(VENV)/.with-test ## run the whole suite (TESTS=path for a part of it)
	@mkdir -p build
	@$(BIN)/python -m pytest --numprocesses=auto $(TESTS)
	@$(if $(TESTS),:,touch build/tested)

check: lint build/tested ## format, lint, types, import contracts, and the suite unless it passed on this very tree
	@echo "The suite passed on this tree; all checks passed."

lint: $(VENV)/.with-dev ## the checks that run nothing: format, lint, types, import contracts
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

docs: $(VENV)/.with-docs ## build the documentation in build/docs
	@$(BIN)/mkdocs build --strict --quiet --site-dir build/docs
	@echo "The documentation is in build/docs/index.html"

bench: $(VENV)/.with-dev ## print what Avicena weighs and how fast it answers
	@$(BIN)/python benchmarks/footprint.py
	@$(BIN)/python benchmarks/serving.py

fix: $(VENV)/.with-dev ## format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bundle: $(VENV)/.with-dev ## audit the data in DATA and train the released bundle again from them (RELEASE_KEY=file signs it)
	@mkdir -p "$(BUNDLE_SITE)"
	@$(RELEASE) import brain-tumour --images "$(DATA)/brain/images" --manifest "$(DATA)/brain/manifest.csv"
	@$(RELEASE) import brain-tumour --images "$(DATA)/brain_challenge/images" --table "$(DATA)/brain_challenge/clinical.csv"
	@$(RELEASE) check brain-tumour --stage tumour --reasons $(RELEASED)/overrides.toml
	@$(RELEASE) check brain-tumour --stage treatment --reasons $(RELEASED)/overrides.toml
	@$(RELEASE) train brain-tumour
	@rm -f $(RELEASED)/trusted/*.pub
	@$(RELEASE) export brain-tumour newest --to $(RELEASED)/bundle --public-key $(RELEASED)/trusted

ranker: $(VENV)/.with-dev ## train the released bundle of diagnosis again from the cases and tables in DATA (RELEASE_KEY=file signs it)
	@mkdir -p "$(BUNDLE_SITE)"
	@$(RELEASE) knowledge build
	@$(RELEASE) import diagnosis --cases "$(DATA)/rare/other_cases.jsonl.gz" --cases "$(DATA)/rare/benchmark_5213.jsonl.gz"
	@$(BIN)/python benchmarks/common.py --data "$(DATA)/common" --write build/common.csv
	@$(RELEASE) import diagnosis --table build/common.csv
	@$(RELEASE) check diagnosis --stage common --reasons $(RANKED)/overrides.toml
	@$(RELEASE) check diagnosis --stage differential --reasons $(RANKED)/overrides.toml
	@$(RELEASE) train diagnosis
	@rm -f $(RANKED)/trusted/*.pub
	@$(RELEASE) export diagnosis newest --to $(RANKED)/bundle --public-key $(RANKED)/trusted

clean: ## remove .venv and build
	@rm -rf $(VENV) build

# The suite passed on the tree as it stands; older than any source, it runs again.
build/tested: $(shell find src tests examples docs decisions pyproject.toml Makefile README.md README.es.md -type f -not -name '*.pyc' 2>/dev/null)
	@$(MAKE) --no-print-directory test TESTS=

$(VENV)/.made:
	@found=""; for one in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
	  if "$$one" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found="$$one"; break; fi; done; \
	if [ -z "$$found" ]; then \
	  echo "Avicena needs Python 3.11 or newer; $(or $(PYTHON),python3) is $$($(or $(PYTHON),python3) --version 2>&1 | head -n 1). Name one: make PYTHON=/path/to/python3" >&2; exit 1; fi; \
	echo "Making $(VENV) with $$("$$found" --version)"; \
	"$$found" -m venv --clear $(VENV) || { \
	  echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@touch $@

$(VENV)/.with-serving: pyproject.toml | $(VENV)/.made
	@echo "Installing Avicena with what serving needs (about 430 MB, 130 of them the knowledge of diseases) ..."
	@$(PIP) install -qq --editable ".[knowledge]"
	@touch $@

$(VENV)/.with-test: pyproject.toml | $(VENV)/.made
	@echo "Installing Avicena with training, PostgreSQL and the test tools (about 2 GB) ..."
	@$(PIP) install -qq --editable '.[test]'
	@touch $@ $(VENV)/.with-serving

$(VENV)/.with-dev: pyproject.toml | $(VENV)/.made
	@echo "Installing Avicena with all that work on it needs (about 2 GB) ..."
	@$(PIP) install -qq --editable '.[dev]'
	@touch $@ $(VENV)/.with-test $(VENV)/.with-serving

$(VENV)/.with-docs: pyproject.toml | $(VENV)/.made
	@echo "Installing the documentation's tools ..."
	@$(PIP) install -qq --editable '.[docs]'
	@touch $@ $(VENV)/.with-serving
