#!/bin/bash
# Runs inside the image once its packages are there.
set -euo pipefail

locale_and_time() {
  echo 'LANG=C.UTF-8' >/etc/default/locale
  ln -sf /usr/share/zoneinfo/Asia/Tokyo /etc/localtime
  echo Asia/Tokyo >/etc/timezone
}

# A container's boot needs none of these; each costs memory, time or a wake-up at night.
quiet_boot() {
  systemctl mask tmp.mount getty@.service console-getty.service container-getty@.service getty.target \
    apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer dpkg-db-backup.timer \
    systemd-networkd-wait-online.service systemd-firstboot.service systemd-udev-settle.service systemd-binfmt.service \
    systemd-modules-load.service systemd-network-generator.service systemd-udev-load-credentials.service systemd-logind.service \
    sys-kernel-debug.mount sys-kernel-tracing.mount dev-hugepages.mount dev-mqueue.mount ldconfig.service sshd-keygen.service
  touch -r /usr /etc/.updated /var/.updated
  systemctl set-default multi-user.target
}

# What a machine of this image is for is said to it later.
daemons() {
  systemctl disable pdns.service ssh.socket || true
  systemctl enable systemd-networkd ssh tsukasa-first-boot
}

directories() {
  install -d -m 755 /etc/ssh/authorized_keys.d /etc/tsukasa
  install -m 600 /dev/null /etc/ssh/authorized_keys.d/root
}

# Made at the first boot (tsukasa-first-boot) or by the host, so that no two machines share them.
unique_per_machine() {
  rm -f /etc/ssh/ssh_host_*
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
directories
unique_per_machine
clean
