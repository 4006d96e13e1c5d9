# City Tools. `make serve` shows it, `make test` checks it.

.DEFAULT_GOAL := help
.PHONY: help serve build test bench fmt clean

# Where `make serve` listens, and the database it fills: a file in this folder, or a postgres:// address.
PORT ?= 8080
DATABASE ?= sqlite:citytools.db
export PORT DATABASE

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

serve: ## fetch, build, fill with the illustrative register and serve at http://127.0.0.1:8080 (PORT=…)
	@scripts/serve

build: ## fetch and build target/release/citytools
	@scripts/serve build

test: ## install what the tests need where it is missing, and run them all
	@scripts/test

bench: ## measure speed beside Datasette, DuckDB, sqlite-utils and ocdskit (ARGUMENTS='--sizes 809 --parts http')
	@bench/run $(ARGUMENTS)

fmt: ## format the Rust code
	@cargo fmt --all

clean: ## remove what was built, fetched or measured; the database stays
	@rm -rf target node_modules crates/govuk/third-party e2e/node_modules e2e/.venv e2e/test-results bench/work
