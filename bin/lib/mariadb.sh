# shellcheck shell=bash
# A MariaDB of a test run's own: fresh data below /var/tmp, a free port of loopback, gone at the end.

mariadb_dir='' mariadb_pid=''

install_mariadb() {
  # The core packages bring no service: a MariaDB that may run on this machine is none of ours.
  install_packages mariadb 'MariaDB' mariadb-server-core mariadb-client-core
  getent passwd mysql >/dev/null ||
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin mysql
}

free_port() { # FIRST
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

# Nothing here has to survive a crash, so nothing waits for the disk.
start_mariadb() {
  install_mariadb
  mariadb_dir=$(mktemp -d /var/tmp/tsukasa-mariadb.XXXXXX)
  chown mysql:mysql "$mariadb_dir"
  local small=(--innodb-log-file-size=32M --innodb-buffer-pool-size=128M --innodb-flush-log-at-trx-commit=0
    --innodb-doublewrite=0 --skip-log-bin --skip-name-resolve)
  quietly "$log_dir/mariadb-install.log" mariadb-install-db --no-defaults --user=mysql --datadir="$mariadb_dir/data" \
    --auth-root-authentication-method=normal --skip-test-db "${small[@]:0:1}" ||
    die 'テスト用の MariaDB を用意できませんでした。' "記録 $log_dir/mariadb-install.log を見てください。"
  DB_PORT=$(free_port 33061)
  DB_PASSWORD=$(openssl rand -hex 16)
  export DB_HOST=127.0.0.1 DB_PORT DB_USER=tsukasa DB_PASSWORD DB_DATABASE=tsukasa_test
  mariadbd --no-defaults --user=mysql --datadir="$mariadb_dir/data" --socket="$mariadb_dir/socket" --bind-address=127.0.0.1 \
    --port="$DB_PORT" --pid-file="$mariadb_dir/pid" "${small[@]}" </dev/null >"$log_dir/mariadb.log" 2>&1 &
  mariadb_pid=$!
  wait_until 30 mariadb_as_root -e 'select 1' ||
    die 'テスト用の MariaDB が起動しません。' "記録 $log_dir/mariadb.log を見てください。"
  mariadb_as_root -e "create user tsukasa@'%' identified by '$DB_PASSWORD'; grant all on \`tsukasa\\_%\`.* to tsukasa@'%'"
}

# Before each suite: what an aborted one left is not the next one's business.
empty_mariadb() {
  mariadb_as_root -e "drop database if exists $DB_DATABASE; create database $DB_DATABASE character set utf8mb4"
}

mariadb_as_root() { mariadb --no-defaults -u root -S "$mariadb_dir/socket" "$@"; }

stop_mariadb() {
  if [[ -n $mariadb_pid ]]; then
    kill "$mariadb_pid" 2>/dev/null || true
    wait "$mariadb_pid" 2>/dev/null || true
  fi
  if [[ $mariadb_dir == /var/tmp/tsukasa-mariadb.* ]]; then rm -rf --one-file-system "$mariadb_dir"; fi
  mariadb_pid='' mariadb_dir=''
}
