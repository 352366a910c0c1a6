# The commands of this project. All but help, clean and check-setup see to it that what it needs is installed (scripts/setup.sh).

CONFIGURATION ?= Release
SERVICE = src/Dubbing.Service/bin/$(CONFIGURATION)/net10.0/dubbing

# No welcome on the first run, nothing sent home.
export DOTNET_NOLOGO = 1
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_GENERATE_ASPNET_CERTIFICATE = false

.PHONY: help setup build test run demo soak bench check-setup plugin format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing of Debian and npm packages
	@scripts/setup.sh

build: setup ## Build everything
	dotnet build Dubbing.slnx -c $(CONFIGURATION) -v quiet -nologo

test: setup ## Build and run all tests; ends with "N passed, N failed"
	@scripts/test.sh

soak: setup ## Build and run the long tests
	@DUBBING_SOAK=1 scripts/test.sh

bench: setup ## Print what a fragment allocates (ARGS: fragments of each stream)
	@scripts/bench.sh $(ARGS)

demo: ## Dub a stream before your eyes (ARGS=--help lists what can be changed)
	@scripts/demo.sh $(ARGS)

run: build ## Run the service (settings by environment, see README)
	@exec $(SERVICE) $(ARGS)

check-setup: ## As root, with debootstrap: prove on a fresh Debian that setup installs enough (ARGS: suites)
	@scripts/check-setup.sh $(ARGS)

plugin: setup ## Compile the elements to artifacts/plugin/libgstdubbing.so for any GStreamer program
	@dotnet publish native/Dubbing.Plugin -c $(CONFIGURATION) -o artifacts/plugin -v quiet -nologo
	@find artifacts/plugin -mindepth 1 ! -name 'libgstdubbing.so' ! -name 'libgstdubbing.so.dbg' -exec rm -rf {} +
	@ls -lh artifacts/plugin | awk '/libgst/ { print "artifacts/plugin/" $$NF, $$5 }'

format: setup ## Format the C# sources
	dotnet format Dubbing.slnx

clean: ## Delete what was built
	rm -rf artifacts
	find native src tests bench tools/demo -depth -type d \( -name bin -o -name obj \) -exec rm -rf {} +
