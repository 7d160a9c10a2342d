# shellcheck shell=bash
# The image of the provider's own machines: name servers and the backup host.

title='サービス用イメージ' description='Tsukasa name server or backup host (Debian 13)'
expected=([base]=40 [packages]=30 [extra]=0 [files]=5 [pack]=10)

before_packages() { :; }
after_packages() { :; }
