#!/bin/sh
# Builds and runs the benchmark of the session layer: what a fragment allocates, and how the large object heap grows.
#
# usage: scripts/bench.sh [FRAGMENTS]   fragments of each of its streams (50)
set -eu
cd "$(dirname "$0")/.."

mkdir -p artifacts
CONFIGURATION=Release scripts/build.sh bench/Dubbing.Bench artifacts/bench-build.log >&2
exec bench/Dubbing.Bench/bin/Release/net10.0/Dubbing.Bench "$@"
