# Everything a developer or a build server does, by name. "make help" lists it.

GOLANGCI_LINT := go run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
COMPOSE_SPEC  := go run github.com/compose-spec/compose-go/v2/cmd@v2.16.2

# A build of the commit that has the tag of a release says so; any other says by itself
# which release it comes before, and its commit.
VERSION := $(shell git diff --quiet HEAD 2>/dev/null && git describe --tags --exact-match 2>/dev/null)
LDFLAGS := -s -w -X main.version=$(VERSION)

# The race detector needs a C compiler; without one the tests still run.
RACE := $(if $(shell command -v cc),-race)

.DEFAULT_GOAL := help
.PHONY: help run build release test cover fuzz faults lint outdated fmt bench up tools

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: ## Serve on http://localhost:8080 from a store in data/
	go run ./cmd/hailong

build: ## Build the static binary ./hailong
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o hailong ./cmd/hailong

# The packages whose tests measure what reading costs.
MEASURED = $(shell grep -rlE 'costtest\.(Check|Raced)' --include='*_test.go' . | xargs -n1 dirname | sort -u)

release: ## Build dist/: binaries for linux and windows, their licences and checksums
	sh .ci/release $(VERSION)

test: tools ## Install what the tests need where that can be done, vet, test
	go vet ./...
	go test ./survey/storetest
	go test $(RACE) -timeout 14m ./web/... ./cmd/... ./... # the longest first: what comes last runs alone
	go test -timeout 14m -run 'Bombs|CostIsMeasured' $(MEASURED) # costs, which watching for races would change

cover: ## Print how much of each package its own tests run
	@go test -cover ./survey/... ./analysis/... ./qr | \
		awk '/^(---|FAIL)/ { print; bad = 1 } /^ok/ && match($$0, /coverage: [0-9.]+/) { printf "%6.1f %%  %s\n", substr($$0, RSTART + 10, RLENGTH - 10), $$2 } END { exit bad }'

FUZZTIME ?= 1m
fuzz: ## Fuzz every parser in turn, FUZZTIME=30m each
	@grep -roE --include='*_test.go' '^func Fuzz[A-Za-z0-9_]+' . | sed -E 's|^(.*)/[^/]+:func (.*)|\1 \2|' | sort -u | \
		while read -r package target; do \
			echo "$$package $$target"; \
			go test "$$package" -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) </dev/null || exit 1; \
		done

faults: ## Break what can be broken while people work: kills, full disk, clocks, database, two servers, flipped bits, bombs; print what was lost
	@MEASURED='$(MEASURED)' sh .ci/faults

lint: ## Check the code, its imports and format, and the compose file
	$(GOLANGCI_LINT) run
	$(GOLANGCI_LINT) fmt --diff
	# The checker does not read the environment, so the address that an office must write stands in the file.
	sed 's|$${HAILONG_PUBLIC_URL:?[^}]*}|https://hailong.example|' docker-compose.yml | $(COMPOSE_SPEC) - >/dev/null

outdated: ## List modules that are older than their newest version; there may be none at a landing
	@sh .ci/outdated

fmt: ## Format the code
	$(GOLANGCI_LINT) fmt

SCALE ?= 1000000,10000000
bench: ## Run the benchmarks, and print how figures grow; SCALE=1000000,100000000 needs 2 GB of disk and half an hour
	go test -run '^$$' -bench . -benchmem ./...
	HAILONG_TEST_SCALE=$(SCALE) go test -run '^TestScale$$' -v -timeout 2h ./analysis/results

up: .secrets .secrets/store_duty ## Start the application and its MongoDB with docker compose
	docker compose up --build --detach --wait

tools:
	@sh .ci/tools

# The secrets that docker-compose.yml mounts, made once. Nobody but the owner
# enters the directory; the files in it are readable, because each container
# that gets one runs under a user of its own.
SECRET := od -vAn -N24 -tx1 /dev/urandom | tr -d ' \n'
STORE  := mongodb://%s:%s@mongo1,mongo2,mongo3/hailong?replicaSet=hailong
.secrets:
	rm -rf $@.new && mkdir -m 700 $@.new
	$(SECRET) >$@.new/mongo_keyfile
	$(SECRET) >$@.new/mongo_root_password
	$(SECRET) >$@.new/admin_password
	printf '$(STORE)' hailong "$$($(SECRET))" >$@.new/store
	chmod 444 $@.new/*
	mv $@.new $@

# Of a rule of its own, because installations from before have none.
.secrets/store_duty: | .secrets
	printf '$(STORE)' hailong-duty "$$($(SECRET))" >$@.new
	chmod 444 $@.new
	mv $@.new $@
