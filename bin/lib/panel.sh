# shellcheck shell=bash
# The panel's process: web and worker in one, its number in storage/panel.pid.

readonly pid_file=$root/storage/panel.pid
readonly panel_log=$log_dir/panel.log
readonly env_file=$root/.env

# Only a process that runs in this directory is the panel: numbers are used again.
panel_pid() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  [[ $pid =~ ^[0-9]+$ && $(readlink "/proc/$pid/cwd" 2>/dev/null) == "$root" ]] || return 1
  tr '\0' ' ' <"/proc/$pid/cmdline" | grep -q 'bin/server' || return 1
  echo "$pid"
}

# Secrets are made here once, on the machine that uses them, and readable by root only.
ensure_env() {
  if [[ ! -e $env_file ]]; then (umask 077 && : >"$env_file"); fi
  chmod 600 "$env_file"
  default_env NODE_ENV production
  default_env HOST "${HOST:-127.0.0.1}"
  default_env PORT "${PORT:-3333}"
  default_env APP_URL "http://$(env_value HOST):$(env_value PORT)"
  default_env APP_KEY "$(openssl rand -base64 32)"
  default_env TZ UTC
  default_env LOG_LEVEL info
  default_env SESSION_DRIVER database
  default_env LIMITER_STORE database
  default_env DB_CONNECTION sqlite
}

default_env() { grep -q "^$1=" "$env_file" || printf '%s=%s\n' "$1" "$2" >>"$env_file"; }

# What is set in the environment goes before the file, as in the application.
env_value() { local given=${!1:-}; echo "${given:-$(sed -n "s/^$1=//p" "$env_file" | tail -n 1)}"; }

# Reached from this machine also when it listens on every address.
panel_url() {
  local host
  host=$(env_value HOST)
  if [[ $host == 0.0.0.0 || $host == :: ]]; then host=127.0.0.1; fi
  echo "http://$host:$(env_value PORT)"
}

# It runs, answers, and no file of the application is younger than it.
panel_is_current() {
  panel_pid >/dev/null && panel_answers &&
    [[ -z $(find "$root"/{app,bin,config,database,resources,start,package-lock.json,.env} -newer "$pid_file" -type f -print -quit) ]]
}

panel_answers() { curl -fsS -m 2 -o /dev/null "$(panel_url)/health"; }

port_is_free() { ! (exec 3<>"/dev/tcp/127.0.0.1/$(env_value PORT)") 2>/dev/null; }

migrate() {
  local stamp=$root/storage/migrated state
  state=$(migration_state)
  if [[ -n $state && $(cat "$stamp" 2>/dev/null) == "$state" ]]; then
    unset 'ahead[migrate]'
    return 0
  fi
  begin migrate 'データベースを準備しています'
  quietly "$log_dir/migrate.log" ace migration:run --force ||
    die 'データベースを準備できませんでした。' "記録 $log_dir/migrate.log を見てください。"
  migration_state >"$stamp"
}

# Which migrations which file has seen; nothing for a database on another machine, which is asked each time.
migration_state() {
  local file
  file=$(env_value DB_FILE)
  file=${file:-$root/storage/tsukasa.sqlite}
  if [[ $(env_value DB_CONNECTION) != sqlite || ! -s $file ]]; then return 0; fi
  { stat -c %i "$file"; cd "$root" && sha256sum database/migrations/*; } | sha256sum | cut -c1-32
}

# In a session of its own: it outlives the shell that started it.
start_panel() {
  if ! port_is_free; then
    die "ポート $(env_value PORT) は別のプログラムが使っています。" 'PORT=3334 bin/up のように別の番号を指定するか、そのプログラムを止めてください。'
  fi
  begin panel 'パネルを起動しています'
  (cd "$root" && exec setsid "$node_bin" --import=@poppinss/ts-exec bin/server.ts </dev/null >>"$panel_log" 2>&1) &
  echo $! >"$pid_file"
  wait_until 60 panel_is_up_or_gone "$!" || true
  panel_answers || {
    tail -n 25 "$panel_log" >&2
    stop_panel
    die 'パネルが応答しません。' "記録 $panel_log を見てください。"
  }
}

panel_is_up_or_gone() { panel_answers || ! kill -0 "$1" 2>/dev/null; }

# The worker finishes or hands back the task it is at; only a process that ignores the request for 40 s is killed.
stop_panel() {
  local pid
  pid=$(panel_pid) || { rm -f "$pid_file"; return 0; }
  say 'パネルを止めています'
  kill -TERM "$pid" 2>/dev/null || true
  if ! wait_until 40 gone "$pid"; then
    warn "パネル ($pid) が 40 秒で止まらないため、強制終了します。"
    kill -KILL "$pid" 2>/dev/null || true
    wait_until 5 gone "$pid" || true
  fi
  rm -f "$pid_file"
}

gone() { ! kill -0 "$1" 2>/dev/null; }
