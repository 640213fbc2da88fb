#!/usr/bin/env bash
# Says where the built program lies on this runner, and by which key the cache knows it: a hash of everything it is built from.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
sources=$(cd "$root" && find src scripts/build.sh Directory.*.props NuGet.config global.json -type f \
  -not -path '*/bin/*' -not -path '*/obj/*' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d ' ' -f 1)
{
  echo "folder=$RUNNER_TEMP/mayfly-$sources"
  echo "key=mayfly-$RUNNER_OS-$RUNNER_ARCH-$sources"
} >>"$GITHUB_OUTPUT"
