#!/usr/bin/env bash
# build_modules.sh ROOT: compiles modules/*.c for the image's Apache. The compiler goes again; headers are only unpacked.
set -euo pipefail

readonly root=$1
recipe_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
readonly recipe_dir work=/tmp/modules

inside() {
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive chroot "$root" "$@" </dev/null
}

installed() { inside dpkg-query -W -f "\${Package}:\${Architecture}\\n" | sort; }

# The package of headers asks for debhelper and the like, which nobody needs for one file.
fetch() {
  inside apt-get -qq -y --no-install-recommends install gcc libc6-dev
  mkdir "$root$work"
  inside sh -c "cd $work && apt-get -qq -o APT::Sandbox::User=root download apache2-dev libapr1-dev libaprutil1-dev"
  inside sh -c "cd $work && for deb in *.deb; do dpkg-deb -x \"\$deb\" headers; done"
}

compile() {
  local source name
  for source in "$recipe_dir"/modules/*.c; do
    name=$(basename "$source" .c)
    install -m 644 "$source" "$root$work/$name.c"
    inside gcc -O2 -Wall -Wextra -Werror -Wno-unused-parameter -fPIC -shared -D_FORTIFY_SOURCE=3 -D_GNU_SOURCE \
      -Wl,-z,relro,-z,now,--strip-all -I"$work/headers/usr/include/apache2" -I"$work/headers/usr/include/apr-1.0" \
      "$work/$name.c" -o "$work/$name.so"
    install -m 644 "$root$work/$name.so" "$root/usr/lib/apache2/modules/$name.so"
  done
}

# What came with the compiler, by name: autoremove would keep what others only recommend.
clean() {
  local added
  rm -r "${root:?}$work"
  mapfile -t added < <(comm -13 <(printf '%s\n' "$before") <(installed))
  inside apt-get -qq -y purge "${added[@]}"
}

before=$(installed)
readonly before
fetch
compile
clean
