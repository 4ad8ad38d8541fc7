#!/usr/bin/env bash
# Runs a command on a loopback of its own, so that clusters of several tests find no port of theirs
# taken by another. Where no network namespace can be made, on this machine's: ports are chosen at
# random, and clash seldom.
set -euo pipefail

unshare=(unshare --net)
[[ $EUID -eq 0 ]] || unshare+=(--user --map-current-user --keep-caps)
if "${unshare[@]}" true 2>/dev/null; then
  exec "${unshare[@]}" bash -c 'ip link set lo up && exec "$@"' own_loopback "$@"
fi
exec "$@"
