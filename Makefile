# The whole workflow; plain `make` lists it. What a step does is in Python: here is only when.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
PY := .venv/bin/python
GENERATE := $(PY) generate.py
READY := .venv/ready
READY_DEV := .venv/ready-dev

# ---- values given to make ----------------------------------------------------------------------
# `make sheet NAME="O'Brien"` becomes CARELEAF_NAME in the environment of generate.py, which takes it
# for --name. $(value) and := keep make from reading it, no shell line holds it: it is only ever
# text. Only what stands on the command line counts: NAME and the like mean other things in the
# environment of some systems. (`unexport`, or make would expand the original to hand it on.)
INPUTS := HANDOUT NAME DATE LOCALE ID CLINIC SIZE LARGE_PRINT WITH ROSTER OUT JOBS CLUSTER MERGE \
          DUPLEX SORT FORMAT BY ROLE HOST PORT TOKEN ROOT MODULE SAMPLE SEED MINUTES

define pass
unexport $(1)
export CARELEAF_$(1) := $$(value $(1))
endef
$(foreach input,$(INPUTS),$(if $(filter command,$(origin $(input))),$(eval $(call pass,$(input)))))

# ---- the targets -------------------------------------------------------------------------------

.PHONY: help
help: ## Show this list
	@echo "Usage: make TARGET [NAME=value ...]"
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: setup
setup: $(READY) ## Get this machine ready to run: libraries, packages in .venv, faces [SETUP=yes]

$(READY): requirements.lock pyproject.toml tools/machine.py
	@$(PYTHON) -I tools/machine.py setup

.PHONY: setup-dev
setup-dev: $(READY_DEV) ## The same, and what the tests need (800 MB); `make test` does it by itself

$(READY_DEV): requirements-dev.lock pyproject.toml tools/machine.py | $(READY)
	@$(PYTHON) -I tools/machine.py setup-dev

.PHONY: demo
demo: $(READY) ## Make a demo day: examples/roster.csv into output/demo
	@$(GENERATE) batch examples/roster.csv -o output/demo --today 2026-11-23

.PHONY: sheet
sheet: $(READY) ## One sheet: HANDOUT=id NAME="..." DATE=2026-11-23 [LOCALE= ID= SIZE= LARGE_PRINT=1 WITH= OUT=]
	@$(GENERATE) sheet

.PHONY: batch
batch: $(READY) ## A day's list: ROSTER=file [OUT=folder JOBS=n MERGE=file DUPLEX=1 CLUSTER=address]
	@$(GENERATE) batch

.PHONY: blanks
blanks: $(READY) ## Every handout in every language, to write on; only what changed is made again [OUT=folder]
	@$(GENERATE) blank

.PHONY: warm
warm: $(READY) ## Lay out ahead all that may be printed, so that no family waits [HANDOUT= LOCALE= SIZE= LARGE_PRINT=1 WITH=]
	@$(GENERATE) warm

.PHONY: check
check: $(READY) ## What must be mended in handouts and translations [HANDOUT= LOCALE= FORMAT=text|json|github]
	@$(GENERATE) check

.PHONY: extract
extract: $(READY) ## Collect the English text of the handouts for translators
	@$(GENERATE) locales extract

.PHONY: update
update: $(READY) ## Bring new English text into every translation
	@$(GENERATE) locales update

.PHONY: serve
serve: $(READY) ## The page for staff, at http://127.0.0.1:8765 [HOST= PORT=]
	@$(GENERATE) serve

.PHONY: verify
verify: $(READY_DEV) ## Validate the PDFs in output/ as PDF/UA-1 and PDF/A-2a (needs Java)
	@$(PY) -m careleaf.pdf.verify output

.PHONY: test
test: $(READY_DEV) ## Run the tests
	@$(PY) -m pytest --numprocesses=auto --dist=loadfile

.PHONY: mutants
mutants: $(READY_DEV) ## Break the code that safety hangs on, and name what no test sees [MODULE= SAMPLE=n SEED=n]
	@$(PY) tests/mutants

.PHONY: fuzz
fuzz: $(READY_DEV) ## Break the files of tests/corpus at random for MINUTES=1 a reader, and read them
	@CARELEAF_FUZZ=1 $(PY) -m pytest -q --numprocesses=auto --dist=load tests/test_fuzz.py

.PHONY: lint
lint: $(READY_DEV) ## Style, types, and imports that run one way
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) -m mypy
	@.venv/bin/lint-imports --no-logo

.PHONY: bench
bench: $(READY_DEV) ## Measure against other ways to make the same sheets
	@$(PY) -m benchmarks

.PHONY: golden
golden: $(READY_DEV) ## Renew the stored pictures of pages; read the diff
	@CARELEAF_GOLDEN=renew $(PY) -m pytest -q -k golden

.PHONY: schema
schema: $(READY) ## Write the JSON Schemas that editors use
	@$(GENERATE) schema

.PHONY: faces
faces: $(READY) ## Make the faces, if they are missing
	@$(PY) -c "from careleaf.sheet import faces; print(*(face.path for face in faces.faces()), sep='\n')"

.PHONY: lock
lock: ## Renew requirements.lock and requirements-dev.lock from pyproject.toml
	@$(PYTHON) -I tools/machine.py lock

.PHONY: build
build: $(READY) ## The wheel, to install elsewhere, and the source package: dist/
	@$(PY) -m hatchling build

.PHONY: clean
clean: ## Remove what was built; .venv stays
	@rm -rf output .cache build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache \
	    .import_linter_cache .hypothesis .schemathesis

.PHONY: distclean
distclean: clean ## Remove .venv too
	@rm -rf .venv
