#!/usr/bin/env bash
# Checks and mends what a deployment needs: the operator, the secrets, the registry.
# The documented entry point; all it does is call mayfly, which takes the pull request from the event or from the arguments.
exec "$(dirname "${BASH_SOURCE[0]}")/../../../mayfly" stage preflight "$@"
