#!/usr/bin/env bash
# Runs a matrix whole and prints its table: scripts/matrix.sh crash|faults|states|all [--minutes N] [--only KIND,KIND] [--fresh]
# What an earlier call has shown (artifacts/matrices) is kept and only the rest is run; --fresh forgets it. --minutes begins nothing
# new after so long; --only takes these kinds of fault (throttle, server-error, reset, lose-answer, latency, deny). MAYFLY_MATRIX_WORKERS cases run side by side (2), MAYFLY_SEED repeats an order.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
usage="usage: scripts/matrix.sh crash|faults|states|all [--minutes N] [--only KIND,KIND] [--fresh]"
names=()
case "${1:-}" in
  crash | faults | states) names=("$1") ;;
  all) names=(crash faults states) ;;
  *) echo "$usage" >&2; exit 2 ;;
esac
shift
fresh=no
while [ $# -gt 0 ]; do
  case "$1" in
    --minutes) export MAYFLY_MATRIX_MINUTES="${2:?$usage}"; shift 2 ;;
    --only) export MAYFLY_MATRIX_ONLY="${2:?$usage}"; shift 2 ;;
    --fresh) fresh=yes; shift ;;
    *) echo "$usage" >&2; exit 2 ;;
  esac
done

"$root/scripts/tools.sh" || exit $?
home="${MAYFLY_HOME:-$HOME/.mayfly}"
export MAYFLY_HELM3="$home/tools/helm-3/helm" MAYFLY_HELM4="$home/tools/helm-4/helm" MAYFLY_KUBECTL="$home/tools/helm-4/kubectl"
(cd "$root" && dotnet build tests/EndToEnd.Tests -v quiet --nologo) || exit $?
"$root/scripts/build.sh" "$root/artifacts/publish" || exit $?
export MAYFLY_PROVIDER="$root/artifacts/publish/mayfly-provider"

code=0
for name in "${names[@]}"; do
  case "$name" in crash) class=CrashMatrixTests ;; faults) class=FaultMatrixTests ;; states) class=StateMatrixTests ;; esac
  rows="$root/artifacts/matrices/$name"
  [ "$fresh" = yes ] && rm -rf "$rows" "$rows.jsonl"
  rm -f "$rows.md"
  "$root/artifacts/bin/EndToEnd.Tests/debug/Mayfly.EndToEnd.Tests" --no-ansi --progress off --explicit only --filter-class "*.$class" || code=1
  printf '\n## %s\n\n' "$name"
  cat "$rows.md" || code=1
done
exit "$code"
