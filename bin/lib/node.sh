# shellcheck shell=bash
# Node: any that Debian has runs npm; npm then brings the one that the application runs on (node_modules/.bin/node).

readonly node_bin=$root/node_modules/.bin/node

ensure_node() {
  if ! command -v npm >/dev/null; then install_packages node 'Node.js' nodejs npm; fi
  ensure_modules
}

# The lock file's hash, left in node_modules by the last complete install.
modules_stamp=$root/node_modules/.tsukasa-lock

lock_hash() { sha256sum "$root/package-lock.json" | cut -d' ' -f1; }

modules_are_current() {
  [[ -x $node_bin ]] && { [[ $(cat "$modules_stamp" 2>/dev/null) == "$(lock_hash)" ]] || modules_match_lock; }
}

ensure_modules() {
  if modules_are_current; then
    lock_hash >"$modules_stamp"
    return 0
  fi
  begin modules '依存パッケージを取り込んでいます'
  # Without the packages' own scripts: every binary comes with its package, and Debian 12's npm would try to compile.
  (cd "$root" && quietly "$log_dir/npm.log" npm ci --ignore-scripts --no-audit --no-fund) ||
    die '依存パッケージを取り込めませんでした。' 'ネットワークと npm の設定を確かめてから、もう一度実行してください。'
  link_node
  lock_hash >"$modules_stamp"
}

# npm 9 leaves this link out when it runs no scripts.
link_node() {
  local package
  if [[ -x $node_bin ]]; then return 0; fi
  for package in "$root"/node_modules/node-linux-*; do ln -sfn "../${package##*/}/bin/node" "$node_bin"; done
  "$node_bin" --version >/dev/null ||
    die "この種類の CPU ($(uname -m)) 用の Node.js 24 がありません。" 'Node.js 24 を node_modules/.bin/node に置いてください。'
}

# Somebody ran npm by hand: npm's own record of what is there is younger than the lock file.
modules_match_lock() { [[ $root/node_modules/.package-lock.json -nt $root/package-lock.json ]]; }

ace() { (cd "$root" && exec "$node_bin" ace "$@"); }

# Indexes of controllers and policies that the application imports; they follow from the names of the files alone.
ensure_generated() {
  local stamp=$root/storage/generated names
  names=$(cd "$root" && find app -path '*/controllers/*' -o -path '*/policies/*' | sort | sha256sum)
  if [[ -f $root/.adonisjs/server/controllers.ts && $(cat "$stamp" 2>/dev/null) == "$names" ]]; then return 0; fi
  quietly "$log_dir/codegen.log" ace codegen ||
    die 'アプリケーションの索引を作れませんでした。' "記録 $log_dir/codegen.log を見てください。"
  echo "$names" >"$stamp"
}
