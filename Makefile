# Everything a developer or CI runs has a target here; `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help

FUZZTIME ?= 10s
COUNT ?= 6
VENV := .bin/venv
# Clients are installed anew when their lock files change.
CLIENTS_KEY = $(shell cat conformance/js/package-lock.json conformance/python/requirements.txt | sha256sum | cut -c1-12)

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: build
build: ## the binary, in .bin/cosell
	@$(call announce,-trimpath)
	CGO_ENABLED=0 go build -trimpath -o .bin/cosell ./cmd/cosell

# Where the embedded database is not in Go's build cache, the build is silent for minutes.
announce = [[ -n $$(CGO_ENABLED=0 go list $(1) -deps -f '{{if .Stale}}{{.ImportPath}}{{end}}' modernc.org/sqlite | grep modernc.org/sqlite/lib) ]] && \
	echo "The first build compiles an embedded database: this takes some minutes without another word." || true

.PHONY: run
run: ## a server on the default port, with its data in .bin/data
	@$(call announce)
	go run ./cmd/cosell serve --data .bin/data

.PHONY: generate
generate: ## write internal/api from model/selling.smithy
	go generate ./...

.PHONY: console
console: ## build the console from console/ into internal/console/dist (needs Node.js)
	@tools/console

.PHONY: site
site: ## the documentation as a website, in .bin/site; the server has the same under /docs/
	@rm -rf .bin/site
	go run ./tools/site -out .bin/site

.PHONY: console-stale
console-stale: ## fail when the built console is not what its source gives
	@tools/console --check

.PHONY: console-test
console-test: build ## the console in headless Chromium (Debian's chromium): every page, and both stories
	@tools/console --install
	cd console && npm test --silent

.PHONY: console-pictures
console-pictures: build ## renew the pictures of the console in docs/images
	@tools/console --install
	cd console && UPDATE_PICTURES=1 node --test test/pictures.test.mjs

.PHONY: products
products: ## renew the list of AWS product codes from the one that AWS publishes
	@tools/products

.PHONY: fmt
fmt: ## format all Go code
	@$$(tools/get gofumpt) -w $$(git ls-files -co --exclude-standard '*.go' ':!*.gen.go')

.PHONY: fmt-check
fmt-check: ## fail when `make fmt` would change something
	@unformatted=$$($$(tools/get gofumpt) -l $$(git ls-files -co --exclude-standard '*.go' ':!*.gen.go'))
	if [[ -n $$unformatted ]]; then echo "not formatted, run 'make fmt':"; echo "$$unformatted"; exit 1; fi

.PHONY: vet
vet: ## go vet, the files of other build tags too
	go vet ./...
	go vet -tags profile,noconsole ./cmd/... ./internal/console/...

.PHONY: lint
lint: ## golangci-lint, everything on (exceptions and reasons: .golangci.yml)
	@$$(tools/get golangci-lint) run ./...

.PHONY: stale
stale: ## fail when generated code is not what the generator writes
	@tools/stale

.PHONY: dead
dead: ## fail on functions nothing reaches
	@tools/dead

.PHONY: vuln
vuln: ## dependencies: go.sum, and known vulnerabilities
	@tools/vuln

.PHONY: drift
drift: conformance-deps ## warn when AWS's newest model differs from ours
	@tools/drift

# How long the tests of one package may take; Go's default is too short on a busy machine.
TIMEOUT ?= 20m
# In CI a test may only be skipped for a reason that tools/totals/skips.txt lists.
TOTALS = go run ./tools/totals $(if $(filter true,$(CI)),-allow tools/totals/skips.txt)
# The race detector watches all code but SQLite, which is translated from C and would take ten times as long.
RACE = -race '-gcflags=modernc.org/...=-race=false'
# Without debug information a test binary is linked in half of the time, and vet has a target of its own.
QUICK = -ldflags=-w -vet=off
# Packages whose tests need PostgreSQL, the AWS clients or a built server.
HEAVY = /(chaos|conformance|docs|bench|cmd/cosell|internal/conform|internal/record|internal/s3|internal/store/postgres|internal/store/pgtest)$$

.PHONY: unit
unit: ## the tests that need nothing but Go, in under a minute
	@go test $(QUICK) -json -short -timeout 5m $$(go list ./... | grep -vE '$(HEAVY)') | $(TOTALS)

.PHONY: test
test: conformance-deps conformance-clients ## all tests, with the race detector and the AWS clients
	@# Nothing from the cache: the conformance tests build the server themselves, which the cache does not see.
	( failed=0
	go test $(QUICK) -json $(RACE) -count=1 -timeout $(TIMEOUT) ./... || failed=1
	# The families of operations once more, on PostgreSQL.
	COSELL_TEST_ENGINE=postgres go test $(QUICK) -json $(RACE) -count=1 -timeout $(TIMEOUT) ./internal/selling ./internal/customer ./internal/bulk ./internal/events/bus ./internal/proposal || failed=1
	# Who may do what, the chain of the audit and the separation of accounts once more, on PostgreSQL; the race detector has seen them.
	COSELL_TEST_ENGINE=postgres go test $(QUICK) -json -count=1 -timeout $(TIMEOUT) ./internal/access ./internal/audit ./internal/authorization ./internal/identity ./internal/signin ./internal/sts || failed=1
	COSELL_TEST_ENGINE=postgres go test $(QUICK) -json -count=1 -timeout $(TIMEOUT) -run 'Attack|Audited|Decisions|Guard|Principal|Polic|Key' ./internal/operator ./cmd/cosell || failed=1
	# All random searches, of which the race detector sees a tenth.
	go test $(QUICK) -json -count=1 -timeout $(TIMEOUT) -run '^TestRandomSearches$$' ./internal/store/sqlite ./internal/store/postgres || failed=1
	exit $$failed ) | $(TOTALS)

