#!/usr/bin/env bash
# Makes sure of every value of the secret contract.
# The documented entry point; all it does is call mayfly, which takes the pull request from the event or from the arguments.
exec "$(dirname "${BASH_SOURCE[0]}")/../../../mayfly" secrets ensure "$@"
