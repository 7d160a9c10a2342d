# shellcheck shell=bash
# What a person sees: short Japanese lines, each with the time since the start.

started_at=${started_at:-$SECONDS}

say() { printf '[%4ds] %s\n' "$((SECONDS - started_at))" "$*"; }
warn() { printf '[%4ds] 注意: %s\n' "$((SECONDS - started_at))" "$*" >&2; }

# die WHAT WHAT_TO_DO
die() {
  printf '\nできませんでした: %s\n' "$1" >&2
  if [[ -n ${2:-} ]]; then printf '対処: %s\n' "$2" >&2; fi
  exit 1
}

# quietly LOG COMMAND…: the output goes to LOG, and its end is shown when the command fails.
quietly() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if "$@" >"$log" 2>&1 </dev/null; then return 0; fi
  printf '失敗した処理の記録 (%s) の末尾:\n' "$log" >&2
  tail -n 25 "$log" >&2
  return 1
}

# wait_until SECONDS COMMAND…: tries ten times a second.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= deadline)); then return 1; fi
    sleep 0.1
  done
}
