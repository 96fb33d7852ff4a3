#!/usr/bin/env bash
# Measures every figure of docs/performance.md on this machine. Use: bench/run.sh [OPTION...]
#   --clean-build       time a release build from nothing as well, in a folder of its own (minutes)
#   --no-edit-and-test  leave out the time of an edit and its tests
#   --zen               then decide on the same facts beside ZEN (needs Python and PyPI)
#   --kill9 ROUNDS      then kill the service under load so many times on each engine
#   anything else       goes to `bluelamp-bench figures` (see its --help): --seconds 5, --queue 20000, --only page
# Prints a table; writes it to target/bench/results.md and, with everything that was measured, results.json.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-$PWD/target}
out=$target/bench
mkdir -p "$out"
export CARGO_TARGET_DIR=$target

clean_build='' edit_and_test=yes zen='' rounds=0 options=()
while [ $# != 0 ]; do
    case $1 in
    --clean-build) clean_build=yes ;;
    --no-edit-and-test) edit_and_test='' ;;
    --zen) zen=yes ;;
    --kill9)
        rounds=${2:?--kill9 takes a number of rounds}
        shift
        ;;
    *) options+=("$1") ;;
    esac
    shift
done

# took COMMAND...: its seconds, on standard output; what it says goes to standard error.
took() {
    local began=$EPOCHREALTIME
    "$@" >&2
    awk -v a="$began" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f", b - a }'
}

given() { options+=(--given "$1=$2"); }

if [ -n "$clean_build" ]; then
    clean=$out/clean-build
    rm -rf "$clean"
    cargo fetch --locked
    seconds=$(CARGO_TARGET_DIR=$clean took cargo build --locked --release --package bluelamp)
    rm -rf "$clean"
    given clean-build "$seconds"
fi

cargo build --locked --release --package bluelamp --package bluelamp-bench

# The bench of the web crate says: question page, N bytes: median N µs, …
page=$(cargo bench --locked --quiet --package bluelamp-web --bench question_page)
printf '%s\n' "$page" >&2
given question-page-render "$(printf '%s\n' "$page" | sed -n 's/.*median \([0-9.]*\) µs.*/\1/p' | awk '{ print $1 / 1000 }')"

if [ -n "$edit_and_test" ]; then
    cargo nextest --version >/dev/null 2>&1 || edit_and_test=''
fi
if [ -n "$edit_and_test" ]; then
    # What is built already is not part of an edit.
    cargo nextest run --locked --package bluelamp-casework >&2
    touch crates/casework/src/lib.rs
    given edit-and-test "$(took cargo nextest run --locked --package bluelamp-casework)"
fi

# The file of police.uk that the goal names, where somebody has it; else one of the same shape is made up.
for folder in "${BLUELAMP_SHARED:-}" ../shared; do
    file=$folder/data/police/street/2018-07-west-yorkshire-street.csv.gz
    if [ -n "$folder" ] && [ -f "$file" ]; then
        options+=(--police "$file")
        break
    fi
done

"$target/release/bluelamp-bench" figures --bin "$target/release/bluelamp" --dir "$out/data" --out "$out" "${options[@]}"

if [ -n "$zen" ]; then
    bench/triage/run.py --out "$out/triage" | tee "$out/triage.md"
fi

if [ "$rounds" != 0 ]; then
    for engine in sqlite postgres; do
        "$target/release/bluelamp-bench" kill9 "$engine" --bin "$target/release/bluelamp" --dir "$out/data" \
            --rounds "$rounds" | tee "$out/kill9-$engine.json"
    done
fi
