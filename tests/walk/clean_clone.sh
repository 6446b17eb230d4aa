#!/bin/sh
# Proves by hand that a fresh machine can start the program: clones this repository as committed into a temporary folder
# and runs it twice; the first run sets up, the second must spend no time on that. Not a part of pytest: it downloads.
#   tests/walk/clean_clone.sh [command]     "--help" when none is named; "--test" proves the tests as well
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
git clone -q "$here" "$folder/clone"
cd /

seconds() { date +%s; }

begun=$(seconds)
"$folder/clone/run" --help >"$folder/first" 2>"$folder/said"
first=$(($(seconds) - begun))
grep -q 'setting up' "$folder/said" || { echo "the first start set nothing up" >&2; exit 1; }
grep -q agentdesk "$folder/first"

begun=$(seconds)
"$folder/clone/run" --help >"$folder/second" 2>"$folder/said"
second=$(($(seconds) - begun))
if grep -q 'setting up' "$folder/said" || [ "$second" -gt 5 ]; then
  echo "the second start spent ${second} s, on: $(cat "$folder/said")" >&2
  exit 1
fi
cmp "$folder/first" "$folder/second"
if [ -n "$(git -C "$folder/clone" status --porcelain)" ]; then
  echo "a start leaves files in the checkout:" >&2
  git -C "$folder/clone" status --porcelain >&2
  exit 1
fi
echo "clean clone: first start ${first} s, second ${second} s"
if [ $# -gt 0 ]; then "$folder/clone/run" "$@"; fi
