# Tandem: every chore of a developer. `make help` lists them.

PYTHON_BIN := .venv/bin/python
# One worker more than cores keeps them busy; each further one costs half a minute for what it imports and collects, and
# slows all stories down.
# A container may see more cores than it is given, so there are never more than six.
WORKERS = $(shell n=$$(getconf _NPROCESSORS_ONLN); echo $$(( n < 5 ? n + 1 : 6 )))
PYTEST_ARGS ?= -n $(WORKERS) --maxschedchunk 2
export PYTHON
# Workers, schools and commands are processes by the hundred: what one has compiled the next need not.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo run test test-faults bench check ready panel browser

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv and install everything into it (about a minute; later runs: a second)
	@scripts/setup.sh --loud

demo: ready panel ## the whole product on this machine: a local Telegram, a week of life, a tour, no token, no internet (half a minute the first time, then seconds; Ctrl-C ends it)
	@.venv/bin/tandem demo

run: ready panel ## both bots with the settings of .env: migrate, run (until Ctrl-C)
	@.venv/bin/tandem migrate
	@exec .venv/bin/tandem run

test: export STARTED_AT := $(shell date +%s)
test: ready ## the checks, then all tests but the long fault drills (a few minutes)
	@echo "checking the house, making the tests ready:"
	@$(PYTHON_BIN) -m scripts.check --before-tests
	@$(PYTHON_BIN) -m pytest -p scripts.total_time -m "not faults" $(PYTEST_ARGS) </dev/null

test-faults: browser ## the long drills: kills, broken networks, restarts; each prints its figure (about half an hour)
	@$(PYTHON_BIN) -m pytest -m faults -s </dev/null

bench: ready ## measure speed as ratios to a bare bot, with the conditions of the run (a few minutes); `make bench payments` that alone
	@$(PYTHON_BIN) -m bench $(MEASURED)

ifeq (bench,$(firstword $(MAKECMDGOALS)))
MEASURED := $(filter-out bench,$(MAKECMDGOALS))
.PHONY: $(MEASURED)
$(MEASURED): bench ; @:
endif

check: ready ## ruff, formatting, house rules, import floors, mypy (half a minute; a few seconds when repeated)
	@echo "checking the house:"
	@$(PYTHON_BIN) -m scripts.check

ready:
	@scripts/setup.sh

panel: ready ## build the panel into web/static (half a minute the first time; needs npm, or fetches Node from PyPI)
	@$(PYTHON_BIN) -m scripts.build_panel

browser: ready
	@$(PYTHON_BIN) -m scripts.install_browser
