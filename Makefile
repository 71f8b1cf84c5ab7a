# 两条命令: make demo (建立环境, 匹配示范榜单, 得到结果文件), make test (建立环境, 跑测试)。
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := output/demo
# A test process for every processor, each with one thread: more would wait for each other. Each gets
# neighbouring tests, so that what the tests of a file share is set up once, and takes of the other's
# when it is done.
# Their files stay in memory where there is room: most of the time went into waiting until a disk had
# stored what the next test throws away. Bytecode is kept, whatever the environment says of it: the
# workers and each of the processes they start would compile all of it again.
SCRATCH := $(shell df -kP /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 {print $$6}')
PYTEST := $(if $(SCRATCH),TMPDIR=$(SCRATCH)) OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= \
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCKED := install --quiet --no-deps --require-hashes -r requirements

.PHONY: setup demo test quick check-long lint format evaluate golden notebooks screenshots fuzz \
	lock wheel release audit clean

setup: $(READY)

# Made again only when the dependencies change. The files pip takes must have the hashes of the lock
# file; STRICT=1 ends there, without it other files of the same ranges will do, and it is said.
$(READY): pyproject.toml $(wildcard requirements/*.txt)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	if $(PIP) $(LOCKED)/develop.txt && \
		{ $(PIP) $(LOCKED)/torch-cpu.txt || $(PIP) $(LOCKED)/torch.txt; }; then \
		$(PIP) install --quiet --no-deps --no-build-isolation -e .; \
	else \
		echo "有安装包与锁定的校验值不同 (见上)。" >&2; test -z "$(STRICT)" && \
		echo "改按 pyproject.toml 的版本范围安装, 不核对校验值; 只要核对过的: make STRICT=1 …" >&2 && \
		$(PIP) install --quiet -e ".[dev]"; \
	fi
	touch $@

demo: setup
	$(BIN)/matcher models build
	mkdir -p $(DEMO)
	cp corpora/demo/teams.jsonl $(DEMO)/示范团队库.jsonl
	cp corpora/demo/challenges.jsonl $(DEMO)/公开项目改写的需求.jsonl
	cp corpora/demo/chokepoints35.jsonl $(DEMO)/科技日报报道的技术.jsonl
	$(BIN)/matcher import --workspace $(DEMO)/workspace \
		--challenges $(DEMO)/公开项目改写的需求.jsonl --teams $(DEMO)/示范团队库.jsonl
	$(BIN)/matcher import --workspace $(DEMO)/workspace \
		--challenges $(DEMO)/科技日报报道的技术.jsonl
	$(BIN)/matcher match --workspace $(DEMO)/workspace --top 10 --show 12 \
		--output $(DEMO)/匹配结果.xlsx
	$(BIN)/matcher report --workspace $(DEMO)/workspace --output $(DEMO) --format xlsx,html \
		--pack liaoning-2021

# The notebooks take a minute of their own: make notebooks. Types are checked beside the tests: alone
# they keep one processor busy and no other.
test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	told=$$(mktemp); $(BIN)/mypy >$$told 2>&1 & types=$$!; \
	$(PYTEST) --ignore tests/test_notebooks.py; tests=$$?; \
	wait $$types; types=$$?; cat $$told; rm -f $$told; exit $$((tests || types))

# While writing code, under a minute: what needs no browser, no cluster and no processes of its own,
# and takes no fifth of a second.
quick: setup lint
	$(PYTEST) --ignore tests/test_notebooks.py \
		-m "not (slow or browser or cluster or processes or long)"

# Runs of many minutes; each has a short form in make test.
check-long: setup
	$(PYTEST) -m long

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Runs every notebook from the first cell to the last.
notebooks: setup
	$(BIN)/python -m pytest tests/test_notebooks.py

# Measures again on the shipped judged benchmark, offline, and rewrites the tables of the record.
evaluate: setup
	$(BIN)/matcher models build
	$(BIN)/python -m benchmarks.judged --into docs/evaluation.md

# Takes the pictures of the README anew, of what make demo made; wants a Chromium.
screenshots:
	$(BIN)/python -m benchmarks.screenshots $(DEMO) docs/screenshots

# Rewrites the expected top results of the demonstration; read the diff before committing it.
golden: setup
	$(BIN)/matcher models build
	$(BIN)/python -m pytest tests/test_golden.py --update-golden

# Coverage-guided fuzzing of the readers; SECONDS=3600 make fuzz for an hour.
SECONDS ?= 600
fuzz: setup
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[fuzz]"
	mkdir -p output/fuzz
	$(BIN)/python -m tests.fuzz.fuzz -max_total_time=$(SECONDS) -timeout=90 \
		-artifact_prefix=output/ output/fuzz

# The lock files, after a change of pyproject.toml; UPGRADE=--upgrade takes newer versions.
lock: setup
	$(PIP) install --quiet -e ".[release]"
	PATH="$(BIN):$$PATH" $(BIN)/python requirements/lock.py $(UPGRADE)

wheel: setup
	rm -rf dist
	$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# Installs the wheel where nothing else is, tries it there, and lists what it came with.
release: wheel
	$(BIN)/python requirements/try_wheel.py dist/*.whl dist/trial
	$(PIP) install --quiet -e ".[release]"
	$(BIN)/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible \
		--of JSON -o dist/sbom.json dist/trial/environment/bin/python

# Without the network: ADVISORIES is a copy of PyPA's advisory-database.
audit: setup
	$(BIN)/python requirements/audit.py "$(ADVISORIES)" requirements/develop.txt

clean:
	rm -rf $(VENV) output dist .pytest_cache .mypy_cache .ruff_cache
