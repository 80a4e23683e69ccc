# What a developer types. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first of these that is 3.11 to 3.14.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
ifndef PYTHON
PYTHON := $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c '$(SUPPORTED)' 2>/dev/null && "$$python" -c 'import sys; print(sys.executable)' && break; done)
endif
VENV := .venv/bin
RUNS := 3
CODE := shared services gateway deploy tests manage.py
LOCK_FLAGS := --universal --python-version 3.11 --no-header --no-emit-index-url --no-annotate --generate-hashes \
	--no-emit-package ecatalog-shared --exclude-newer "1 week"

# Otherwise each process of the tests would compile all of their modules again.
unexport PYTHONDONTWRITEBYTECODE

# Many of them wait: three processes do for two processors.
TESTS_OF_PARTS := pytest -n 3 -m "not cluster and not soak and not compose"

.PHONY: help
help: ## List these commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do \
		printf '  make %-12s %s\n' "$$name" "$$text"; done

.PHONY: install
install: ## Make .venv and install what requirements.lock pins (only when something changed)
	@"$(PYTHON)" -c '$(SUPPORTED)' 2>/dev/null || { echo "E-Catalog needs Python 3.11 to 3.14," \
		"and $(or $(PYTHON),python3) is not one: set PYTHON=/path/to/python" >&2; exit 1; }
	@"$(PYTHON)" deploy/local/bootstrap.py

.PHONY: run
run: install ## Run the whole system here; ECATALOG_PORT (8000) and ECATALOG_DATA (.data) move it
	@$(VENV)/python -m deploy.local up --with-parent

.PHONY: status
status: install ## Show what runs
	@$(VENV)/python -m deploy.local status

.PHONY: stop
stop: install ## Stop the system that `make run` started elsewhere
	@$(VENV)/python -m deploy.local stop

.PHONY: demo
demo: install ## Fill the running system with a demonstration: a simulated 1C is synced
	@$(VENV)/python -m deploy.local.demo

.PHONY: test
test: install ## Check format, lint, types and imports, and run all tests but the long ones
	$(VENV)/ruff format --check .
	$(VENV)/ruff check .
	$(MAKE) --no-print-directory types
	$(VENV)/lint-imports
	$(VENV)/$(TESTS_OF_PARTS)
	$(VENV)/pytest -n 2 --dist loadscope -m "cluster and not soak and not compose" tests deploy/local/tests --ignore tests/golden
	$(VENV)/pytest -m "cluster and not soak and not compose" tests/golden # on a system that nobody has used

.PHONY: coverage
coverage: install ## Run the tests of parts, and check how much of the code they reach (takes half as long again)
	$(VENV)/coverage erase
	$(VENV)/coverage run -m $(TESTS_OF_PARTS)
	$(VENV)/coverage combine -q
	$(VENV)/coverage report

.PHONY: types
types: install ## Check the types alone
	@for part in shared services/* gateway "deploy tests manage.py"; do \
		echo "$(VENV)/mypy $$part"; $(VENV)/mypy $$part || exit 1; done

.PHONY: compose-test
compose-test: install ## Build the images and try the system in containers (needs Docker and root)
	$(VENV)/pytest -m compose tests/compose

.PHONY: soak
soak: install ## Run the long tests: repeated kills, minutes of streams, large round trips
	$(VENV)/pytest -m soak --timeout 900

.PHONY: bench
bench: install ## Measure the system as shares of what this machine can do (ARGS="--only list --against FILE", RUNS=1)
	@$(VENV)/python -m tests.load --runs $(RUNS) $(ARGS)

.PHONY: counts
counts: install ## Count sizes, noqa, ways to the databases and detours of the code, beside earlier figures
	@$(VENV)/python -m tests.counts

.PHONY: format
format: install ## Format the code and fix what can be fixed
	$(VENV)/ruff format .
	$(VENV)/ruff check --fix .

.PHONY: lock
lock: ## Pin the newest allowed versions that are a week old in requirements.lock (needs uv)
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	uv pip compile $(LOCK_FLAGS) shared/pyproject.toml services/*/pyproject.toml gateway/pyproject.toml \
		--group pyproject.toml:local --group pyproject.toml:build --group pyproject.toml:dev -o requirements.lock

.PHONY: audit
audit: ## Ask whether a version that requirements.lock pins has a known hole (needs uv and a network)
	@command -v uv >/dev/null || { echo "make audit needs uv: https://docs.astral.sh/uv/" >&2; exit 1; }
	uv tool run pip-audit --require-hashes --disable-pip --requirement requirements.lock

.PHONY: contracts
contracts: install ## Store the schemas of published events and the API document (read the diff: both are promises)
	@$(VENV)/python -m ecatalog.contracts.schemas
	@$(VENV)/python -m deploy.openapi

.PHONY: docs
docs: install ## Write docs/configuration.md from the classes that read the configuration
	@$(VENV)/python -m deploy.docs

.PHONY: reset
reset: install ## Delete all data of the local system
	@$(VENV)/python -m deploy.local reset

.PHONY: clean
clean: ## Delete the environment and everything that tools leave behind, but no data
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* gateway/plugins-storage
	find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
