# shellcheck shell=bash
# LXD or Incus on this machine: started when it isn't running, adopted when it is. What is ours there: the storage pools
# and the bridge below, the aliases of images, and instances whose names begin with this installation's prefix. Nothing else is
# touched, and nothing below the daemon's directory is ever removed.

readonly compute_pool=tsukasa backup_pool=tsukasabackup compute_bridge=tsukasabr0
readonly pool_least_gib=12 pool_most_gib=100 backup_least_gib=2 backup_most_gib=50

driver='' client='' socket=''

# Why this machine can't run containers, in words for the person at it; nothing when it can.
why_no_containers() {
  if in_chroot; then echo 'chroot の中では LXD を起動しません (外側の LXD を壊すおそれがあるため)'; return; fi
  if ! load_module btrfs btrfs; then echo 'カーネルに btrfs がありません'; return; fi
  if [[ ! -e /proc/self/ns/user || $(cat /proc/sys/user/max_user_namespaces 2>/dev/null || echo 0) == 0 ]]; then
    echo 'ユーザ名前空間が使えません'; return
  fi
  if ! cgroups_mounted; then echo 'cgroup が使えません'; return; fi
  if [[ ! -e /dev/loop-control ]] && ! modprobe -q loop 2>/dev/null; then echo 'ループデバイスが使えません'; return; fi
  if ! ip link add tsukasaprobe type bridge 2>/dev/null; then echo 'ブリッジを作る権限がありません'; return; fi
  ip link delete tsukasaprobe
}

# A plain chroot is no mount, or the root of process 1 is another directory than ours. Without /proc nobody can tell.
in_chroot() {
  ! awk '$5 == "/" { found = 1 } END { exit !found }' /proc/self/mountinfo 2>/dev/null ||
    [[ $(stat -Lc %d:%i /) != $(stat -Lc %d:%i /proc/1/root/. 2>/dev/null || stat -Lc %d:%i /) ]]
}

load_module() { # FILE_SYSTEM MODULE
  grep -qw "$1" /proc/filesystems || { modprobe -q "$2" 2>/dev/null && grep -qw "$1" /proc/filesystems; }
}

cgroups_mounted() {
  if grep -qE '^[^ ]+ /sys/fs/cgroup[^ ]* cgroup2? ' /proc/mounts; then return 0; fi
  mount -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null
}

with_systemd() { [[ -d /run/systemd/system ]]; }

# Whichever is there already; else what Debian has: LXD in 12, Incus (or LXD) in 13.
choose_driver() {
  if [[ -n ${LXD_DIR:-} ]] || command -v lxd >/dev/null; then driver=lxd
  elif [[ -n ${INCUS_DIR:-} ]] || command -v incusd >/dev/null || [[ -x /usr/libexec/incus/incusd ]]; then driver=incus
  elif available incus; then driver=incus
  else driver=lxd; fi
  case $driver in
    lxd) client=lxc socket=${LXD_DIR:-/var/lib/lxd}/unix.socket ;;
    incus) client=incus socket=${INCUS_DIR:-/var/lib/incus}/unix.socket ;;
  esac
}

install_compute() {
  refresh_apt_once_for_driver
  choose_driver
  install_packages compute 'コンテナ基盤' "${driver_packages[$driver]}" \
    lxcfs dnsmasq-base btrfs-progs debootstrap squashfs-tools iproute2 nftables uidmap procps xz-utils
}

declare -A driver_packages=([lxd]=lxd [incus]=incus)

# An untouched machine has no package lists yet: without them nothing would look available.
refresh_apt_once_for_driver() {
  if ! command -v lxd >/dev/null && ! command -v incus >/dev/null && ! available lxd && ! available incus; then refresh_apt; fi
}

answers() { "$client" info >/dev/null 2>&1; }

# The kernel knows of a daemon at that path, though nobody answers at ours: it runs outside of what we see as the root.
daemon_elsewhere() { grep -qE " $socket\$" /proc/net/unix && ! wait_until 30 answers; }

start_compute() {
  start_lxcfs
  if answers; then return 0; fi
  if daemon_elsewhere; then
    die "${driver} がこのマシンの別の場所で動いています。" 'そちらで実行するか、LXD_DIR (INCUS_DIR) に別のディレクトリを指定してください。'
  fi
  say "${driver} を起動しています"
  if with_systemd && [[ -z ${LXD_DIR:-}${INCUS_DIR:-} ]]; then
    systemctl start "$driver.socket" "$driver.service" >/dev/null 2>&1 || true
  else
    start_daemon
  fi
  wait_until 60 answers ||
    die "${driver} が応答しません。" "記録 ${log_dir}/${driver}.log と /var/log/${driver}/ を見てください。"
}

