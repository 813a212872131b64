# make demo     install, then filings → index → fine-tune → rebuilt index → the UI on 127.0.0.1:7860
# make test     install, then the tests
# make install  the environment in .venv; the other targets call it
# make lint     ruff and mypy
# make bench    the measurements in benchmarks/ (minutes), of the samples or of FILES="file or folder"
#
# options: TICKERS="NVDA AAPL"  USER_AGENT="Company name@domain"  WORKSPACE=folder  PORT=7860  PYTHON=python3.11
PYTHON ?= python3
PORT ?= 7860
VENV := .venv
BIN := $(VENV)/bin
SLUG := $(shell echo "$(TICKERS)" | tr 'A-Z ' 'a-z-')
WORKSPACE ?= workspace$(if $(TICKERS),-$(SLUG))

.PHONY: demo test install lint bench clean

install: $(VENV)/.installed

$(VENV)/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0]) if sys.version_info < (3, 11) else None'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[embedded,llm,dev]'
	touch $@

demo: install
	$(if $(USER_AGENT),RAG_APP_EDGAR_USER_AGENT="$(USER_AGENT)") $(BIN)/rag-app demo --workspace "$(WORKSPACE)" --port $(PORT) $(foreach t,$(TICKERS),--ticker $(t))

test: install
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: install
	$(BIN)/python -m benchmarks $(FILES) $(if $(EDGARTOOLS),--edgartools $(EDGARTOOLS))

clean:
	rm -rf $(VENV) build *.egg-info
