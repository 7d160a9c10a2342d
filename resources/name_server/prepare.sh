#!/bin/sh
# Runs as root on a name server: makes PowerDNS what standard input, its configuration, says. Repeatable. Of a secondary
# $1 and $2 are the program that ends slow transfers, and its unit.
set -eu
umask 077
config=/etc/powerdns/pdns.conf
data=/var/lib/powerdns

# Only who is here now may ask the API.
panel=${SSH_CONNECTION%% *}
{
  cat
  printf 'webserver-allow-from=127.0.0.1,%s\n' "$panel"
} >"$config.new"
chown root:pdns "$config.new"
chmod 640 "$config.new"

install -d -o pdns -g pdns -m 750 "$data"
if [ ! -s "$data/pdns.sqlite3" ]; then
  rm -f "$data/pdns.sqlite3.new"
  sqlite3 "$data/pdns.sqlite3.new" </usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql
  chown pdns:pdns "$data/pdns.sqlite3.new"
  mv "$data/pdns.sqlite3.new" "$data/pdns.sqlite3"
fi

if ! cmp -s "$config.new" "$config" || ! systemctl is-active -q pdns; then
  mv "$config.new" "$config"
  systemctl enable -q pdns
  systemctl restart pdns
else
  rm -f "$config.new"
fi
program=/usr/local/sbin/end_slow_transfers
unit=/etc/systemd/system/end_slow_transfers.service
if [ -n "${1-}" ]; then
  if [ "$1" != "$(cat "$program" 2>/dev/null)" ] || [ "$2" != "$(cat "$unit" 2>/dev/null)" ]; then
    printf '%s\n' "$1" >"$program"
    printf '%s\n' "$2" >"$unit"
    chmod 755 "$program"
    chmod 644 "$unit"
    systemctl daemon-reload
    systemctl enable -q end_slow_transfers
    systemctl restart end_slow_transfers
  fi
elif [ -e "$unit" ]; then
  systemctl disable -q --now end_slow_transfers
  rm -f "$unit" "$program"
fi
echo prepared