# In a session of its own, so that it outlives this shell; an instance's life doesn't depend on the daemon's.
start_daemon() {
  local daemon group=$driver
  if [[ $driver == lxd ]]; then
    daemon=lxd
    if ! getent group lxd >/dev/null; then group=root; fi
  else
    daemon=/usr/libexec/incus/incusd group=incus-admin
    if [[ ! -x $daemon ]]; then daemon=incusd; fi
  fi
  mkdir -p "/var/log/$driver" "$(dirname "$socket")"
  (ulimit -n 1048576 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    setsid "$daemon" --group "$group" </dev/null >>"$log_dir/$driver.log" 2>&1 &)
}

# Without it `free` inside a server shows this machine's memory. Limits hold anyway, so a failure is only a warning.
start_lxcfs() {
  if [[ -e /var/lib/lxcfs/proc/meminfo ]]; then return 0; fi
  # A daemon that was killed leaves a mount that answers nobody, not even mkdir: another can only start in its place.
  if grep -q ' /var/lib/lxcfs fuse.lxcfs ' /proc/mounts; then umount -l /var/lib/lxcfs || true; fi
  mkdir -p /var/lib/lxcfs || { warn 'lxcfs を準備できません (サーバ内の free の表示だけが変わります)。'; return 0; }
  if with_systemd; then
    systemctl start lxcfs >/dev/null 2>&1 || true
  else
    setsid lxcfs /var/lib/lxcfs </dev/null >>"$log_dir/lxcfs.log" 2>&1 &
  fi
  wait_until 5 test -e /var/lib/lxcfs/proc/meminfo || warn 'lxcfs が起動しません (サーバ内の free の表示だけが変わります)。'
}

# ---- storage

free_gib() { df -BG --output=avail "$(dirname "$socket")" | tail -n 1 | tr -dc 0-9; }

# Sparse file: the size is a ceiling, not a reservation. A third of the disk stays for everything else.
pool_gib() {
  local gib=$(($(free_gib) * 2 / 3))
  echo $((gib > pool_most_gib ? pool_most_gib : gib))
}

ensure_pool() {
  local found
  found=$("$client" storage list -f csv | awk -F, -v name="$compute_pool" '$1 == name { print $2 }')
  case $found in
    btrfs) return 0 ;;
    '') ;;
    *) die "ストレージプール ${compute_pool} が ${found} です (btrfs が必要です)。" 'そのプールの名前を変えてから、もう一度実行してください。' ;;
  esac
  if (($(pool_gib) < pool_least_gib)); then
    die "空きディスクが足りません ($(free_gib) GiB。$((pool_least_gib * 3 / 2)) GiB 以上が必要です)。" \
      "$(dirname "$socket") のあるディスクを空けてから、もう一度実行してください。"
  fi
  say "ストレージプールを作っています (最大 $(pool_gib) GiB)"
  quietly "$log_dir/pool.log" "$client" storage create "$compute_pool" btrfs "size=$(pool_gib)GiB" ||
    die 'ストレージプールを作れませんでした。' "上の記録を見てください。"
}

has_pool() { # NAME
  "$client" storage list -f csv | awk -F, -v name="$1" '$1 == name && $2 == "btrfs" { found = 1 } END { exit !found }'
}

# BKP-01: what backups lie on, apart from the servers; in production a pool on disks of its own that bears this name.
# Without it servers run all the same, and the panel says that no backup is made.
ensure_backup_pool() {
  local gib=$(($(free_gib) / 3))
  if has_pool "$backup_pool"; then return 0; fi
  gib=$((gib > backup_most_gib ? backup_most_gib : gib))
  if ((gib < backup_least_gib)); then warn "空きディスクが足りないため、バックアップ用のストレージプールを作りません。"; return 0; fi
  say "バックアップ用のストレージプールを作っています (最大 ${gib} GiB)"
  # Another copy of this project may be doing so at this moment.
  quietly "$log_dir/backup-pool.log" "$client" storage create "$backup_pool" btrfs "size=${gib}GiB" ||
    has_pool "$backup_pool" || warn 'バックアップ用のストレージプールを作れませんでした。'
}

