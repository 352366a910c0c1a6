#!/bin/sh
# Proves that a fresh Debian 12 with nothing but the .NET SDK, git and make is enough: in a new debootstrap chroot it clones what is
# committed, runs setup twice (the second time may take 3 s and do nothing), the named suites and the plugin's build. The chroot is
# removed at the end; its mounts and processes live in namespaces of their own, so nothing of it can be left.
#
# usage: scripts/check-setup.sh [SUITE]...   as root, with debootstrap; default: Dubbing.Gst.Tests Dubbing.Testing.Tests echo-sts
#        DEBIAN=trixie DEBIAN_MIRROR=http://deb.debian.org/debian choose the release and where from
set -eu
cd "$(dirname "$0")/.."
suites=${*:-Dubbing.Gst.Tests Dubbing.Testing.Tests echo-sts}
fail() { printf 'check-setup: %s\n' "$1" >&2; exit 1; }

PATH=$PATH:/usr/sbin:/sbin
[ "$(id -u)" -eq 0 ] || fail 'needs root'
for program in debootstrap unshare git dotnet; do command -v $program >/dev/null || fail "needs $program"; done
sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")
[ -d "$sdk/sdk" ] || fail "no SDK beside $sdk/dotnet"
chroot=$(mktemp -d "${TMPDIR:-/var/tmp}/dubbing-setup.XXXXXX")
trap 'rm -rf --one-file-system "$chroot"' EXIT
trap 'exit 130' INT TERM

printf 'Making a fresh Debian in %s\n' "$chroot"
chmod 755 "$chroot"
debootstrap --variant=minbase --include=git,make "${DEBIAN:-bookworm}" "$chroot" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" \
  >"$chroot.log" 2>&1 || fail "debootstrap failed: $(tail -n 1 "$chroot.log") (more in $chroot.log)"
rm -f "$chroot.log"
mkdir -p "$chroot/usr/share/dotnet" "$chroot/usr/local/share/ca-certificates"
ln -s /usr/share/dotnet/dotnet "$chroot/usr/bin/dotnet"
git bundle create --quiet "$chroot/srv/dubbing.bundle" HEAD
# What this machine's network asks for: names, authorities of its own, a proxy.
cp /etc/resolv.conf /etc/hosts "$chroot/etc/"
cp /usr/local/share/ca-certificates/*.crt "$chroot/usr/local/share/ca-certificates/" 2>/dev/null || true
cp /etc/apt/apt.conf.d/*proxy* "$chroot/etc/apt/apt.conf.d/" 2>/dev/null || true

# $1 chroot, $2 SDK, $3 suites
# shellcheck disable=SC2016 # the inner shells expand these
unshare --mount --pid --fork --kill-child sh -euc '
  mount --make-rprivate /
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
  mount --bind "$2" "$1/usr/share/dotnet"
  mount -o remount,bind,ro "$1/usr/share/dotnet"
  exec chroot "$1" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TEST_SUITES="$3" NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" sh -euc '\''
      git -c advice.detachedHead=false clone --quiet /srv/dubbing.bundle /root/dubbing
      cd /root/dubbing
      make setup
      said=$(timeout 3 make --no-print-directory setup) && [ -z "$said" ] || { echo "check-setup: the second setup was not free: $said" >&2; exit 1; }
      make test
      make plugin
    '\''
' check-setup "$chroot" "$sdk" "$suites" || fail 'failed'
printf 'A fresh Debian is set up; passed: %s\n' "$suites"
