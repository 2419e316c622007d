# What people do here. Needs Python 3.11 or newer, make and git; everything else is installed into .venv.
PYTHON ?= python3
SAMPLE = samples/village-20-30-50

.PHONY: demo test lint bench man lock clean

demo: .venv/installed  ## scheme A's sample, from raw ledgers to the ranking on the screen
	@PATH="$(CURDIR)/.venv/bin:$$PATH" bash $(SAMPLE)/run.sh | .venv/bin/fupin report --title 'Beijinggang 2019, villages (made-up values)'

test: .venv/tested  ## everything that is tested
	.venv/bin/python -m pytest

lint: .venv/tested
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

bench: .venv/tested  ## speed beside plain Polars, DuckDB, Miller, csvclean and frictionless
	.venv/bin/python -m pip install --quiet 'duckdb>=2'
	.venv/bin/python -m compileall -q fupin  # as an installed fupin is
	.venv/bin/python benchmarks/run.py
	.venv/bin/python benchmarks/means.py
	.venv/bin/python benchmarks/screening.py
	$(PYTHON) -m venv .venv/others && .venv/others/bin/python -m pip install --quiet csvkit 'frictionless>=5'
	.venv/bin/python benchmarks/intake.py --others .venv/others/bin

man: .venv/installed  ## make the manual pages of the commands anew
	.venv/bin/python -m fupin.man man
	! command -v mandoc > /dev/null || mandoc -T lint man/*.1

lock:  ## pin the current versions anew
	$(PYTHON) -m venv .venv && .venv/bin/python -m pip install --quiet uv
	for file in requirements requirements-dev; do \
	  .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 --all-extras \
	    $$([ $$file = requirements ] || echo --group dev) --custom-compile-command 'make lock' --upgrade pyproject.toml -o $$file.lock; \
	done

.venv/installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.venv/tested: .venv/installed requirements-dev.lock
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
