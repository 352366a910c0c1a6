#!/bin/sh
# Installs what building, running and testing need from Debian and npm: only what is missing, so that it costs nothing when all is there.
# It says in one line what it can't get; what apt-get and npm said of it is in artifacts/setup.log. Every make target calls it.
#
# usage: scripts/setup.sh
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
log=artifacts/setup.log
PATH=$PATH:/usr/sbin:/sbin

# One a line, by what needs it:
#   GStreamer's elements and tools · RTMPS · pipelines as pictures · the fixtures' encoder and voice · RTMP and RTSP servers for tests and demo · the hook script's tests ·
#   processes in tests (setsid, setpriv, flock; kill) · a wall clock that tests set · downloads (the .NET SDK's too) · linking the native plugin ·
#   programs that use it, in tests (Python; C) · packing it
# The .NET SDK also wants a libicu: whichever this Debian has comes with ffmpeg.
packages='
gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav
libgstreamer1.0-0 libgstreamer-plugins-base1.0-0 libgstreamer-plugins-bad1.0-0
glib-networking
graphviz
ffmpeg espeak-ng
nginx libnginx-mod-rtmp
libgstrtspserver-1.0-0 gir1.2-gst-rtsp-server-1.0 python3-gi
busybox dash wget
util-linux procps make
libfaketime
curl ca-certificates
zlib1g-dev
gir1.2-gstreamer-1.0 libgstreamer1.0-dev pkg-config gcc libc6-dev
dpkg-dev
'

problems=0
problem() {
  printf 'setup: %s\n' "$1" >&2
  problems=1
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Asks for the password once, and not at all where nobody could type it.
may_be_root() {
  [ "$(id -u)" -eq 0 ] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo true; }; }; }
}

# The packages of the list that are not installed.
missing_packages() {
  # shellcheck disable=SC2086 # a list of words
  dpkg-query -W -f '${Package} ${db:Status-Status}\n' $packages 2>/dev/null \
    | awk -v wanted="$packages" '
        $2 == "installed" { have[$1] = 1 }
        END { n = split(wanted, names); for (i = 1; i <= n; i++) if (!(names[i] in have)) print names[i] }' || true
}

# Waits for another apt-get, such as the one that a new machine runs by itself.
apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=600 "$@" >>"$root/$log" 2>&1
}

# Debian starts a server when its package is installed. The tests start their own nginx, so the system's must not take ports:
# for the time of the install, policy-rc.d says no to every start; a machine's own policy-rc.d is left as it is.
install_packages() {
  policy=/usr/sbin/policy-rc.d
  had_nginx=$(command -v nginx || true)
  own_policy=
  if [ ! -e $policy ]; then
    own_policy=1
    trap 'as_root rm -f $policy' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' | as_root tee $policy >/dev/null
    as_root chmod 755 $policy
  fi
  installed=0
  # Where lists can't be had, the present ones may do.
  apt_get update || true
  # shellcheck disable=SC2086
  apt_get -y --no-install-recommends install $1 || installed=1
  if [ -n "$own_policy" ]; then
    as_root rm -f $policy
    trap - EXIT INT TERM
  fi
  # Nor at the next boot, unless nginx was here before us.
  if [ -z "$had_nginx" ] && command -v nginx >/dev/null && command -v systemctl >/dev/null; then
    as_root systemctl --quiet disable --now nginx.service 2>/dev/null || true
  fi
  return $installed
}

# Why apt-get failed. What follows from a server that does not answer, such as an unknown package, is no reason.
apt_reason() {
  consequence="is not signed\|Unable to locate\|Couldn't find any\|no installation candidate"
  {
    grep '^E: ' "$root/$log" | grep -v "$consequence" || true
    grep '^W: Failed' "$root/$log" || true
    grep '^E: ' "$root/$log" || true
  } | head -n 1 | cut -c 4-
}

setup_debian() {
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    problem "this is no Debian: install by your own means what these packages hold: $(echo $packages nodejs npm)"
    return
  fi
  # Any Node from 18 on will do; Debian's only where there is none.
  if ! command -v node >/dev/null; then packages="$packages nodejs npm"; elif ! command -v npm >/dev/null; then packages="$packages npm"; fi
  missing=$(missing_packages | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  if ! may_be_root; then
    problem "packages are missing, and this user may not install any; have root run: apt-get install --no-install-recommends $missing"
    return
  fi
  printf 'setup: installing Debian packages, which can take some minutes: %s\n' "$missing"
  install_packages "$missing" || problem "apt-get failed: $(apt_reason) (more in $log)"
}

# Major version of the node in PATH, 0 without one.
node_version() {
  version=$(node --version 2>/dev/null) || version=v0
  version=${version#v}
  echo "${version%%.*}"
}

# Why npm failed: what it says first but for codes, which the text repeats.
npm_reason() {
  sed -n 's/^npm \(ERR!\|error\) \(network \)\{0,1\}//p' "$root/$log" | grep -v -e '^code ' -e '^syscall ' -e '^errno ' | head -n 1
}

setup_node() {
  if ! command -v node >/dev/null; then
    # With a problem before, it is one of the packages named there.
    [ $problems -ne 0 ] || problem 'Node 18 or newer is needed'
    return
  fi
  if [ "$(node_version)" -lt 18 ]; then
    problem "Node 18 or newer is needed; $(command -v node) is $(node --version 2>&1 | head -n 1)"
    return
  fi
  for folder in "$root"/tools/*/; do
    lock=${folder}package-lock.json
    # npm writes the second file when it is done.
    done_mark=${folder}node_modules/.package-lock.json
    if [ ! -e "$lock" ] || { [ -e "$done_mark" ] && [ ! "$lock" -nt "$done_mark" ]; }; then continue; fi
    name=${folder#"$root"/}
    printf 'setup: npm ci in %s\n' "$name"
    # Retries after 1 and 10 s; npm's own 10 and 60 s make a wrong registry look like a hang.
    if (cd "$folder" && npm ci --fetch-retry-mintimeout=1000 --no-audit --no-fund --loglevel=error) >>"$root/$log" 2>&1; then
      touch "$done_mark"
    else
      problem "npm ci failed in $name: $(npm_reason) (more in $log)"
    fi
  done
}

check_dotnet() {
  if ! command -v dotnet >/dev/null; then
    problem 'no .NET 10 SDK: https://dotnet.microsoft.com/download/dotnet/10.0 (Debian has no package of it)'
    return
  fi
  # Starting dotnet to ask takes most of a second; its folder tells the same.
  sdk=$(dirname "$(readlink -f "$(command -v dotnet)")")/sdk
  [ -d "$sdk" ] || sdk=${DOTNET_ROOT:-/usr/share/dotnet}/sdk
  if ls "$sdk" 2>/dev/null | grep -q '^10\.' || dotnet --list-sdks 2>/dev/null | grep -q '^10\.'; then return; fi
  problem 'no .NET 10 SDK, only another version: https://dotnet.microsoft.com/download/dotnet/10.0'
}

mkdir -p "$root/artifacts"
rm -f "$root/$log"
setup_debian
setup_node
check_dotnet
exit $problems

