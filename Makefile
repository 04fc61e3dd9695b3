# Needs Python 3.11 or newer, and make. Everything else is installed into .venv, with hashes.
#
#   make demo    checks two small districts, then syncs one of them on two nights
#   make test    installs what the tests need and runs ./check
#   make bench   measures a district of 3.5 million rows
#   make soak    what takes an hour or more: damages, districts, nights, a year, kills
#   make docs    writes docs/reference and the picture of a run
#   make screenshots ADDRESS=… EMAIL=… PASSWORD=…   takes those of docs/screenshots from a portal
#   make lock    pins requirements/*.txt anew (needs uv)
#   make clean   removes all that make has made

.PHONY: demo test bench soak docs screenshots lock clean
.SILENT:
.DELETE_ON_ERROR:
# The tests start hundreds of commands: without kept bytecode each compiles all that it imports.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check --no-input
INSTALL := $(PIP) install --no-warn-script-location --no-compile --require-hashes

# Exit 1 says that a district has something to fix, as those of the demo have.
FIRSTBELL := firstbell() { $(BIN)/firstbell "$$@" || test $$? -eq 1; }; firstbell

demo: $(VENV)/run
	rm -rf demo
	echo "1. A small district, with the four errors that districts meet most:"
	$(FIRSTBELL) check examples/seed-district --onboarded examples/onboarded.txt --as-of 2026-11-24 \
	    --product "Great Minds" --out demo/seed-report
	echo
	echo "2. A made-up district of 2,000 students, with one record in fifty broken:"
	$(BIN)/firstbell generate --schools 4 --students 2000 --errors 0.02 --seed 1 \
	    --out demo/district
	$(FIRSTBELL) check demo/district --as-of 2026-11-24 --out demo/district-report
	echo
	echo "3. The small district again, on two nights, with a database: what was wrong is corrected"
	echo "   in between, and its second school is onboarded."
	set -e; data=$$(mktemp -d); chmod 711 "$$data"; trap 'rm -rf "$$data"' EXIT; \
	export FIRSTBELL_DATA_DIR="$$data" FIRSTBELL_PRODUCT="Great Minds"; $(FIRSTBELL) district add \
	    "Maple County Schools" --id maple --timezone America/New_York; \
	firstbell school onboard maple 1001; \
	firstbell sync maple --from examples/seed-district --as-of 2026-11-24 --out demo/night-1; \
	firstbell school onboard maple 1234; \
	firstbell sync maple --from examples/seed-district-next-night --as-of 2026-11-25 \
	    --out demo/night-2; \
	firstbell roster export maple --out demo/roster
	echo
	echo "The reports are in demo/seed-report, demo/district-report, demo/night-1 and demo/night-2;"
	echo "what is in the database at the end is in demo/roster."

test: $(VENV)/dev
	PATH="$(CURDIR)/$(BIN):$$PATH" requirements/chromium
	VENV="$(CURDIR)/$(VENV)" ./check

bench: $(VENV)/bench
	$(BIN)/python -m bench.bench

soak: $(VENV)/dev
	$(BIN)/python -m pytest -m soak

docs: $(VENV)/run
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/picture.py

screenshots: $(VENV)/dev
	PATH="$(CURDIR)/$(BIN):$$PATH" requirements/chromium
	$(BIN)/python -m docs.screenshots "$(ADDRESS)" "$(EMAIL)" "$(PASSWORD)"

lock:
	requirements/lock

clean:
	rm -rf $(VENV) demo build dist src/firstbell.egg-info
	find . \( -name __pycache__ -o -name '.*_cache' -o -name .hypothesis \) -prune -exec rm -rf {} +

# The first Python here that is new enough and can make environments.
$(VENV)/made:
	for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    if $$python -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	        2>/dev/null; then rm -rf $(VENV); $$python -m venv $(VENV) && touch $@; exit; fi; \
	done; \
	echo "Python 3.11 or newer, with its modules venv and ensurepip, is needed." >&2; exit 1

# pip knows no hash of a folder, so the package itself goes in by itself, built by what is pinned.
$(VENV)/run: $(VENV)/made requirements/run.txt pyproject.toml
	echo "Installing what First Bell needs into $(VENV) ..." >&2
	$(INSTALL) --requirement requirements/run.txt
	$(PIP) install --no-deps --no-index --no-build-isolation --editable .
	touch $@

$(VENV)/dev: $(VENV)/run requirements/dev.txt
	echo "Installing what the tests need into $(VENV) ..." >&2
	$(INSTALL) --requirement requirements/dev.txt
	touch $@

$(VENV)/bench: $(VENV)/run requirements/bench.txt
	echo "Installing what the benchmark needs into $(VENV) ..." >&2
	$(INSTALL) --requirement requirements/bench.txt
	touch $@
