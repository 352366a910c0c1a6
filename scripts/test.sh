#!/bin/sh
# Builds once and runs every test suite: the longest of those that judge no pacing beside all others of them, then the rest one after
# another. The last line is "N passed, N failed"; the exit code is 0 only if every suite ran tests and none failed. Full logs and result files
# are left in artifacts/test/.
#
# usage: scripts/test.sh            everything but the soak tests
#        DUBBING_SOAK=1 scripts/test.sh   only the soak tests (trait Category=Soak)
#        TEST_SUITES='Dubbing.Pipeline.Tests echo-sts' scripts/test.sh   only these suites
set -u
cd "$(dirname "$0")/.." || exit 1

configuration=Release
results=artifacts/test
soak=${DUBBING_SOAK:-0}
if [ "$soak" = 1 ]; then limit=7200 trait=-trait; else limit=900 trait=-trait-; fi

passed=0
failed=0
skipped=0
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# What is printed last, however the run ends.
finish() {
  [ "$skipped" -eq 0 ] || printf '%s skipped\n' "$skipped"
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
  exit
}

wanted() {
  case " ${TEST_SUITES:-$1} " in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

# Adds one suite's figures, which its run has left in a file: NAME PASSED FAILED SKIPPED SECONDS EXIT_CODE LOG
report() {
  # shellcheck disable=SC2046 # words are what is wanted
  set -- $(cat "$results/$1.figures")
  own_failed=$3
  note=
  if [ "$6" -eq 124 ] || [ "$6" -eq 137 ]; then
    note=" (stopped after $limit s)"
  elif [ $(($2 + $3)) -eq 0 ] && { [ "$soak" != 1 ] || [ "$6" -ne 0 ]; }; then
    note=' (ran no test)'
  elif [ "$6" -ne 0 ] && [ "$3" -eq 0 ]; then
    note=" (ended with code $6)"
  fi
  # A runner that did not come to its end hides tests: that is a failure of its own.
  [ -z "$note" ] || own_failed=$((own_failed + 1))
  printf '%-28s %4s passed %3s failed %3s skipped %5s s%s\n' "$1" "$2" "$own_failed" "$4" "$5" "$note"
  if [ "$own_failed" -ne 0 ]; then
    show_failures "$7"
    printf '    full log: %s\n' "$7"
  fi
  passed=$((passed + $2)) failed=$((failed + own_failed)) skipped=$((skipped + $4))
}

# The failed tests with their messages, or the end of the log when it names none.
show_failures() {
  if grep -q -e '\[FAIL\]' -e '^not ok' -e '^✖' "$1"; then
    grep -A 12 -e '\[FAIL\]' -e '^not ok' -e '^✖' "$1" | head -n 80 | sed 's/^/    /'
  else
    tail -n 20 "$1" | sed 's/^/    /'
  fi
}

# Sum of one attribute over the <assembly> elements of an xUnit result file; 0 without a file.
attribute() {
  [ -f "$1" ] || { echo 0; return; }
  grep -o '<assembly [^>]*>' "$1" | grep -o " $2=\"[0-9]*\"" | grep -o '[0-9]*' | awk '{ sum += $1 } END { print sum + 0 }'
}

run_dotnet_suite() {
  name=$(basename "$1")
  runner=$1/bin/$configuration/net10.0/$name
  log=$results/$name.log
  xml=$results/$name.xml
  begin=$(date +%s)
  timeout -k 10 $limit "$runner" -noColor -noLogo $trait Category=Soak -xml "$xml" >"$log" 2>&1
  code=$?
  echo "$name" "$(attribute "$xml" passed)" $(($(attribute "$xml" failed) + $(attribute "$xml" errors))) \
    "$(attribute "$xml" skipped)" $(($(date +%s) - begin)) $code "$log" >"$results/$name.figures"
}

# One figure of the summary that `node --test` ends with, whichever reporter this version of Node has.
node_figure() {
  sed -n "s/^[^a-z]* $2 \([0-9][0-9]*\)\$/\1/p" "$1" | tail -n 1 | grep . || echo 0
}

run_node_suite() {
  name=$(basename "$1")
  log=$results/$name.log
  begin=$(date +%s)
  (cd "$1" && NO_COLOR=1 FORCE_COLOR=0 timeout -k 10 $limit npm test --silent) >"$log" 2>&1
  code=$?
  echo "$name" "$(node_figure "$log" pass)" $(($(node_figure "$log" fail) + $(node_figure "$log" cancelled))) \
    "$(node_figure "$log" skipped)" $(($(date +%s) - begin)) $code "$log" >"$results/$name.figures"
}

rm -rf "$results"
mkdir -p "$results"
trap 'failed=$((failed + 1)); finish' INT TERM

# The clips are made on first use, too; a build leaves a processor free for that. What fails there fails the tests that need them.
scripts/make-fixtures.sh >$results/fixtures.log 2>&1 &
fixtures=$!
printf 'Building (%s)\n' $configuration
if ! CONFIGURATION=$configuration scripts/build.sh Dubbing.slnx $results/build.log; then
  failed=1
  finish
fi
wait $fixtures

build_plugin() {
  if ! wanted Dubbing.Plugin.Tests; then return; fi
  printf 'Building the plugin\n'
  if ! CONFIGURATION=$configuration scripts/build-plugin.sh >$results/plugin-build.log 2>&1; then
    cat $results/plugin-build.log
    failed=$((failed + 1))
    alone=$(echo "$alone" | sed 's| [^ ]*/Dubbing.Plugin.Tests||')
  fi
}

# A suite by its folder; nothing if it is not wanted.
run_suite() {
  name=$(basename "$1")
  if ! wanted "$name"; then return; fi
  if [ -f "$1/package.json" ]; then run_node_suite "$1"; else run_dotnet_suite "$1"; fi
}

report_suite() {
  if wanted "$(basename "$1")"; then report "$(basename "$1")"; fi
}

longest=tests/Dubbing.Elements.Tests
alone='tests/Dubbing.EndToEnd.Tests tests/Dubbing.Plugin.Tests'
others=
for project in tests/*.Tests; do
  case " $longest $alone " in *" $project "*) ;; *) others="$others $project" ;; esac
done
if [ "$soak" = 1 ]; then
  alone="$longest $others $alone"
  build_plugin
else
  run_suite $longest &
  others="$others $(dirname tools/*/package.json)"
  for suite in $others; do
    run_suite "$suite"
    report_suite "$suite"
  done
  # Takes both processors for a while, so not beside what judges pacing.
  build_plugin
  wait $!
  report_suite $longest
fi
for suite in $alone; do
  run_suite "$suite"
  report_suite "$suite"
done
finish
