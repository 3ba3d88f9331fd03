# Two commands: `make run` starts everything, `make test` checks everything.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PINNED := --quiet --require-hashes --only-binary :all:
PIP := $(BIN)/python -m pip install --disable-pip-version-check $(PINNED)
INSTALL := UV_PYTHON_DOWNLOADS=never $(BIN)/uv pip install --python $(BIN)/python $(PINNED)
export PORT

.PHONY: run setup test bench pictures lock clean
.DEFAULT_GOAL := run

run: setup
	@exec $(BIN)/python manage.py up --with-parent

setup: $(VENV)/run.stamp

test: $(VENV)/dev.stamp
	@exec $(BIN)/python -m tests

bench: $(VENV)/dev.stamp
	@exec $(BIN)/python -m tests.bench

# Takes the pictures of the README from the running product.
pictures: $(VENV)/dev.stamp
	@exec $(BIN)/python -m tests.pictures

$(VENV)/uv.stamp: locks/installer.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Stepmark needs Python 3.11 or newer; name one with PYTHON=python3.12")'
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@$(PIP) -r $<
	@touch $@

$(VENV)/run.stamp: locks/run.txt $(VENV)/uv.stamp
	@echo "Installing from $<"
	@$(INSTALL) -r $< || { echo "uv could not; trying pip"; $(PIP) -r $<; }
	@touch $@

$(VENV)/dev.stamp: locks/dev.txt $(VENV)/run.stamp
	@echo "Installing from $<"
	@$(INSTALL) -r $< || { echo "uv could not; trying pip"; $(PIP) -r $<; }
	@touch $@

# Resolves again; run it after a change of the dependencies in pyproject.toml.
lock: $(VENV)/uv.stamp
	@cd locks && echo "uv==0.13.9" | ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o installer.txt -
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o locks/run.txt pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --group dev -o locks/dev.txt pyproject.toml

clean:
	rm -rf $(VENV)
