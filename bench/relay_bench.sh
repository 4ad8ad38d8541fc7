#!/usr/bin/env bash
# Relay: CPU seconds per GB of our splice engine and of haproxy, at 1, 16 and 256 streams.
#
#   relay_bench.sh [ROUNDS] [SECONDS]    default: 5 rounds of 2 s, sides in turn
#
# Prints one row a line: metric, ours, peer, ratio, rounds. Needs root (a network namespace of its
# own keeps the load off the machine's network) and haproxy. Both relays run on one processor, the
# last; both use the kernel's default congestion control.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
bench="${HEARTH_BUILD:-$here/../build/release}/bench/relay_bench"
rounds="${1:-5}"
seconds="${2:-2}"
space="hearth-bench-$$"
processor="$(($(nproc) - 1))"
inside=(ip netns exec "$space")
pids=()

cleanup() {
  ((${#pids[@]} == 0)) || kill "${pids[@]}" 2>/dev/null || true
  wait
  ip netns delete "$space"
}

ip netns add "$space"
trap cleanup EXIT
ip -n "$space" link set lo up
"${inside[@]}" sysctl -qw net.ipv4.ip_local_port_range="10000 65000"
for control in cubic reno; do  # What a namespace may choose depends on the machine.
  "${inside[@]}" sysctl -qw net.ipv4.tcp_congestion_control="$control" 2>/dev/null && break
done

"${inside[@]}" taskset -c "$processor" "$bench" relay 7104 & pids+=($!)
"${inside[@]}" taskset -c "$processor" haproxy -db -f "$here/relay_haproxy.cfg" & pids+=($!)
sleep 1  # Until both listen.

ours() { "${inside[@]}" "$bench" load hearth 7104 "$1" "$seconds" "${pids[0]}"; }
peer() { "${inside[@]}" "$bench" load tcp 7103 "$1" "$seconds" "${pids[1]}" 7001; }
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for streams in 1 16 256; do
  mine=() theirs=()
  for ((round = 0; round < rounds; ++round)); do
    mine+=("$(ours "$streams" | cut -d' ' -f1)")
    theirs+=("$(peer "$streams" | cut -d' ' -f1)")
  done
  a="$(printf '%s\n' "${mine[@]}" | median)"
  b="$(printf '%s\n' "${theirs[@]}" | median)"
  awk -v name="relay.cpu_per_gb.$streams" -v a="$a" -v b="$b" -v n="$rounds" \
    'BEGIN { printf "%s  %.3f  %.3f  %.2f  %d\n", name, a, b, a / b, n }'
done
