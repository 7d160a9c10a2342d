# shellcheck shell=bash
# What a person sees: short Japanese lines, each with the time since the start.

started_at=${started_at:-$SECONDS}

say() { printf '[%4ds] %s\n' "$((SECONDS - started_at))" "$*"; }
warn() { printf '[%4ds] 注意: %s\n' "$((SECONDS - started_at))" "$*" >&2; }

# What lies ahead, in seconds by step: a command says it at its start, each step takes its own share away.
declare -A ahead=()

seconds_ahead() {
  local sum=0 seconds
  for seconds in "${ahead[@]}"; do sum=$((sum + seconds)); done
  echo "$sum"
}

# begin STEP TEXT: says what starts now and how long everything is still going to take.
begin() {
  local seconds
  seconds=$(seconds_ahead)
  unset "ahead[$1]"
  if ((seconds == 0)); then say "$2"; else say "$2 (残り約 $(duration "$seconds"))"; fi
}

duration() { if (($1 < 90)); then echo "$1 秒"; else echo "$((($1 + 30) / 60)) 分"; fi; }

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
