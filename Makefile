# The doors to the repository. Each does its own set-up; `make help` lists them.
SHELL := bash
target := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help demo test assets audit bench setup

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build and serve a fictional force with made-up data at http://127.0.0.1:8080 (needs Rust and Node)
	@scripts/setup demo
	@scripts/assets
	cargo build --locked --release --package bluelamp
	$(target)/release/bluelamp demo

test: ## Install what is missing, check everything and run every test
	@scripts/test

assets: ## Build the styles, scripts and templates that the binary carries, where they have changed
	@scripts/setup web
	@scripts/assets

audit: ## Look the dependencies up in the advisory database (needs the internet)
	@scripts/setup audit
	cargo deny check advisories

bench: ## Measure what docs/performance.md says, on this machine (takes a while)
	@scripts/setup demo
	@scripts/assets
	bench/run.sh

setup: ## Only install what the tests need
	@scripts/setup test
