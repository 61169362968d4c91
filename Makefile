# The front door. Everything goes through CMake presets (CMakePresets.json); build trees are in build/.
SHELL := /bin/bash
JOBS ?= $(shell nproc)

.DEFAULT_GOAL := help
.PHONY: help setup build demo test test-peers bench fmt lint tsan fuzz soak clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup:
	@tools/setup

build: setup ## build/release/bin/bulkhead, hardened
	@cmake --preset release -DBULKHEAD_TESTS=OFF >/dev/null
	@cmake --build build/release -j $(JOBS) --target bulkhead

demo: build ## scan an image made on the spot, and this machine
	@tools/demo

test: setup ## all tests: unit, golden, end to end, real cases, fuzz corpora, sanitizers
	@tools/run-tests

test-peers: setup ## the policy engine beside OPA, value by value (needs Go modules)
	@tools/run-peer-tests

bench: build ## ours beside Trivy, Syft and Grype; the policy engine on OPA's own tests
	@bench/run

fmt: ## format the sources
	@tools/setup tools/packages-fuzz.txt
	@git ls-files '*.cc' '*.h' | xargs clang-format-19 -i

lint: setup ## clang-tidy over the sources; FILES="src/a.cc ..." for some of them
	@tools/lint $(FILES)

tsan: setup ## unit tests of the rooms with threads under ThreadSanitizer (ROOMS=all: of every room)
	@tools/run-tsan $(ROOMS)

fuzz: setup ## libFuzzer with clang, a short run of every target
	@tools/setup tools/packages-fuzz.txt
	@cmake --preset fuzz >/dev/null && cmake --build build/fuzz -j $(JOBS) --target fuzzers && ctest --preset fuzz -L fuzz

soak: build ## broken copies of images, databases and documents, for BULKHEAD_SOAK_MINUTES (30)
	@tools/soak build/release/bin/bulkhead $(SEED)

clean: ## remove build/
	@rm -rf build
