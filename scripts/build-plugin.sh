#!/bin/sh
# Compiles the elements ahead of time: artifacts/plugin/libgstdubbing.so, its debug symbols beside it in libgstdubbing.so.dbg.
# What did not change is not compiled again.
#
# usage: scripts/build-plugin.sh
set -eu
cd "$(dirname "$0")/.."
folder=artifacts/plugin
dotnet publish native/Dubbing.Plugin -c "${CONFIGURATION:-Release}" -o $folder -v quiet -nologo
find $folder -mindepth 1 ! -name libgstdubbing.so ! -name libgstdubbing.so.dbg -exec rm -rf {} +
