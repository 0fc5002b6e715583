# make run     a demonstration on port 8000
# make test    every test
# make check   style, types, layers, documents
# make architecture  the picture of the packages and the list of modules, drawn anew from the sources
# make guards  what each rule's code is guarded by: takes it away, shows the test that fails
# make bench   speeds beside their references, into build/bench.json
# make bench-long  what an event costs with ten million stored; ARGS="--events 1000000 --on postgresql"
# make bench-peers  the whole chain beside quixstreams, bytewax and faust-streaming; fetches them into build/peers
# make oracle  20,000 random streams against a second, naive judge; repeat one with ARGS="--seed N --streams 250"
# make tampering  alters a store in 1,400 ways, each of which has to be found and named
# make same ARGS=COMMIT  compares what the program shows with what it showed at a commit, byte for byte
# make faults  real processes, killed, stalled and cut off: 20 seeds of each; ARGS="--only NAME --seed N" or "--lanes 3"
# make isolation  every thing of every other party, asked for by each who may not see it; some of them are in make test
# make a11y    every page in each language, theme and width, looked at by axe-core in Chromium
# make pictures   every page, wide and phone, light and dark, in both languages, and sheets of them, into build/pictures;
#                 of a running program: ARGS="http://127.0.0.1:8000 --variant phone-dark-fr"
#
# Needs nothing but make and Python 3.11 or newer; everything else is installed into .venv, once per change of
# pyproject.toml. ARGS is handed on: make test ARGS="-k punctuality", or ARGS="-n 0" for one process

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# One process more than there are processors, up to 8: the tests wait for browsers, brokers, databases.
AT_ONCE := $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$(( n < 8 ? n + 1 : 8 )))
PACKAGES := domain services ingestion dashboards entente
NAMES := python3.13 python3.12 python3.11 python3
# Compiled once, not by each of the thousand commands that the tests start.
export PYTHONDONTWRITEBYTECODE :=
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))

.PHONY: help run test check architecture guards bench bench-long bench-peers oracle same tampering faults isolation a11y pictures clean
.DELETE_ON_ERROR:

help:
	@sed -n 's/^# make/make/p' Makefile

run: $(VENV)/.run
	$(BIN)/entente demo $(ARGS)

test: $(VENV)/.test
	$(BIN)/pytest --numprocesses $(AT_ONCE) $(ARGS)

check: $(VENV)/.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(PACKAGES:%=-p %)
	$(BIN)/mypy tests
	$(BIN)/lint-imports
	$(BIN)/pytest tests/docs

architecture: $(VENV)/.test
	$(BIN)/python -m tests.docs.architecture

guards: $(VENV)/.test
	$(BIN)/python -m tests.guards $(ARGS)

bench: $(VENV)/.test
	$(BIN)/python -m tests.bench $(ARGS)

bench-long: $(VENV)/.test
	$(BIN)/python -m tests.bench.long_history $(ARGS)

bench-peers: $(VENV)/.test
	$(VENV)/bin/python -m venv build/peers
	build/peers/bin/python -m pip --disable-pip-version-check --quiet install quixstreams bytewax faust-streaming
	$(BIN)/python -m tests.bench.beside_peers build/peers/bin/python

oracle: $(VENV)/.test
	$(BIN)/python -m tests.oracle $(ARGS)

tampering: $(VENV)/.test
	$(BIN)/python -m tests.tampering $(ARGS)

same: $(VENV)/.test
	$(BIN)/python -m tests.same $(ARGS)

faults: $(VENV)/.test
	$(BIN)/python -m tests.faults $(ARGS)

isolation: $(VENV)/.test
	ENTENTE_THINGS_EACH=1000 ENTENTE_ROUNDS=400 $(BIN)/pytest tests/isolation -s $(ARGS)

a11y: $(VENV)/.test
	$(BIN)/pytest --numprocesses $(AT_ONCE) tests/browser/test_accessibility.py --every-variant $(ARGS)

pictures: $(VENV)/.test
	$(BIN)/python -m tests.browser.pictures $(ARGS)

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/.run: pyproject.toml | $(BIN)/python
	$(PIP) install --editable .
	@touch $@

$(VENV)/.test: pyproject.toml | $(BIN)/python
	$(PIP) install --editable . --group test
	@touch $@ $(VENV)/.run

$(VENV)/.check: pyproject.toml | $(BIN)/python
	$(PIP) install --editable . --group test --group check
	@touch $@ $(VENV)/.run $(VENV)/.test

$(BIN)/python:
	@for name in $(PYTHON) $(NAMES); do \
	  if $$name -c '$(IS_NEW_ENOUGH)' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
	  echo "Python 3.11 or newer is needed, under one of these names: $(NAMES); or PYTHON=path make …" >&2; exit 2; \
	fi; \
	if ! $$python -m venv $(VENV); then \
	  rm -rf $(VENV); echo "$$python cannot make a virtual environment; on Debian: apt install python3-venv" >&2; exit 2; \
	fi
	@$(PIP) install --upgrade 'pip>=25.1' || { rm -rf $(VENV); exit 2; }
