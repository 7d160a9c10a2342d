# shellcheck shell=bash
# The images, KIND server (customers' servers) and service (name servers, backup host): each built once for each state of its
# recipe, kept in a cache, imported under one alias.

image_cache=${TSUKASA_CACHE:-/var/cache/tsukasa}
readonly image_cache
declare -rA image_step=([server]=image [service]=service_image)

# Hash of everything an image is made from.
image_recipe() { # KIND
  (cd "$root/resources" && find image "${1}_image" -type f ! -name '*.md' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16)
}

image_is_built() { [[ -f $image_cache/$1-$(image_recipe "$1")/rootfs.squashfs ]]; } # KIND

image_is_imported() { # KIND RECIPE
  [[ $("$client" image get-property "tsukasa/$1" recipe 2>/dev/null) == "$2" ]]
}

ensure_image() { # KIND
  local recipe
  recipe=$(image_recipe "$1")
  if image_is_imported "$1" "$recipe"; then return 0; fi
  build_image "$1" "$recipe"
  import_image "$1" "$recipe"
}

# Built beside its place and renamed at the end: a build that was interrupted is never taken for a result.
build_image() { # KIND RECIPE
  local done_dir=$image_cache/$1-$2 work
  if [[ -f $done_dir/rootfs.squashfs ]]; then return 0; fi
  require_space
  mkdir -p "$image_cache"
  exec {build_lock}>"$image_cache/build.lock"
  flock -n "$build_lock" || { say '別の処理がイメージを作っています。待っています'; flock "$build_lock"; }
  if [[ -f $done_dir/rootfs.squashfs ]]; then exec {build_lock}>&-; return 0; fi
  rm -rf --one-file-system "$image_cache"/building.*
  work=$(mktemp -d "$image_cache/building.XXXXXX")
  begin "${image_step[$1]}" "イメージ $1 を作っています。次からは作り直しません"
  TSUKASA_SECONDS_AFTER=$(seconds_ahead) "$root/resources/image/build.sh" "$root/resources/${1}_image" "$2" "$work" </dev/null ||
    die "イメージ $1 を作れませんでした。" "記録が $work にあります。"
  mkdir -p "$done_dir.new"
  mv "$work/metadata.tar.xz" "$work/rootfs.squashfs" "$done_dir.new/"
  mv "$done_dir.new" "$done_dir"
  rm -rf --one-file-system "$work"
  forget_old_images "$1"
  exec {build_lock}>&-
}

# Two others stay: another copy of this project may be at another recipe.
forget_old_images() { # KIND
  local dir
  find "$image_cache" -mindepth 1 -maxdepth 1 -name "$1-*" -printf '%T@ %p\n' | sort -rn | tail -n +4 | cut -d' ' -f2- |
    while read -r dir; do rm -rf --one-file-system "$dir"; done
}

require_space() {
  local free
  mkdir -p "$image_cache"
  free=$(df -BM --output=avail "$image_cache" | tail -n 1 | tr -dc 0-9)
  if ((free < 5000)); then
    die "イメージを作る空きディスクが足りません (${free} MB)。" "$image_cache に 5 GB 以上を空けてください。"
  fi
}

import_image() { # KIND RECIPE
  local dir=$image_cache/$1-$2 old fingerprint
  say "イメージ $1 を取り込んでいます"
  old=$(image_fingerprint "$1")
  fingerprint=$(cat "$dir/metadata.tar.xz" "$dir/rootfs.squashfs" | sha256sum | cut -d' ' -f1)
  if ! "$client" image info "$fingerprint" >/dev/null 2>&1; then
    quietly "$log_dir/import.log" "$client" image import "$dir/metadata.tar.xz" "$dir/rootfs.squashfs" ||
      die "イメージ $1 を取り込めませんでした。" '上の記録を見てください。'
  fi
  if [[ -n $old ]]; then "$client" image alias delete "tsukasa/$1" >/dev/null; fi
  "$client" image alias create "tsukasa/$1" "$fingerprint" >/dev/null
  if [[ -n $old && $old != "$fingerprint" ]]; then "$client" image delete "$old" >/dev/null || true; fi
}

image_fingerprint() { { "$client" image info "tsukasa/$1" 2>/dev/null || true; } | sed -n 's/^Fingerprint: //p'; } # KIND
