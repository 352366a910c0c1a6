#!/bin/sh
# Dubs a stream before your eyes: see "make demo" in README.md. Arguments go to the demo; --help lists them.
#
# usage: scripts/demo.sh [ARGUMENT]...
set -eu
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

scripts/setup.sh
log=artifacts/demo/build.log
mkdir -p artifacts/demo
if ! dotnet build tools/demo -c Release -v quiet -nologo >"$log" 2>&1; then
  grep -E ': error ' "$log" | sort -u | head -n 10 >&2
  printf 'demo: the build failed, see %s\n' "$log" >&2
  exit 1
fi
scripts/make-fixtures.sh
exec tools/demo/bin/Release/net10.0/Dubbing.Demo "$@"
