# `make demo` shows the page, `make test` proves it; each sets up what it needs.

PYTHON ?= python3
PY := .venv/bin/python
SITE := build/site
PYTEST_FLAGS ?= -n 2
export PYTHON
# Compiled modules are worth keeping: the tests start hundreds of programs.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := demo
.PHONY: demo test tex mutation lint bench site screenshots lock clean help

demo: site ## build the page, serve it on this machine, print the address
	$(PY) web/serve.py

test: lint site .venv/chromium .venv/pyodide-wheels ## lint, then every test, with coverage
	PITH_CHROMIUM="$$(cat .venv/chromium)" HYPOTHESIS_PROFILE=ci $(PY) -m pytest $(PYTEST_FLAGS) \
		--ignore=tests/latex --cov=pithcore --cov-branch --cov-report=term --cov-fail-under=100

tex: .venv/dev.stamp ## install TeX, half a gigabyte, and test the LaTeX package
	tools/tex.sh
	PITH_REQUIRE_TEX=1 $(PY) -m pytest $(PYTEST_FLAGS) tests/latex

mutation: .venv/dev.stamp ## break events and merge on purpose, one place at a time (half an hour)
	.venv/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements/mutation.txt
	HYPOTHESIS_PROFILE=ci .venv/bin/mutmut run
	.venv/bin/mutmut results

lint: .venv/dev.stamp ## style and types
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

bench: .venv/dev.stamp node_modules/.stamp .venv/chromium ## figures as ratios against a peer in the same run
	@code=0; for file in benchmarks/bench_*.py; do PITH_CHROMIUM="$$(cat .venv/chromium)" $(PY) "$$file" || code=1; done; exit $$code

site: .venv/bin/python .venv/pypdf node_modules/.stamp ## build the page into build/site
	$(PY) web/build.py --out $(SITE)
	$(PY) web/resolvers.py $(SITE)

screenshots: site .venv/dev.stamp .venv/chromium ## make docs/screenshots again
	PITH_CHROMIUM="$$(cat .venv/chromium)" $(PY) web/screenshots.py

lock: .venv/dev.stamp ## choose versions of the tools again
	tools/lock.sh

clean: ## remove what the other commands made
	rm -rf .venv node_modules build mutants .coverage .hypothesis .benchmarks
	rm -rf .mypy_cache .pytest_cache .ruff_cache
	find src tests web benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

help: ## list these commands
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' $(MAKEFILE_LIST) | awk -F': ' '{printf "make %-12s %s\n", $$1, $$2}'

.venv/bin/python:
	tools/python.sh

.venv/dev.stamp: requirements/uv.txt requirements/dev.txt pyproject.toml | .venv/bin/python
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	.venv/bin/uv pip install --quiet --python $(PY) --require-hashes -r requirements/dev.txt
	.venv/bin/uv pip install --quiet --python $(PY) --no-deps --no-build-isolation --editable .
	@touch $@

# For one test: Pyodide's npm package has no micropip of its own.
.venv/pyodide-wheels: requirements/pyodide.txt | .venv/bin/python
	@rm -rf $@.new
	$(PY) -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
		--only-binary=:all: --python-version 3.14 -r requirements/pyodide.txt -d $@.new
	@rm -rf $@ && mv $@.new $@

# For the page, which has a copy of it.
.venv/pypdf: requirements/pypdf.txt | .venv/bin/python
	@rm -rf $@.new
	$(PY) -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
		--only-binary=:all: -r requirements/pypdf.txt -d $@.new
	@rm -rf $@ && mv $@.new $@

.venv/chromium: | .venv/bin/python
	@tools/chromium.sh > $@.new && mv $@.new $@

node_modules/.stamp: package-lock.json
	tools/node.sh
	npm ci --ignore-scripts
	@touch $@
