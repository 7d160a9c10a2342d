#!/bin/sh
# Runs as root on the secondary. PowerDNS waits for a primary as long as that says a byte now and then, and has only so
# many hands: whoever has not handed over his zone after a minute is cut off, and asked again later (OPT-10).
set -eu
rounds=${TRANSFER_ROUNDS:-12}
seen=${RUNTIME_DIRECTORY:-/run}/transfers
: >"$seen"
while sleep 5; do
  # What it fetches, not what it is asked (53) or told (8081)
  ss -Htnp state established 'sport != :53 and sport != :8081' |
    awk '/"pdns_server"/ { print $3, $4 }' |
    awk 'FNR == NR { count[$1 " " $2] = $3; next } { print $1, $2, count[$1 " " $2] + 1 }' "$seen" - >"$seen.new"
  mv "$seen.new" "$seen"
  awk -v most="$rounds" '$3 >= most { print $1, $2 }' "$seen" | while read -r here there; do
    echo "transfer from $there cut off"
    ss -K -Htn src "$here" dst "$there" >/dev/null
  done
done
