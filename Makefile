# Needs Python 3.11 or newer, and make. Everything else is installed into .venv, with hashes.
#
#   make demo    checks a small district, then serves the portal with two made-up ones, until Ctrl-C
#                (make demo ONCE=1 ends when it has seen that the pages answer)
#   make test    installs what the tests need and runs ./check
#   make bench   measures a district of 3.5 million rows
#   make soak    what takes an hour or more: damages, districts, nights, a year, kills
#   make docs    writes docs/reference and the picture of a run
#   make screenshots ADDRESS=… EMAIL=… PASSWORD=…   takes those of docs/screenshots from a portal
#                (with CODE=… those of a specialist's pages; make demo prints all of them)
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

demo: $(VENV)/run
	rm -rf demo
	echo "1. A small district, with the four errors that districts meet most:"
	$(BIN)/firstbell check examples/seed-district --onboarded examples/onboarded.txt \
	    --as-of 2026-11-24 --product "Great Minds" --out demo || test $$? -eq 1
	echo
	echo "2. The portal, where a district sees each morning how its nightly sync went:"
	exec $(BIN)/firstbell demo $(if $(ONCE),--once)

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
	$(BIN)/python -m docs.screenshots "$(ADDRESS)" "$(EMAIL)" "$(PASSWORD)" $(CODE)

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
