# The commands a person types. `make crawl` and `make test` need nothing but Python (3.11 or newer) and make.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

# The site to crawl; the bundled one, served on loopback, when empty.
URL ?=
# Article pages of URL to fetch at most; run it again to go on where it stopped.
MAX_PAGES ?= 100

# Folders of pages with truth, for make model.
CORPORA ?= ../shared/corpora/news-dev ../shared/corpora/wcxb-dev

.PHONY: crawl test lint format model clean help

help:  ## What can be typed here
	@sed -n 's/^\([a-z]*\):.*## /  make \1  # /p' $(MAKEFILE_LIST)

crawl: $(VENV)/.installed  ## Crawl the bundled news site, or URL=https://… (at most MAX_PAGES=100 articles)
ifeq ($(strip $(URL)),)
	@$(BIN)/python -m tests.newssite.crawl
else
	@$(BIN)/scrapy crawl news -a url='$(URL)' -a max_pages=$(MAX_PAGES)
endif

test: $(VENV)/.installed-dev  ## Run all tests
	@$(BIN)/python -m pytest $(TESTS)

lint: $(VENV)/.installed-dev  ## Check format, style, types and the direction of imports
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache --no-logo

format: $(VENV)/.installed-dev  ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

model: $(VENV)/.installed  ## Train the model of the body again from CORPORA="FOLDER ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r training/requirements.txt
	@$(BIN)/python training/body_model.py $(CORPORA) --folds $(VENV)/folds

clean:  ## Remove what was made here, the database excepted
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else f"newscrawl needs Python 3.11 or newer, this is {sys.version.split()[0]}; say which to use: make PYTHON=python3.12")'
	@$(PYTHON) -m venv $(VENV) || { echo "The virtual environment could not be made; on Debian and Ubuntu: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

$(VENV)/.installed: $(BIN)/python requirements.txt
	@echo "Installing what requirements.txt names into $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.txt
	@echo "Installing what requirements-dev.txt names into $(VENV) (once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
