#!/usr/bin/env bash
# Replicated directories beside etcd; directory_bench.py says what is compared. Both run on a
# loopback of their own, in a network namespace, which needs root or user namespaces.
#
#   directory_bench.sh [ROUNDS] [SECONDS] [KILLS]    default: 5 rounds of 4 s, 7 kills
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export HEARTH_BUILD="${HEARTH_BUILD:-$here/../build/release}"
exec "$here/../tests/system/own_loopback.sh" python3 "$here/directory_bench.py" "$@"
