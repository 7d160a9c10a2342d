# shellcheck shell=bash
# The image of customers' servers.

readonly older=bookworm
title='サーバイメージ' description='Tsukasa managed server (Debian 13)'
expected=([base]=40 [packages]=100 [extra]=20 [files]=10 [pack]=15)

# MariaDB's sizes must be there before its first start.
before_packages() {
  install_files mysql
  printf '%s\n' \
    'postfix postfix/main_mailer_type select Local only' \
    'postfix postfix/mailname string localhost.localdomain' \
    'proftpd-core shared/proftpd/inetd_or_standalone select standalone' \
    'mlmmj mlmmj/base_directory string /var/spool/mlmmj' |
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$root" debconf-set-selections
}

after_packages() {
  stage extra 'もう一つの PHP、Apache のモジュール'
  "$recipe_dir/repack_older.sh" "$root" "$out/older" "$older" "$(sources "$older")" >"$out/older.log" 2>&1 || fail "$out/older.log"
  "$recipe_dir/build_modules.sh" "$root" >"$out/modules.log" 2>&1 || fail "$out/modules.log"
}