# A volume's limit holds only while btrfs counts. Newer kernels stop counting in silence when a large tree is deleted; eight
# levels are more than any tree has. What stopped already is counted anew, beside everything else.
keep_counting() { # POOL
  local place uuid counts
  place=$(dirname "$socket")/storage-pools/$1
  uuid=$(findmnt -rno UUID "$place" 2>/dev/null) || return 0
  counts=/sys/fs/btrfs/$uuid/qgroups
  if [[ -w $counts/drop_subtree_threshold ]]; then echo 8 >"$counts/drop_subtree_threshold" || true; fi
  if grep -qsx 1 "$counts/inconsistent"; then
    btrfs quota rescan "$place" >>"$log_dir/pool.log" 2>&1 || warn "ストレージプール $1 の使用量を数え直せません (容量の上限が働きません)。"
  fi
}

# ---- network

ip_number() {
  local IFS=. a b c d
  read -r a b c d <<<"$1"
  echo $(((a << 24) + (b << 16) + (${c:-0} << 8) + ${d:-0}))
}

ip_text() { echo "$(($1 >> 24 & 255)).$(($1 >> 16 & 255)).$(($1 >> 8 & 255)).$(($1 & 255))"; }

# Networks that this machine has an address in or a route to, as "first last" numbers.
networks_here() {
  local cidr bits first
  { ip -4 -o address show | awk '{ print $4 }'; ip -4 route show table all | awk '$1 ~ /^[0-9]/ { print $1 }'; } |
    sort -u | while read -r cidr; do
      bits=32
      if [[ $cidr == */* ]]; then bits=${cidr#*/}; fi
      first=$(($(ip_number "${cidr%/*}") & (0xffffffff << (32 - bits) & 0xffffffff)))
      echo "$first $((first + (1 << (32 - bits)) - 1))"
    done
}

# The first free /20 of 10.87.0.0/16, then of its neighbours.
free_subnet() {
  local taken second third first last
  taken=$(networks_here)
  for second in 87 88 89 143 201; do
    for third in $(seq 0 16 240); do
      first=$(ip_number "10.$second.$third.0")
      last=$((first + 4095))
      if ! awk -v f="$first" -v l="$last" '$1 <= l && $2 >= f { found = 1 } END { exit !found }' <<<"$taken"; then
        ip_text "$first"
        return 0
      fi
    done
  done
  return 1
}

ensure_bridge() {
  if ! "$client" network list -f csv | cut -d, -f1 | grep -qx "$compute_bridge"; then make_bridge; fi
  # The daemon's own rule against routing also meets what goes from one machine of the bridge to another, so that a
  # secondary name server would not reach its primary.
  if [[ $("$client" network get "$compute_bridge" ipv4.firewall) != false ]]; then
    quietly "$log_dir/bridge.log" "$client" network set "$compute_bridge" ipv4.firewall=false
  fi
  close_bridge
}

make_bridge() {
  local subnet
  subnet=$(free_subnet) || die '空いているアドレス範囲が見つかりません。' 'ip route の表を確かめてください。'
  say "ブリッジ ${compute_bridge} を作っています (${subnet}/20)"
  # No NAT and no routing: servers are reached from this machine only. Addresses are fixed, so no DHCP and no DNS either.
  quietly "$log_dir/bridge.log" "$client" network create "$compute_bridge" \
    "ipv4.address=$(ip_text $(($(ip_number "$subnet") + 1)))/20" ipv4.nat=false ipv4.dhcp=false ipv4.routing=false \
    ipv4.firewall=false ipv6.address=none dns.mode=none ||
    die 'ブリッジを作れませんでした。' '上の記録を見てください。'
}

# Nothing goes through this machine into the bridge or out of it. One transaction: there is no moment without.
close_bridge() {
  nft -f - <<RULES || warn "ブリッジ ${compute_bridge} の転送を閉じられませんでした。"
table inet tsukasa { chain forward { type filter hook forward priority filter; policy accept; }; }
flush chain inet tsukasa forward
add rule inet tsukasa forward iifname "$compute_bridge" oifname != "$compute_bridge" reject
add rule inet tsukasa forward iifname != "$compute_bridge" oifname "$compute_bridge" reject
RULES
}

# ---- facts, read by the application

# Two copies of this project on one machine share daemon, pool and bridge: each has names and addresses of its own.
installation_prefix() {
  local file=$root/storage/installation
  if [[ ! -s $file ]]; then openssl rand -hex 2 >"$file"; fi
  echo "tsukasa-$(<"$file")-"
}

# First address of this installation's 128: kept once chosen, else one of the blocks that no other's instance has an
# address in, nor another installation has taken in the last hour, whose instances are still to come. The first block is
# left out: the gateway is in it.
address_block() { # FACTS_FILE NETWORK HOSTS
  local kept taken start block starts=()
  kept=$(sed -n 's/.*"firstAddress": "\(.*\)".*/\1/p' "$1" 2>/dev/null || true)
  if [[ -n $kept ]] && grep -q "\"prefix\": \"$(installation_prefix)\"" "$1"; then
    start=$(ip_number "$kept")
    if ((start > $2 && start < $2 + $3 && start % 128 == 0)); then echo "$start"; return 0; fi
  fi
  taken=$(addresses_of_others; claims_of_others)
  for ((block = $2 + 128; block < $2 + $3; block += 128)); do
    if ! block_is_taken "$block" <<<"$taken"; then starts+=("$block"); fi
  done
  if ((${#starts[@]} == 0)); then
    die "ブリッジ ${compute_bridge} に空いているアドレスがありません。" '使っていない写しのサーバを削除してから、もう一度実行してください。'
  fi
  start=${starts[RANDOM % ${#starts[@]}]}
  "$client" network set "$compute_bridge" "user.block-$(ip_text "$start")" "$(installation_prefix) $(date +%s)"
  echo "$start"
}

addresses_of_others() {
  "$client" list -f csv -c n,user.address 2>/dev/null | awk -F, -v own="^$(installation_prefix)" '$1 !~ own { print $2 }'
}

claims_of_others() {
  "$client" network show "$compute_bridge" | awk -v own="$(installation_prefix)" -v since="$(($(date +%s) - 3600))" \
    '$1 ~ /^user\.block-/ && $2 != own && $3 > since { sub(/^user\.block-/, "", $1); sub(/:$/, "", $1); print $1 }'
}

block_is_taken() { # FIRST, addresses on standard input
  local address
  while read -r address; do
    if [[ -n $address ]] && (($(ip_number "${address%/*}") >> 7 == $1 >> 7)); then return 0; fi
  done
  return 1
}

write_facts() {
  local file=$1 cidr gateway bits network first lock
  exec {lock}>/run/tsukasa-addresses.lock
  cidr=$("$client" network get "$compute_bridge" ipv4.address)
  gateway=${cidr%/*} bits=${cidr#*/}
  network=$(($(ip_number "$gateway") & (0xffffffff << (32 - bits) & 0xffffffff)))
  # Another installation may be choosing at this moment.
  first=$(flock "$lock"; address_block "$file" "$network" $((1 << (32 - bits))))
  write_json "$file" <<JSON
{
  "driver": "$driver",
  "socket": "$socket",
  "project": "default",
  "pool": "$compute_pool",$(if has_pool "$backup_pool"; then printf '\n  "backupPool": "%s",' "$backup_pool"; fi)
  "bridge": "$compute_bridge",
  "prefix": "$(installation_prefix)",
  "cidr": "$(ip_text "$network")/$bits",
  "gateway": "$gateway",
  "prefixLength": $bits,
  "firstAddress": "$(ip_text "$first")",
  "lastAddress": "$(ip_text $((first + 87)))",
  "firstServiceAddress": "$(ip_text $((first + 88)))",
  "lastServiceAddress": "$(ip_text $((first + 95)))",
  "firstTestAddress": "$(ip_text $((first + 96)))",
  "lastTestAddress": "$(ip_text $((first + 126)))",
  "image": "tsukasa/server",
  "serviceImage": "tsukasa/service",
  "recipe": "$(image_recipe server)"
}
JSON
  exec {lock}>&-
}

write_no_facts() { # FILE REASON
  write_json "$1" <<JSON
{ "driver": "none", "reason": "$2" }
JSON
}

write_json() {
  mkdir -p "$(dirname "$1")"
  cat >"$1.new"
  mv "$1.new" "$1"
}

# ---- all of it

# prepare_compute FILE: afterwards FILE says what servers can be made with, or why none can.
prepare_compute() {
  local file=$1 reason
  reason=$(why_no_containers)
  if [[ -n $reason ]]; then
    unset 'ahead[compute]' 'ahead[image]' 'ahead[service_image]'
    write_no_facts "$file" "$reason"
    warn "このマシンではサーバ (コンテナ) を作れません: ${reason}。"
    warn '既にある Debian サーバを SSH で引き取って管理することはできます。'
    return 0
  fi
  install_compute
  start_compute
  ensure_pool
  ensure_backup_pool
  keep_counting "$compute_pool"
  keep_counting "$backup_pool"
  ensure_bridge
  ensure_image server
  ensure_image service
  write_facts "$file"
}
