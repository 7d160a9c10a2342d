#!/usr/bin/env bash
# Builds an image: build.sh FOLDER RECIPE OUT_DIR writes OUT_DIR/{metadata.tar.xz,rootfs.squashfs}. FOLDER has packages.txt,
# configure.sh, files/ and recipe.sh, which says what it is called, how long its stages take, and what is done between them.
# Runs in mount and process namespaces of its own, so that an interrupted build leaves neither mounts nor processes.
set -euo pipefail
umask 022

builder_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
recipe_dir=$(cd "$1" && pwd)
readonly builder_dir recipe_dir
if [[ -z ${TSUKASA_IMAGE_NAMESPACE:-} ]]; then
  export TSUKASA_IMAGE_NAMESPACE=1
  exec unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$0" "$@"
fi

readonly recipe=$2 out=$3
readonly suite=trixie
root=$out/rootfs

# Seconds of each stage on two cores, for the time left that is shown only.
declare -A expected
# shellcheck source=resources/server_image/recipe.sh
source "$recipe_dir/recipe.sh"
readonly title description expected
readonly stages=(base packages extra files pack)

# What follows after the image in the command that asked for it.
readonly after=${TSUKASA_SECONDS_AFTER:-0}
ticker=''

# The time left is said at the start of a stage and then every 15 seconds.
stage() { # NAME TEXT
  local left=$after counting='' s
  for s in "${stages[@]}"; do
    if [[ $s == "$1" ]]; then counting=1; fi
    if [[ -n $counting ]]; then left=$((left + ${expected[$s]})); fi
  done
  stop_ticker
  tick "$2" "$left" "$((left - ${expected[$1]}))" &
  ticker=$!
}

tick() { # TEXT LEFT LEAST
  local left=$2
  while :; do
    printf '        %s: %s (残り約 %d 秒)\n' "$title" "$1" "$left"
    sleep 15
    left=$((left - 15 < $3 ? $3 : left - 15))
  done
}

stop_ticker() {
  if [[ -n $ticker ]]; then kill "$ticker" 2>/dev/null || true; fi
}

# Where this machine gets Debian from: asked from apt, never written down here.
mirror() { # LABEL
  apt-get indextargets --format "\$(LABEL)|\$(REPO_URI)" 'Created-By: Packages' |
    awk -F'|' -v label="$1" '$1 == label { print $2; exit }'
}

inside() {
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@" </dev/null
}

list() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$recipe_dir/$1"; }

base() {
  stage base '基本システム'
  debootstrap --variant=minbase --include=ca-certificates,debian-archive-keyring "$suite" "$root" "$debian" \
    >"$out/debootstrap.log" 2>&1 || fail "$out/debootstrap.log"
  mount -t proc proc "$root/proc"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
  sources "$suite" >"$root/etc/apt/sources.list.d/debian.sources"
  rm -f "$root/etc/apt/sources.list"
}

sources() { # SUITE
  printf 'Types: deb\nURIs: %s\nSuites: %s %s-updates\nComponents: main\nSigned-By: %s\n' "$debian" "$1" "$1" "$keyring"
  if [[ -n $security ]]; then
    printf '\nTypes: deb\nURIs: %s\nSuites: %s-security\nComponents: main\nSigned-By: %s\n' "$security" "$1" "$keyring"
  fi
}

# Only while building: no service starts, no fsync per file, the proxy that this machine's apt uses.
while_building() {
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod 755 "$root/usr/sbin/policy-rc.d"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/building"
  printf 'path-exclude=/usr/share/%s/*\n' doc man info lintian >"$root/etc/dpkg/dpkg.cfg.d/50-tsukasa"
  echo 'path-include=/usr/share/doc/*/copyright' >>"$root/etc/dpkg/dpkg.cfg.d/50-tsukasa"
  apt-config dump | grep -E '^Acquire::https?::Proxy' >"$root/etc/apt/apt.conf.d/99building" || true
  cp /etc/resolv.conf "$root/etc/resolv.conf"
}

packages() {
  stage packages 'パッケージ'
  while_building
  before_packages
  { inside apt-get -qq update && list packages.txt |
    xargs env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
      chroot "$root" apt-get -qq -y --no-install-recommends install; } \
    </dev/null >"$out/packages.log" 2>&1 || fail "$out/packages.log"
}

# The overlay, or with a NAME only what is below files/etc/NAME. Modes are said here, or they would follow the umask of whoever cloned the repository.
install_files() { # NAME
  tar -C "$recipe_dir/files" --owner=0 --group=0 --mode=u=rwX,go=rX -c "./${1:+etc/$1}" |
    tar -C "$root" --no-overwrite-dir -x
}

files() {
  stage files '設定'
  install_files ""
  install -m 755 "$recipe_dir/configure.sh" "$root/root/configure.sh"
  inside /root/configure.sh >"$out/configure.log" 2>&1 || fail "$out/configure.log"
  rm "$root/root/configure.sh"
}

finish() {
  rm -f "$root"/usr/sbin/policy-rc.d "$root"/etc/dpkg/dpkg.cfg.d/building "$root"/etc/apt/apt.conf.d/99building
  umount "$root/dev/pts" "$root/proc"
}

pack() {
  stage pack '圧縮'
  sed -e "s/@ARCH@/$(uname -m)/" -e "s/@DATE@/$(date +%s)/" -e "s/@RECIPE@/$recipe/" \
    -e "s/@DESCRIPTION@/$description/" "$builder_dir/metadata.yaml.in" >"$out/metadata.yaml"
  cp -r "$builder_dir/templates" "$out/templates"
  tar -C "$out" -cJf "$out/metadata.tar.xz" metadata.yaml templates
  mksquashfs "$root" "$out/rootfs.squashfs" -comp zstd -Xcompression-level 3 -noappend -no-progress -quiet \
    >"$out/pack.log" 2>&1 || fail "$out/pack.log"
}

fail() {
  tail -n 30 "$1" >&2
  printf '%sを作れませんでした。apt-get update がこのマシンで通るか、空きディスクがあるかを確かめてください。\n' "$title" >&2
  exit 1
}

debian=$(mirror Debian)
security=$(mirror Debian-Security)
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [[ -z $debian ]]; then
  echo 'apt の取得元に Debian が見つかりません。/etc/apt/sources.list を確かめてから、もう一度実行してください。' >&2
  exit 1
fi
readonly debian security keyring

base
packages
after_packages
files
finish
pack
stop_ticker
