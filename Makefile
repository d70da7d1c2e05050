# creditsim: `make` lists what can be made. Works on Linux and macOS; on Windows see CONTRIBUTING.md.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The interpreter that makes .venv. Empty: the first of these that runs and is 3.11, 3.12 or 3.13.
PYTHON ?=
PYTHON_CANDIDATES := python3 python3.13 python3.12 python3.11

# The Pythons that `make lock` writes requirement files for; none of them need be installed.
LOCKED_PYTHONS := 3.11 3.12 3.13

# Added to pytest's command line, e.g. PYTEST_ARGS="-n 2 --dist loadfile" or "tests/scoring -x".
PYTEST_ARGS ?=

# Added to tools/verify.py, e.g. VERIFY_ARGS="--go-on --only machines".
VERIFY_ARGS ?=

# Where `make demo` writes. Empty: a new folder under demo/.
DEMO_OUT ?=

VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/creditsim-setup
PIP := $(PY) -m pip --disable-pip-version-check

.PHONY: help setup demo test lint pytest notebooks docs calibrate calibration pictures results validation pairing sensitivity bench chaos verify lock clean

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP)  ## Prepare .venv with everything that the demo, tests and notebooks need

$(STAMP): pyproject.toml $(wildcard requirements/*.txt)
	@supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))'
	if ! $(PY) -c "$$supported" 2>/dev/null; then
	    chosen="$(PYTHON)"
	    if [ -z "$$chosen" ]; then
	        # Run each one: a name on the PATH may be a stub that only prints an error.
	        for candidate in $(PYTHON_CANDIDATES); do
	            if "$$candidate" -c "$$supported" 2>/dev/null; then chosen="$$candidate"; break; fi
	        done
	    fi
	    if [ -z "$$chosen" ] || ! "$$chosen" -c "$$supported"; then
	        echo "setup: got $${chosen:-no python3 that runs}, expected Python 3.11, 3.12 or 3.13;" \
	             "name one with: make setup PYTHON=/path/to/python3" >&2
	        exit 2
	    fi
	    echo "setup: making $(VENV) with $$("$$chosen" -V)"
	    "$$chosen" -m venv --clear $(VENV) || {
	        echo "setup: this Python cannot make virtual environments;" \
	             "install its venv module (Debian, Ubuntu: the package python3-venv)" >&2
	        exit 2
	    }
	fi
	locked="requirements/py$$($(PY) -c 'import sys; print("%d.%d" % sys.version_info[:2])').txt"
	echo "setup: installing $$locked (a few minutes the first time)"
	# Two calls: pip takes no unhashed package, and a folder has no hash, where hashes are required.
	$(PIP) install --quiet --require-hashes --requirement "$$locked"
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	$(PY) -m pip check --disable-pip-version-check
	touch $@

demo: setup  ## Compare three scenarios of the district and write a report
	@out="$(DEMO_OUT)"
	if [ -z "$$out" ]; then mkdir -p demo; out="demo/$$(date +%Y-%m-%d-%H%M%S)"; fi
	$(VENV)/bin/creditsim compare status-quo-2019 five-entries-2020 guidance-2021 \
	    --baseline status-quo-2019 --replications 10 --scale 0.1 --seed 1 --out "$$out"
	echo
	echo "The report: $$(cd "$$out" && pwd)/report.html (open it in a browser; it needs no network)"

test: lint pytest notebooks  ## Set up, lint, run all tests and check the notebooks

lint: setup  ## Check style and imports
	$(PY) -m ruff check .

pytest: setup
	$(PY) -m pytest $(PYTEST_ARGS)

notebooks: setup  ## Run the notebooks anew and compare every output with the committed one
	@shopt -s nullglob
	found=(notebooks/*.ipynb)
	if [ $${#found[@]} -eq 0 ]; then echo "notebooks: none here"; exit 0; fi
	$(PY) -m pytest --nbval --nbval-current-env -p no:doctest -o addopts= "$${found[@]}"

docs: setup  ## Write the tables of docs/ and the schemas for editors anew from code and data
	$(PY) tools/make_docs.py
	$(PY) tools/make_schemas.py

calibrate: setup  ## Find the corrections of base rates anew (full size, minutes)
	$(PY) tools/calibrate.py

calibration: setup  ## Fit the world to the field's patterns, show that it is honest: docs/calibration.md (minutes)
	$(PY) tools/measure_calibration.py

pictures: setup  ## Draw the pictures of docs/images anew by simulation (minutes)
	$(PY) tools/make_pictures.py

results: setup  ## Judge the plan's rows anew and write docs/results.md (minutes)
	$(PY) tools/make_results.py

validation: setup  ## Hold the simulation against the field's patterns and write docs/validation.md (minutes)
	$(PY) tools/make_validation.py

pairing: setup  ## Measure what shared draws gain, beside really independent draws (minutes)
	$(PY) tools/measure_pairing.py

sensitivity: setup  ## Find anew which assumptions the default comparison hangs on (half an hour)
	$(PY) tools/make_sensitivity.py

bench: setup  ## Time the month beside C, plain Mesa and NumPy, guard the ratios and write docs/performance.md (minutes)
	$(PY) -m pytest benchmarks --benchmark-only --benchmark-disable-gc -p no:cacheprovider
	$(PY) -m benchmarks.report

chaos: setup  ## Kill and fault sweeps at length and write docs/chaos.md (three quarters of an hour)
	$(PY) tools/make_chaos.py

verify: setup  ## Show at length that the code is right and write docs/verification.md (half an hour)
	$(PY) tools/verify.py $(VERIFY_ARGS)

lock:  ## Make requirements/*.txt anew, with the newest versions allowed
	@tools="$$(mktemp -d)"
	trap 'rm -rf "$$tools"' EXIT
	chosen="$(PYTHON)"
	"$${chosen:-python3}" -m venv "$$tools"
	"$$tools/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.8"
	for version in $(LOCKED_PYTHONS); do
	    file="requirements/py$$version.txt"
	    { echo "# Python $$version: all that creditsim, its tests and its notebooks need. Made by: make lock"
	      # No address of an index goes into the file: whoever installs uses their own.
	      "$$tools/bin/uv" pip compile --quiet --no-config --no-header \
	          --universal --python-version "$$version" --all-extras --generate-hashes \
	          --no-emit-index-url --no-emit-find-links pyproject.toml
	    } > "$$tools/locked.txt"
	    if grep -nE '://|file:|^-' "$$tools/locked.txt"; then
	        echo "lock: the lines above hold an address or an option; a locked file must not" >&2
	        exit 1
	    fi
	    cp "$$tools/locked.txt" "$$file"
	    echo "lock: wrote $$file"
	done

clean:  ## Remove .venv, caches, built files and demo/
	rm -rf $(VENV) build dist demo .pytest_cache .ruff_cache .hypothesis
	find src tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
