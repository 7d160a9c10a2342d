# shellcheck shell=bash
# Sourced first by every command here: where things are, and the other parts.

set -euo pipefail
export LC_ALL=C.UTF-8
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
readonly root
readonly log_dir=$root/storage/log
readonly compute_file=$root/storage/compute.json
mkdir -p "$log_dir"

# shellcheck source=bin/lib/log.sh
source "$root/bin/lib/log.sh"
# shellcheck source=bin/lib/debian.sh
source "$root/bin/lib/debian.sh"
# shellcheck source=bin/lib/node.sh
source "$root/bin/lib/node.sh"
# shellcheck source=bin/lib/compute.sh
source "$root/bin/lib/compute.sh"
# shellcheck source=bin/lib/image.sh
source "$root/bin/lib/image.sh"
# shellcheck source=bin/lib/panel.sh
source "$root/bin/lib/panel.sh"
