# `make crawl` and `make test` need only Python (3.11 or newer) and make.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

# Site to crawl. Empty: the bundled site, served on loopback.
URL ?=
# Maximum number of article pages per run; the next run continues.
MAX_PAGES ?= 100

# Tests of crawls that are killed and timed run with less beside them than the others, which wait half of their time.
TIMED_TESTS = $(addprefix tests/end_to_end/test_,crash.py killed_upgrade.py shutdown.py time_limits.py politeness.py) \
	tests/commands/test_crawl.py

# Folders of pages with ground truth, for make model.
CORPORA ?= ../shared/corpora/news-dev ../shared/corpora/wcxb-dev

.PHONY: crawl serve test lint format model clean help

help:  ## List these commands
	@sed -n 's/^\([a-z]*\):.*## /  make \1  # /p' $(MAKEFILE_LIST)

crawl: $(VENV)/.installed  ## Crawl the bundled news site, or URL=https://… (MAX_PAGES=100 articles at most)
ifeq ($(strip $(URL)),)
	@$(BIN)/python -m tests.newssite.crawl
else
	@$(BIN)/scrapy crawl news -a url='$(URL)' -a max_pages=$(MAX_PAGES)
endif

# Those of the bundled site as long as no real one was crawled.
serve: $(VENV)/.installed  ## Read the articles in the browser
	@NEWSCRAWL_DATABASE_URL="$${NEWSCRAWL_DATABASE_URL:-sqlite:///$$(test -e newscrawl.db && echo newscrawl.db || echo demo.db)}" \
	  $(BIN)/scrapy serve

# Tests start hundreds of processes; without bytecode, each would compile the whole project.
test: export PYTHONDONTWRITEBYTECODE =
test: $(VENV)/.installed-dev  ## Run all tests, or TESTS="tests/storage tests/test_docs.py"
ifeq ($(strip $(TESTS)),)
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile tests $(addprefix --ignore ,$(TIMED_TESTS))
	@$(BIN)/python -m pytest --numprocesses 2 --dist loadfile $(TIMED_TESTS)
else
	@$(BIN)/python -m pytest $(TESTS)
endif

lint: $(VENV)/.installed-dev  ## Check format, style, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo

format: $(VENV)/.installed-dev  ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

model: $(VENV)/.installed  ## Train the body model on CORPORA="FOLDER ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r training/requirements.txt
	@$(BIN)/python training/body_model.py $(CORPORA) --folds $(VENV)/folds

clean:  ## Remove everything that make created, except the database
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else f"newscrawl needs Python 3.11 or newer, this is {sys.version.split()[0]}; name another one: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { echo "Could not create the virtual environment; on Debian and Ubuntu, install python3-venv: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(BIN)/python requirements.txt
	@echo "Installing requirements.txt into $(VENV) (only once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@echo "Installing requirements-dev.txt into $(VENV) (only once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
