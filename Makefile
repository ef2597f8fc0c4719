# What a newcomer needs. Each target says what it does while it does it; details are in CONTRIBUTING.md.
#
#   make run              build and start Medward with a demo hospital and drill traffic
#       ONCE=1            run the whole loop once, print a summary, exit 0 only if every step did what it must
#       DATA=DIR          keep the data in DIR (default: a fresh directory per run)
#       LISTEN=HOST       address to listen on (default 127.0.0.1)
#   make test             every check and every test: both databases, real browser
#   make bench ONLY=area  side-by-side benchmarks against installed peers
#   make fuzz             fuzz the WAF engine in five groups (needs a nightly compiler and cargo-fuzz)
#       TIME=600          seconds for each group
#   make console          build the web console alone
#   make check-console    the console's own checks and unit tests

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

ONCE ?=
DATA ?=
LISTEN ?=
ONLY ?=
TIME ?= 600

CONSOLE_SOURCES := $(shell find console/src console/public console/scripts -type f 2>/dev/null) \
	$(wildcard console/*.ts console/*.html console/package.json console/tsconfig.json)

.PHONY: help run test bench fuzz console check-console tools

help:
	@sed -n 's/^#   /  /p' Makefile

tools:
	@.ci/need cargo node npm

run: tools console
	@echo "medward: building the program (first time: some minutes)"
	cargo build --profile quick --package medward
	@echo "medward: starting the demo"
	@exec "$${CARGO_TARGET_DIR:-target}/quick/medward" demo \
		$(if $(ONCE),--once) $(if $(DATA),--data "$(DATA)") $(if $(LISTEN),--listen "$(LISTEN)")

test:
	@.ci/test

bench: tools console
	@.ci/packages nginx wrk nghttp2-client openssl slowhttptest g++ libmodsecurity-dev libnginx-mod-http-modsecurity python3 python3-pip
	@.ci/peers chdb-4.4.0
	cargo build --release --package medward --package medward-tests
	cargo run --release --package medward-tests --bin bench -- $(if $(ONLY),--only "$(ONLY)")

fuzz: tools
	@.ci/fuzz $(TIME)

console: console/dist/index.html

check-console: console/node_modules/.installed
	cd console && npm run check

# `npm ci` runs again only when the lock file has changed.
console/node_modules/.installed: console/package-lock.json | tools
	@echo "medward: installing what the console is built with"
	cd console && npm ci --no-audit --no-fund
	@touch $@

console/dist/index.html: console/node_modules/.installed $(CONSOLE_SOURCES)
	@echo "medward: building the console"
	cd console && npm run build
	@touch $@
