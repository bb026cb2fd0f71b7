# The verbs of this project. `make` alone lists them; every verb sets up what is missing first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null && echo "$$p" && break; done)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
# Tests run beside each other, those of a file one after the other; more than four at once would only meet each other.
AT_ONCE := -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

export REPO REF WORKER TAG

.PHONY: help index test check check-long format lock image push-image clean

help: ## list the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | while IFS=$$'\t' read -r verb text; do printf '  make %-12s %s\n' "$$verb" "$$text"; done

$(STAMP): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "doctown needs Python 3.11, 3.12 or 3.13 with its venv module: install one of them, or run make PYTHON=/path/to/python3.11." >&2; exit 1; }
	@test -x $(BIN)/python || { echo "Setting up $(VENV) with $(PYTHON) (once; about a minute) ..." >&2; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

index: $(STAMP) ## index a repository, everything local: make index REPO=<path or URL> [REF=<branch, tag or commit>]
	@test -n "$$REPO" || { echo "make index needs a repository: make index REPO=<path or URL> [REF=<branch, tag or commit>]" >&2; exit 2; }
	@$(BIN)/doctown index "$$REPO" $${REF:+--ref "$$REF"}

test: $(STAMP) ## run the test suite
	@$(BIN)/python -m pytest $(AT_ONCE)

check: $(STAMP) ## what CI runs: format, lint, types, import contracts, tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

check-long: check ## the loops and tables as well: kills, faults
	@$(BIN)/python -m pytest -m long --timeout 1800 -p no:cacheprovider -rA $(AT_ONCE)

format: $(STAMP) ## put the code in its one format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock: $(STAMP) ## resolve requirements.lock anew from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra dev \
		--no-emit-index-url --no-emit-find-links --no-emit-package openvino-telemetry pyproject.toml --output-file requirements.lock

	for worker in build ingest assemble; do \
		uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url \
			--no-emit-find-links --constraint requirements.lock "runpod_workers/$$worker/requirements.in" \
			--output-file "runpod_workers/$$worker/requirements.txt" || exit 1; \
	done

image: ## build a worker's image: make image WORKER=<embed, build, ingest or assemble> TAG=<registry>/<name>:<version>
	@test -f "runpod_workers/$$WORKER/Dockerfile" -a -n "$$TAG" || { echo "make image needs a worker and a name for its image: make image WORKER=embed TAG=<registry>/doctown-embed:<version>; or WORKER=build, ingest or assemble." >&2; exit 2; }
	docker build --platform linux/amd64 --file "runpod_workers/$$WORKER/Dockerfile" --tag "$$TAG" .

push-image: ## push it where RunPod pulls it from: make push-image TAG=<registry>/<name>:<version>
	@test -n "$$TAG" || { echo "make push-image needs the image's name: make push-image TAG=<registry>/doctown-embed:<version>." >&2; exit 2; }
	docker push "$$TAG"

clean: ## remove what the verbs above have made here
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache doctown.egg-info
