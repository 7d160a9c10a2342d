#!/bin/bash
# Runs inside the image once its packages are there.
set -euo pipefail

locale_and_time() {
  echo 'ja_JP.UTF-8 UTF-8' >>/etc/locale.gen
  locale-gen
  echo 'LANG=C.UTF-8' >/etc/default/locale
  ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime
  echo Asia/Tokyo >/etc/timezone
}

# A container's boot needs none of these; each costs memory, time or a wake-up at night.
quiet_boot() {
  systemctl mask tmp.mount getty@.service console-getty.service container-getty@.service getty.target \
    apt-daily.timer apt-daily-upgrade.timer man-db.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
    dpkg-db-backup.timer systemd-timesyncd.service systemd-networkd-wait-online.service \
    systemd-firstboot.service systemd-udev-settle.service systemd-binfmt.service systemd-modules-load.service \
    systemd-network-generator.service systemd-udev-load-credentials.service systemd-logind.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount dev-mqueue.mount ldconfig.service \
    sshd-keygen.service clamav-freshclam.service
  # Nothing to bring up to date after the image was made: hwdb, catalog and users are as they were packed.
  touch -r /usr /etc/.updated /var/.updated
  systemctl set-default multi-user.target
}

# Installed now, configured and started by later converges.
daemons() {
  local name
  for name in spamass-milter spamd postsrsd spamassassin-maintenance.timer clamav-daemon clamav-milter clamav-freshclam opendkim \
    clamav-daemon.socket proftpd apache-htcacheclean ssh.socket dovecot.socket; do
    systemctl disable "$name" || true
  done
  for name in systemd-networkd apache2 php8.4-fpm php8.2-fpm postfix dovecot ssh tsukasa-first-boot cron mariadb nftables; do
    systemctl enable "$name"
  done
}

php() {
  rm -f /etc/php/8.4/fpm/pool.d/www.conf
  php-fpm8.4 -t
  php-fpm8.2 -t
}

apache() {
  local module
  a2dismod -f -q mpm_prefork mpm_worker security2 status || true
  for module in mpm_event ssl http2 proxy proxy_http proxy_fcgi headers rewrite remoteip include actions expires deflate \
    cgid suexec alias authz_core dir mime setenvif; do
    a2enmod -q "$module"
  done
  apache2ctl -t
}

# Domain accounts are generated files: libnss-extrausers reads them live, /etc/passwd stays the system's.
accounts() {
  install -d -m 755 /var/lib/extrausers
  install -m 644 /dev/null /var/lib/extrausers/passwd
  install -m 644 /dev/null /var/lib/extrausers/group
  install -m 640 -g shadow /dev/null /var/lib/extrausers/shadow
  sed -i -E 's/^(passwd|group|shadow):.*/\1: files extrausers/' /etc/nsswitch.conf
}

directories() {
  install -d -m 755 /etc/ssh/authorized_keys.d /etc/tsukasa /var/lib/tsukasa
  install -m 600 /dev/null /etc/ssh/authorized_keys.d/root
  install -d -m 711 /data /data/domain
  install -d -m 1777 /data/share
  # First line of the list: below which directory suexec may run anything.
  sed -i '1s#.*#/data/domain#' /etc/apache2/suexec/www-data
  chown clamav:clamav /var/lib/clamav/eicar.ndb
}

# Made at the first boot (tsukasa-first-boot) or by the host, so that no two servers share them.
unique_per_server() {
  rm -f /etc/ssh/ssh_host_* /etc/ssl/private/ssl-cert-snakeoil.key /etc/ssl/certs/ssl-cert-snakeoil.pem
  : >/etc/machine-id
  rm -f /var/lib/dbus/machine-id
  : >/etc/resolv.conf
  rm -f /etc/hostname
}

clean() {
  apt-get clean
  rm -rf /var/lib/apt/lists/* /var/cache/apt/*.bin /var/cache/debconf/*-old /tmp/* /var/tmp/*
  rm -rf /usr/share/doc/*/examples /usr/share/man/?? /usr/share/man/man* /usr/share/info
  find /usr/share/locale -mindepth 1 -maxdepth 1 ! -name 'ja*' ! -name 'en*' ! -name locale.alias -exec rm -rf {} +
  find /var/log -type f -exec truncate -s 0 {} +
}

locale_and_time
quiet_boot
daemons
php
apache
accounts
directories
unique_per_server
clean
