#!/bin/sh
# Dubs a stream before your eyes: see "make demo" in README.md. Arguments go to the demo; --help lists them.
#
# usage: scripts/demo.sh [ARGUMENT]...
set -eu
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

scripts/setup.sh
CONFIGURATION=Release scripts/build.sh tools/demo artifacts/demo/build.log >&2
scripts/make-fixtures.sh
exec tools/demo/bin/Release/net10.0/Dubbing.Demo "$@"
