#!/usr/bin/env bash
# Installs or upgrades the application.
# The documented entry point; all it does is call mayfly, which takes the pull request from the event or from the arguments.
exec "$(dirname "${BASH_SOURCE[0]}")/../../../mayfly" stage deploy "$@"
