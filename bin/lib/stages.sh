# shellcheck shell=bash
# The stages of a test run: each is timed, its output shown and kept, its tests counted; a failure doesn't end the run.

passed=0 failed=0 stage_table='' aside_pid=''

# run_check NAME COMMAND…: counts as one test.
run_check() {
  local name=$1 begun=$SECONDS result=失敗
  shift
  stage_title "$name"
  if run_logged "$name" 900 "$@"; then
    passed=$((passed + 1)) result=合格
  else
    failed=$((failed + 1))
  fi
  stage_done "$name" "$begun" "$result"
}

# run_suite NAME SUITE LIMIT_SECONDS: a suite that ran no test, or ended without its summary, is a failure.
run_suite() {
  local name=$1 suite=$2 limit=$3 begun=$SECONDS status=0 counts good bad
  stage_title "$name"
  rm -f "$DB_FILE"*
  run_logged "$name" "$limit" "$node_bin" ace test "$suite" || status=$?
  counts=$(count_tests "$log_dir/test-$name.log")
  good=${counts%% *} bad=${counts##* }
  if ((good + bad == 0)); then
    printf '%s: テストが一つも実行されませんでした (終了コード %d)\n' "$name" "$status"
    bad=1
  elif ((status != 0 && bad == 0)); then
    printf '%s: 集計のあとで失敗しました (終了コード %d)\n' "$name" "$status"
    bad=1
  fi
  passed=$((passed + good)) failed=$((failed + bad))
  stage_done "$name" "$begun" "$good passed, $bad failed"
}

# "GOOD BAD" from the runner's last line of the kind "Tests  12 passed, 1 failed (13)"; colours don't matter.
count_tests() {
  sed -e 's/\x1b\[[0-9;]*m//g' "$1" | awk '
    /^ *Tests +[0-9]+ / { good = 0; bad = 0
      for (i = 2; i < NF; i++) { if ($(i + 1) ~ /^passed/) good = $i; if ($(i + 1) ~ /^failed/) bad = $i } }
    END { print good + 0, bad + 0 }'
}

# aside NAME COMMAND…: stages in a process of their own; what they say is shown when `take_in NAME` waits for them.
aside() {
  local name=$1
  shift
  rm -f "$log_dir/aside-$name"
  (
    passed=0 failed=0 stage_table=''
    "$@"
    printf 'aside_counts=(%d %d %q)\n' "$passed" "$failed" "$stage_table" >"$log_dir/aside-$name"
  ) </dev/null >"$log_dir/aside-$name.log" 2>&1 &
  aside_pid=$!
}

# What came to an end without its counts is a failure.
take_in() { # NAME
  wait "$aside_pid" || true
  cat "$log_dir/aside-$1.log"
  # shellcheck source=/dev/null
  if [[ -s $log_dir/aside-$1 ]] && source "$log_dir/aside-$1"; then
    passed=$((passed + aside_counts[0])) failed=$((failed + aside_counts[1])) stage_table+=${aside_counts[2]}
  else
    printf '%s: 途中で終わりました\n' "$1"
    failed=$((failed + 1))
  fi
}

stage_title() { printf '\n== %s\n' "$1"; }

stage_done() { # NAME BEGUN RESULT
  local line
  line=$(printf '%-22s %4d s  %s' "$1" "$((SECONDS - $2))" "$3")
  stage_table+=$line$'\n'
  printf -- '-- %s\n' "$line"
}

# In a session of its own with a time limit: what hangs ends, with all that it started.
run_logged() { # NAME LIMIT COMMAND…
  local name=$1 limit=$2
  shift 2
  (cd "$root" && timeout --kill-after=20 "$limit" "$@" </dev/null 2>&1) | tee "$log_dir/test-$name.log"
  return "${PIPESTATUS[0]}"
}

summary() {
  printf '\n== まとめ (%d 秒)\n%s\n' "$((SECONDS - started_at))" "$stage_table"
  printf '%d passed, %d failed\n' "$passed" "$failed"
}
