#!/usr/bin/env bash
# repack_older.sh ROOT WORK SUITE SOURCES: puts an older Debian's PHP beside the image's own, and what else is missing now.
# The packages of SUITE are fetched by an apt with state of its own, unpacked into one tree, and installed as one package.
set -euo pipefail

readonly root=$1 work=$2 suite=$3 sources=$4
recipe_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
version=$(sed -n 's/^php\(.*\)-fpm$/\1/p' "$recipe_dir/packages-$suite.txt")
arch=$(dpkg --print-architecture)
readonly recipe_dir version arch tree=$work/tree

fetch() {
  mkdir -p "$work"/{debs,state/lists/partial,cache/archives/partial,etc/{preferences.d,apt.conf.d}}
  : >"$work/status"
  printf '%s\n' "$sources" >"$work/etc/$suite.sources"
  local apt=(apt-get -qq -o "Dir::Etc::sourcelist=/dev/null" -o "Dir::Etc::sourceparts=$work/etc" -o "Dir::State=$work/state"
    -o "Dir::State::status=$work/status" -o "Dir::Cache=$work/cache" -o "Dir::Etc::preferencesparts=$work/etc/preferences.d"
    -o APT::Sandbox::User=root)
  "${apt[@]}" update
  (cd "$work/debs" && sed -e 's/#.*//' -e '/^$/d' "$recipe_dir/packages-$suite.txt" | xargs "${apt[@]}" download)
}

unpack() {
  local deb
  for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$tree"; done
  # Debian 13 has no /lib of its own any more.
  if [[ -d $tree/lib ]]; then cp -a "$tree/lib/." "$tree/usr/lib/" && rm -r "${tree:?}/lib"; fi
  rm -rf "$tree"/usr/share/{doc,man,bug,lintian} "$tree"/etc/{init,init.d,cron.d,logrotate.d} "$tree/etc/apache2"
}

# What the packages' own scripts would do: php.ini, and a module's .ini linked under its priority.
configure() {
  local etc=$tree/etc/php/$version ini name priority sapi
  mkdir -p "$etc"/{mods-available,fpm/conf.d,fpm/pool.d,cli/conf.d,cgi/conf.d}
  rm -f "$etc/fpm/pool.d/www.conf"
  for sapi in fpm cgi; do cp "$tree/usr/lib/php/$version/php.ini-production" "$etc/$sapi/php.ini"; done
  cp "$tree/usr/lib/php/$version/php.ini-production.cli" "$etc/cli/php.ini"
  for ini in "$tree"/usr/share/php"$version"-*/*/*.ini; do
    name=$(basename "$ini" .ini)
    priority=$(sed -n 's/^; *priority=\([0-9]*\).*/\1/p' "$ini")
    cp "$ini" "$etc/mods-available/$name.ini"
    for sapi in fpm cli cgi; do
      ln -s "/etc/php/$version/mods-available/$name.ini" "$etc/$sapi/conf.d/${priority:-20}-$name.ini"
    done
  done
}

package() {
  mkdir -p "$tree/DEBIAN"
  printf '%s\n' "Package: tsukasa-$suite" 'Version: 1' "Architecture: $arch" 'Section: php' \
    'Maintainer: Tsukasa <root@localhost>' 'Depends: php-common, libonig5, libgd3, libdb5.3t64' \
    "Description: PHP $version and others of Debian $suite beside this system's own" >"$tree/DEBIAN/control"
  dpkg-deb --root-owner-group -Znone -b "$tree" "$root/root/php.deb"
  chroot "$root" dpkg -i /root/php.deb
  rm "$root/root/php.deb"
}

fetch
unpack
configure
package
extensions=("$root"/usr/lib/php/20220829/*.so)
extensions=("${extensions[@]#"$root"}")
if ldd_missing=$(chroot "$root" ldd "/usr/sbin/php-fpm$version" /usr/bin/webalizer "${extensions[@]}" 2>&1 | grep 'not found'); then
  printf 'PHP %s のライブラリが足りません:\n%s\n' "$version" "$ldd_missing"
  exit 1
fi
chroot "$root" "php$version" -v
chroot "$root" "php$version" -m
