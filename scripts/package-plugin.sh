#!/bin/sh
# Packs the built plugin for Debian: gstreamer1.0-dubbing_VERSION_ARCH.deb and, with the debug symbols, gstreamer1.0-dubbing-dbgsym_VERSION_ARCH.deb.
# Needs no root. The same files give the same packages, byte for byte.
#
# usage: scripts/package-plugin.sh [FOLDER]   default: artifacts/dist
set -eu
cd "$(dirname "$0")/.."
plugin=artifacts/plugin/libgstdubbing.so
output=${1:-artifacts/dist}
[ -f $plugin ] || { printf 'package-plugin: no %s; make plugin builds it\n' $plugin >&2; exit 1; }

name=gstreamer1.0-dubbing
version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
architecture=$(dpkg-architecture -q DEB_HOST_ARCH)
elements=usr/lib/$(dpkg-architecture -q DEB_HOST_MULTIARCH)/gstreamer-1.0
SOURCE_DATE_EPOCH=$(stat -c %Y $plugin)
export SOURCE_DATE_EPOCH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

# What the packed file is linked with. GStreamer and GLib are opened at run time, so nothing but this list knows of them.
linked() {
  : >"$work/debian/control"
  (cd "$work" && dpkg-shlibdeps -O "debian/$name/$elements/libgstdubbing.so") | sed 's/^shlibs:Depends=//'
}
opened='libgstreamer1.0-0 (>= 1.22), libgstreamer-plugins-base1.0-0 (>= 1.22), libglib2.0-0 | libglib2.0-0t64'

# PACKAGE FILE TARGET: the tree of a package with that one file and the licence.
tree() {
  install -D -m 644 "$2" "$work/debian/$1/$3"
  install -D -m 644 LICENSE "$work/debian/$1/usr/share/doc/$1/copyright"
  mkdir "$work/debian/$1/DEBIAN"
  (cd "$work/debian/$1" && find usr -type f | LC_ALL=C sort | xargs md5sum >DEBIAN/md5sums)
  find "$work/debian/$1" -type d -exec chmod 755 {} +
}

# PACKAGE: the fields that both packages have; those of its own come from stdin.
pack() {
  {
    printf 'Package: %s\nVersion: %s\nArchitecture: %s\nMulti-Arch: same\nMaintainer: The Dubbing authors <dubbing@localhost>\n' \
      "$1" "$version" "$architecture"
    printf 'Installed-Size: %s\n' "$(du -k -s --apparent-size "$work/debian/$1/usr" | cut -f 1)"
    cat
  } >"$work/debian/$1/DEBIAN/control"
  chmod 644 "$work/debian/$1/DEBIAN"/*
  dpkg-deb --root-owner-group -b "$work/debian/$1" "$output/$1_${version}_$architecture.deb" >/dev/null
  printf '%s\n' "$output/$1_${version}_$architecture.deb"
}

mkdir -p "$output"
tree $name $plugin "$elements/libgstdubbing.so"
depends="$opened, $(linked)"
pack $name <<CONTROL
Section: libs
Priority: optional
Depends: $depends
Recommends: gstreamer1.0-plugins-good, gstreamer1.0-plugins-bad, gstreamer1.0-libav, ca-certificates, libssl3 | libssl3t64
Homepage: https://github.com/dubbing/dubbing
Description: GStreamer elements that dub live streams
 stssink and stssrc send the speech of a live stream to a speech-to-speech
 server, fragment by fragment, and play what comes back at the running time of
 the original. livetimestamper, flvgate and avgate help to take RTMP streams in.
CONTROL

# gdb finds the file here by the link in the plugin.
tree $name-dbgsym $plugin.dbg "usr/lib/debug/$elements/libgstdubbing.so.dbg"
pack $name-dbgsym <<CONTROL
Section: debug
Priority: optional
Depends: $name (= $version)
Description: debug symbols for $name
CONTROL
