# The doors of design.md, section 9. `make help` lists them. Needs Python 3.11+ with its venv module, nothing else.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
VAR ?= $(if $(RECTIFY_VAR),$(RECTIFY_VAR),var)
PORT ?= 8000
DEMO ?= 1
ARGS ?=
PIP := $(PY) -m pip --disable-pip-version-check install -qq --require-hashes

# pip, npm and node of the virtual environment come first, where the machine has none.
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
export RECTIFY_VAR := $(abspath $(VAR))

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check bench soak handbook

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20
	@echo "  PORT=8080 make run  另一个端口；make run DEMO=0 从空白开始；DEV=1 make setup 连同开发工具"

setup: $(VENV)/.runtime node_modules/.ready $(RECTIFY_VAR)/secret_key $(if $(DEV),$(VENV)/.dev) ## .venv, front-end files, key (safe to repeat)

setup-dev: setup $(VENV)/.dev

run: setup ## the whole system on http://127.0.0.1:8000/ with the demo county; Ctrl-C stops it
	@exec $(PY) manage.py up --port $(PORT) $(if $(filter 0,$(DEMO)),--no-demo,--demo)

test: setup-dev ## all tests: on SQLite, and again on PostgreSQL + Redis where they answer
	@$(PY) -m tests.run $(ARGS)

check: setup-dev ## format, lint, import contracts, types, deployment settings, migrations
	@$(PY) -m tests.check

bench: setup-dev ## the speeds that are promised, each against its floor
	@$(PY) -m bench $(ARGS)

soak: setup-dev ## long random histories and the slow tests
	@HYPOTHESIS_PROFILE=soak $(PY) -m pytest -m "soak or hypothesis" $(ARGS)

handbook: setup-dev ## the handbook's pictures, taken anew from the running house
	@RECTIFY_HANDBOOK=write $(PY) -m pytest -n 0 tests/browser/test_handbook.py tests/browser/test_handbook_leaders.py

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "需要 Python 3.11 或更新版本（PYTHON=... 可另指）。" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "缺少 Python 的 venv 模块：请先运行 apt-get install python3-venv。" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock | $(VENV)/bin/python
	@echo "正在安装运行所需的 Python 包……"
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo "正在安装测试和检查工具……"
	@$(PIP) -r requirements-dev.lock
	@touch $@

# Node comes from a wheel where the machine has none.
node_modules/.ready: package-lock.json package.json .npmrc requirements-node.lock | $(VENV)/.runtime
	@command -v npm >/dev/null || { echo "正在安装 Node……"; $(PIP) -r requirements-node.lock; }
	@echo "正在安装网页所需的文件……"
	@npm ci --loglevel=error
	@touch $@

$(RECTIFY_VAR)/secret_key: | $(VENV)/bin/python
	@mkdir -p $(RECTIFY_VAR)
	@umask 077; $(PY) -c 'import secrets; print(secrets.token_urlsafe(50))' > $@.part && mv $@.part $@
