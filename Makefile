# The commands of this project. All but help, clean and check-setup see to it that what it needs is installed (scripts/setup.sh).

CONFIGURATION ?= Release
PREFIX ?= /usr/local
PLUGIN_FOLDER = $(DESTDIR)$(PREFIX)/lib/$(shell dpkg-architecture -q DEB_HOST_MULTIARCH 2>/dev/null)/gstreamer-1.0
SERVICE = artifacts/dubbing/dubbing

# No welcome on the first run, nothing sent home.
export DOTNET_NOLOGO = 1
export DOTNET_CLI_TELEMETRY_OPTOUT = 1
export DOTNET_GENERATE_ASPNET_CERTIFICATE = false

.PHONY: help setup build test run demo soak bench check-setup plugin install-plugin dist format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install what is missing of Debian and npm packages
	@scripts/setup.sh

build: setup ## Build everything; the service stands in artifacts/dubbing
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
	@CONFIGURATION=$(CONFIGURATION) scripts/build-plugin.sh
	@ls -lh artifacts/plugin | awk '/libgst/ { print "artifacts/plugin/" $$NF, $$5 }'

install-plugin: plugin ## Put the plugin into GStreamer's folder under PREFIX (default /usr/local)
	@install -D -m 644 artifacts/plugin/libgstdubbing.so "$(PLUGIN_FOLDER)/libgstdubbing.so"
	@echo "$(PLUGIN_FOLDER)/libgstdubbing.so"

dist: plugin ## Pack the plugin as a Debian package in artifacts/dist, its debug symbols as another
	@scripts/package-plugin.sh

format: setup ## Format the C# sources
	dotnet format Dubbing.slnx

clean: ## Delete what was built
	rm -rf artifacts
	find native src tests bench tools/demo -depth -type d \( -name bin -o -name obj \) -exec rm -rf {} +
