# Everything one does with this checkout. `make` alone prints the help below, made of the `##` comments.
# Needs Python 3.11 or newer with venv and pip, and nothing else; all that is installed goes to .venv.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help dev demo test lint types arch contract rehearse hostile bench bench-models bench-storm docs lock

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --no-deps --require-hashes
CODE := triage actions models training tests
done = @printf '✓ %s\n'

# Passed on to the command behind a target, for instance `make demo ARGS=--exit`.
ARGS ?=

help: ## Print this
	@awk 'BEGIN { FS = ":.*## "; print "make TARGET [ARGS=...]" } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' Makefile

##@ See it
demo: .venv/.run ## A make-believe company's tickets all the way through, in the terminal and in the browser
	@$(PY) -m triage demo $(ARGS)

rehearse: .venv/.run ## Scripted attacks against the policy; ARGS='--policy DIR' takes a site's rules too
	@$(PY) -m triage policy rehearse $(ARGS)

##@ Work on it
dev: .venv/.dev ## Install everything into .venv (done by itself before the targets below)
	$(done) "dev: ready; tools and the triage command are in .venv/bin"

test: .venv/.dev ## Run the tests (ARGS='tests/models -x' narrows it)
	@$(PY) -m pytest $(or $(ARGS),--numprocesses auto --maxprocesses 4)

lint: .venv/.dev ## Check style and formatting with ruff
	@$(PY) -m ruff check --quiet $(CODE)
	@$(PY) -m ruff format --check --quiet $(CODE)
	$(done) "lint: style and formatting are as agreed"

types: .venv/.dev ## Check types with mypy, strictly
	@$(PY) -m mypy --no-error-summary
	$(done) "types: mypy strict has no objection"

arch: .venv/.dev ## Check what may import what, sizes, docstrings, the documentation's links
	@.venv/bin/lint-imports --no-cache --no-logo
	@$(PY) -m pytest --quiet tests/architecture
	$(done) "arch: every import contract and house rule holds"

contract: .venv/.dev ## Hold every action to its contract, and the sandbox to the vendors' own clients
	@$(PY) -m pytest tests/contract tests/actions/test_every_action.py $(ARGS)

hostile: .venv/.dev ## Play 300 hostile and ordinary tickets; ends with 1 if one runs that must not
	@$(PY) -m tests.benchmarks.hostile $(ARGS)

bench: .venv/.dev ## Time from ticket to decision by stage, and what the idle service costs
	@$(PY) -m tests.benchmarks.service $(ARGS)

bench-storm: .venv/.dev ## 5,000 reads and 500 writes against the sandbox's throttle: the share of the limit we use
	@$(PY) -m tests.benchmarks.storm $(ARGS)

bench-models: .venv/.peers ## Our classifier beside others on the same splits (ARGS='--only ours' for one)
	@$(PY) -m tests.benchmarks.models $(ARGS)

##@ Keep it
docs: .venv/.dev ## Write docs/reference/ anew from the code
	@$(PY) -m tests.docs.reference
	$(done) "docs: docs/reference is as the code says"

lock: .venv/.dev ## Pin the newest allowed packages with their hashes (ARGS=--upgrade)
	@for set in run dev peers embeddings; do \
	  $(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	    --no-annotate $(ARGS) .requirements/$$set.in --output-file .requirements/$$set.txt || exit 1; \
	done
	$(done) "lock: .requirements/run.txt and dev.txt and those of bench-models are current; make dev installs the first two"

# Bootstrap. A stamp is newer than what it was made of, or the step runs again; an interrupted step left none.
.venv/.run: .requirements/run.txt pyproject.toml .requirements/venv.sh
	@sh .requirements/venv.sh
	@printf '… installing what the service needs into .venv\n'
	@$(INSTALL) -r .requirements/run.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .requirements/dev.txt .venv/.run
	@printf '… installing the tools of development into .venv\n'
	@$(INSTALL) -r .requirements/dev.txt
	@touch $@

# The peers of bench-models. PyTorch's five gigabytes do not install everywhere; MiniLM is left out then.
.venv/.peers: .requirements/peers.txt .requirements/embeddings.txt .venv/.dev
	@printf '… installing what our classifier is compared with into .venv\n'
	@$(INSTALL) -r .requirements/peers.txt
	@$(INSTALL) -r .requirements/embeddings.txt || printf '… PyTorch could not be installed: no MiniLM\n'
	@touch $@
