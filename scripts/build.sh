#!/bin/sh
# Builds quietly. On failure each error is printed once and the log is named; the exit code is 1.
#
# usage: scripts/build.sh PROJECT LOG
set -u
mkdir -p "$(dirname "$2")"
if dotnet build "$1" -c "${CONFIGURATION:-Release}" -v quiet -nologo >"$2" 2>&1; then exit 0; fi

# A NuGet source that does not answer is reported by every project, in several lines each.
unreachable=$(sed -n 's/.* error NU1301: \(Unable to load.*\) \[.*/\1/p' "$2" | head -n 1)
if [ -n "$unreachable" ]; then
  printf '    no NuGet packages: %s\n' "$unreachable"
elif grep -q -E ': (error|warning) ' "$2"; then
  grep -E ': (error|warning) ' "$2" | sort -u | head -n 20
else
  tail -n 5 "$2"
fi
printf '    full log: %s\n' "$2"
exit 1
