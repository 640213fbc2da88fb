#!/usr/bin/env bash
# The documented helpers around Terraform, to be sourced. Each calls mayfly and holds no logic.
_mayfly="$(dirname "${BASH_SOURCE[0]}")/../../mayfly"

# What an apply would do; writes nothing.
tf_plan() { "$_mayfly" plan "$@"; }

# Drops state entries whose real thing is gone.
tf_prune() { "$_mayfly" stage prune "$@"; }

# Adopts what exists and belongs to the environment.
tf_reconcile() { "$_mayfly" stage reconcile "$@"; }

# Applies the infrastructure, layer by layer.
tf_apply() { "$_mayfly" stage apply "$@"; }

# Removes the environment and proves that it is gone.
tf_destroy() { "$_mayfly" down "$@"; }
