#!/usr/bin/env bash
# Builds the three programs (mayfly, mayfly-local, mayfly-provider) into one folder, compiled ahead of time where the SDK can; the
# providers, which start more often than all else, become one native program where a C linker is there.
# Arguments: the folder; which of their projects (Cli, LocalCloud, TerraformProviders), all without any.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:-$root/artifacts/publish}
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- Cli LocalCloud TerraformProviders

case "$(uname -s)-$(uname -m)" in
  Linux-x86_64) rid=linux-x64 ;;
  Linux-aarch64) rid=linux-arm64 ;;
  Darwin-arm64) rid=osx-arm64 ;;
  Darwin-x86_64) rid=osx-x64 ;;
  *) echo "Mayfly is built for Linux and macOS, not for $(uname -s) on $(uname -m)." >&2; exit 2 ;;
esac

mkdir -p "$root/artifacts"
exec 9>"$root/artifacts/.build.lock"
if command -v flock >/dev/null 2>&1; then flock 9; fi

log="$root/artifacts/build.log"
started=$(mktemp)
echo "building Mayfly (a minute or so, once)" >&2
publish() {
  local project=$1 folder=$2
  shift 2
  # 9>&-: a compiler that outlives the build must not hold its lock.
  dotnet publish "$root/src/$project/$project.csproj" -c Release -r "$rid" "$@" -o "$folder" -v quiet --nologo >"$log" 2>&1 9>&-
}
# By way of a folder of its own: a publish takes away what an earlier one of the project put there, which others need.
native() {
  local folder=$root/artifacts/native
  publish TerraformProviders "$folder" -p:Native=true \
    && mkdir -p "$out" && cp "$folder/mayfly-provider" "$out/.mayfly-provider" && mv -f "$out/.mayfly-provider" "$out/mayfly-provider"
}
for project in "$@"; do
  if [ "$project" = TerraformProviders ] && { command -v clang || command -v gcc; } >/dev/null 2>&1; then
    # A linker without its libraries is no reason to stop.
    native && continue
  fi
  if ! publish "$project" "$out" --self-contained false -p:PublishReadyToRun=true; then
    echo "the build of src/$project failed:" >&2
    grep -E 'error|warn' "$log" | sort -u | head -n 20 >&2 || tail -n 20 "$log" >&2
    exit 1
  fi
done
# Dated at the start: a source that changed while the build ran is built again next time.
touch -r "$started" "$out/.built"
rm -f "$started"
