# Two commands are enough: `make run` and `make test`. The rest is for those who work on the house.
.DEFAULT_GOAL := help
.PHONY: help run serve test check bench attack lock assets setup setup-tests pictures format clean
BIN := .venv/bin
PORT ?= 8000

help: ## Say what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: setup ## Set everything up and start the demo on http://127.0.0.1:8000
	@$(BIN)/portal demo --port $(PORT)

serve: setup ## Serve for real, with settings from the environment
	@$(BIN)/portal migrate && $(BIN)/portal serve --port $(PORT)

setup: .venv/.run assets

assets: portal/static/dist/manifest.json

.venv/.run: requirements/run.txt pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh python run

.venv/.dev: .venv/.run requirements/dev.txt
	@sh scripts/setup.sh python dev

portal/static/dist/manifest.json: $(wildcard portal/assets/*.* portal/assets/src/* portal/assets/src/icons/*)
	@sh scripts/setup.sh assets

setup-tests: setup .venv/.dev
	@sh scripts/setup.sh services

check: .venv/.dev assets ## The inner loop: format, lint, types, contracts, templates, catalogues, unit tests
	@$(BIN)/python scripts/check.py

test: setup-tests ## Everything: check, then the whole suite on SQLite and on PostgreSQL, with a real browser
	@$(BIN)/python scripts/check.py --all

bench: setup-tests ## Print the figures
	@$(BIN)/python -m bench

attack: setup-tests ## Try to break the breathing space: the pulse, the diary, what is shared, and the rest
	@$(BIN)/python -m bench attack

lock: .venv/.dev ## Refresh the pinned packages, Python's and npm's
	@sh scripts/setup.sh lock

pictures: setup-tests ## Make the pictures of the README
	@$(BIN)/python scripts/pictures.py

format: .venv/.dev ## Put the code in order
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

clean: ## Take away what was built (the data in var/ stays)
	rm -rf .venv .node portal/assets/node_modules portal/static/dist