.PHONY: race
race: ## hunt for races and flakes: every package's tests ten times, shuffled
	go test $(RACE) -shuffle=on -count=10 ./internal/... ./model/...

.PHONY: chaos
chaos: ## servers, databases and disks fail a few hundred times; what came of it goes into docs/reliability.md
	go test ./chaos -count=1 -v -full -timeout 90m -md ../docs/reliability.md $(ARGS)

.PHONY: fuzz
fuzz: ## every fuzz function for FUZZTIME (10s)
	@tools/fuzz $(FUZZTIME)

.PHONY: bench
bench: ## Cosell against what it is built from, as ratios; ARGS="-quick" is shorter
	go run ./bench $(ARGS)

.PHONY: profile
profile: ## profile of a server under load for the compiler, in .bin/server.pgo
	@mkdir -p .bin
	CGO_ENABLED=0 go build -tags profile -o .bin/cosell-profile ./cmd/cosell
	go run ./bench -server .bin/cosell-profile -profile .bin/server.pgo

.PHONY: microbench
microbench: ## Go benchmarks COUNT times (6), through benchstat; BASE=file compares with an earlier run
	@mkdir -p .bin
	go test -run '^$$' -bench . -benchmem -count $(COUNT) ./... | tee .bin/bench.txt
	$$(tools/get benchstat) $(BASE) .bin/bench.txt

.PHONY: conformance
conformance: conformance-deps conformance-clients ## only the suites driven by the unmodified AWS clients
	go test -count=1 -v ./conformance/

.PHONY: policy-differential
policy-differential: ## compare package policy with an independent evaluator over 100,000 random policies (needs Node.js)
	@(cd tools/policydiff && npm ci --no-audit --no-fund --ignore-scripts)
	go run ./tools/policydiff $(ARGS) node tools/policydiff/oracle.mjs

.PHONY: conformance-deps
conformance-deps: ## install the AWS clients at their pinned versions
	@if [[ ! -e .bin/clients-$(CLIENTS_KEY) ]]; then
		(cd conformance/js && npm ci --no-audit --no-fund)
		python3 -m venv --clear $(VENV)
		$(VENV)/bin/pip install --quiet --require-virtualenv -r conformance/python/requirements.txt
		touch .bin/clients-$(CLIENTS_KEY)
	fi

.PHONY: ci
ci: ## what CI does, from a clean clone's needs to the last test
	@.ci/run

# Platforms of `make dist`, such as PLATFORMS=linux/amd64,darwin/arm64; all six if empty.
PLATFORMS ?=
.PHONY: dist
dist: ## what a release publishes, in dist/: binaries, wheels, npm packages, deb, rpm, images, SBOM, checksums
	@go run ./tools/dist -platforms "$(PLATFORMS)" -version "$(VERSION)" -base-url "$(BASE_URL)"

.PHONY: packages
packages: conformance-deps ## build, install and test the wheel and the npm package of this platform, in environments without Go
	@clients/check

.PHONY: conformance-clients
conformance-clients: ## compile the walks of the Java and Rust clients, where there are Maven and Rust
	@if command -v mvn >/dev/null; then
		for dir in conformance/java examples/java; do mvn -q -B -f $$dir test-compile; done
	fi
	if command -v cargo >/dev/null; then
		export CARGO_TARGET_DIR=$(CURDIR)/.bin/rust
		for dir in conformance/rust examples/rust; do (cd $$dir && cargo test --quiet --locked --tests --no-run); done
	fi

.PHONY: conformance-compiled
conformance-compiled: conformance-clients ## only the walks of the Java and Rust clients, and the examples; needs Maven, a JDK 17 and Rust 1.94
	go test -count=1 -v -run '^TestCompiledClients$$' ./conformance/

.PHONY: example-java
example-java: build ## the example in Java; needs Maven and a JDK 17
	COSELL=$(CURDIR)/.bin/cosell mvn -q -B -f examples/java test

.PHONY: example-rust
example-rust: build ## the example in Rust; needs Rust 1.94, and compiles for minutes
	COSELL=$(CURDIR)/.bin/cosell CARGO_TARGET_DIR=$(CURDIR)/.bin/rust cargo test --manifest-path examples/rust/Cargo.toml

.PHONY: clean
clean: ## remove everything that was built, installed or stored here
	rm -rf .bin dist conformance/js/node_modules conformance/java/target examples/java/target clients/node/node_modules clients/node/dist console/node_modules
	go clean -testcache
