# shellcheck shell=bash
# Debian packages that this machine lacks.

apt_is_fresh=''

# What the scripts themselves call, beyond what every Debian has.
readonly tools=(curl openssl ca-certificates procps util-linux iproute2 fonts-ipafont-gothic)

installed() { [[ $(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]; }

available() { [[ -n $(apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: \([^(].*\)/\1/p') ]]; }

debian_version() { (. /etc/os-release && printf '%s' "${VERSION_ID:-unknown}"); }

require_debian() {
  if [[ $(id -u) != 0 ]]; then die 'root で実行してください。' 'sudo bin/up のように root で実行します。'; fi
  if ! command -v apt-get >/dev/null; then
    die 'apt が見つかりません。' 'Debian 12 か 13 のマシンで実行してください。'
  fi
  case $(debian_version) in
    12 | 13) ;;
    *) warn "Debian 12・13 以外 ($(debian_version)) では確かめていません。続けます。" ;;
  esac
}

refresh_apt() {
  if [[ -n $apt_is_fresh ]]; then return 0; fi
  quietly "$log_dir/apt-update.log" apt-get -qq update ||
    die 'apt-get update が失敗しました。' 'ネットワークと /etc/apt/sources.list を確かめてから、もう一度実行してください。'
  apt_is_fresh=1
}

missing_packages() {
  local name
  for name in "$@"; do installed "$name" || echo "$name"; done
}

# install_packages STEP WHAT PACKAGE…: only what is missing, with no question asked.
install_packages() {
  local step=$1 what=$2 missing
  shift 2
  mapfile -t missing < <(missing_packages "$@")
  if ((${#missing[@]} == 0)); then unset "ahead[$step]"; return 0; fi
  begin "$step" "$what をインストールしています: ${missing[*]}"
  refresh_apt
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a quietly "$log_dir/apt-install.log" \
    apt-get -qq -y --no-install-recommends -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 install "${missing[@]}" ||
    die "$what をインストールできませんでした。" "apt-get install ${missing[*]} を手で実行して、理由を確かめてください。"
}
