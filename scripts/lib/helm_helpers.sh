#!/usr/bin/env bash
# The documented helpers around Helm, to be sourced. Each calls mayfly and holds no logic.
_mayfly="$(dirname "${BASH_SOURCE[0]}")/../../mayfly"

# The composed values of the application.
helm_values() { "$_mayfly" values "$@"; }

# Installs or upgrades the application.
helm_deploy() { "$_mayfly" stage deploy "$@"; }

# Waits until the environment is reachable, or says why it is not.
helm_verify() { "$_mayfly" stage verify "$@"; }
