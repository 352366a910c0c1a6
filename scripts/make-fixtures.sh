#!/usr/bin/env bash
# Makes the clips that tests and the demo publish:  scripts/make-fixtures.sh [outdir [long]]   (default artifacts/fixtures)
#
#   a.flv  30 s, 1280x720, 30 fps, x264's default B-frames, keyframe every 2 s, AAC-LC 48 kHz stereo
#   b.flv  as a, without B-frames, AAC-LC 44.1 kHz mono
#   c.flv  as a, 25 fps, keyframe every 10 s
#   d.flv  video only, 15 s
#   e.flv  the first 5 s of a's content
#   f.flv  as a, 15 s, HE-AAC 48 kHz stereo (the project's own he-aac.m4a: Debian has no encoder for it)
#   g.flv  as a, 15 s, AAC-LC 48 kHz 5.1
#   long.flv  as a, 5 minutes; only when asked for. (a published in a loop has a step in its timestamps at every seam.)
#
# All play with: ffmpeg -re -i a.flv -c copy -f flv rtmp://host/app/key
# A voice counts the seconds from 1; 0.2 s into each second two white frames and a beep (1310 Hz, 40 ms) begin at the same
# instant. 1310 Hz lies between the marks of the echo server (500 + 900 i + 180 j Hz) and is notched out of the voice.
# The encoder's priming is left as it is: what a file measures is the reference. Noise at -50 dBFS keeps digital
# silence out. What exists is kept; files appear whole or not at all.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=${1:-$root/artifacts/fixtures}

for tool in ffmpeg espeak-ng flock; do
  command -v "$tool" >/dev/null || { echo "make-fixtures: $tool is missing (apt install ffmpeg espeak-ng util-linux)" >&2; exit 1; }
done

mkdir -p "$out"
exec 9>"$out/.lock"
flock 9
work=$(mktemp -d "$out/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT

run_ffmpeg() {
  ffmpeg -hide_banner -loglevel error -nostdin -y -fflags +bitexact "$@"
}

# The sound of 30 s as one 48 kHz mono file: second n holds the word for n + 1.
make_sound() {
  local inputs=() graph="" n
  for n in $(seq 1 30); do
    espeak-ng -v en -s 190 -w "$work/$n.wav" "$n"
    inputs+=(-i "$work/$n.wav")
    graph+="[$((n - 1)):a]aresample=48000,adelay=290,apad,atrim=0:1,afade=t=out:st=0.97:d=0.03,asetpts=PTS-STARTPTS[v$n];"
  done
  for n in $(seq 1 30); do graph+="[v$n]"; done
  graph+="concat=n=30:v=0:a=1,volume=0.4,bandreject=f=1310:width_type=h:w=300,bandreject=f=1310:width_type=h:w=300[voice];"
  graph+="aevalsrc='0.45*sin(2*PI*1310*(mod(t+0.8,1)))*lt(mod(t+0.8,1),0.04)':s=48000:d=30[beep];"
  graph+="anoisesrc=color=white:amplitude=0.005:seed=1:r=48000:d=30[noise];"
  graph+="[voice][beep][noise]amix=inputs=3:normalize=0:duration=shortest[mix]"
  run_ffmpeg "${inputs[@]}" -filter_complex "$graph" -map "[mix]" -flags:a +bitexact -c:a pcm_s16le "$work/sound.wav"
}

# clip NAME FPS GOP SECONDS B-FRAMES [audio arguments]; encoded sound can be given by its file: FILE copy
clip() {
  local name=$1 fps=$2 gop=$3 seconds=$4 bframes=$5
  shift 5
  [ -s "$out/$name.flv" ] && return
  local sound=() map=()
  if [ "${2:-}" = copy ]; then
    sound=(-i "$1")
    map=(-map 1:a -c:a copy)
  elif [ $# -gt 0 ]; then
    [ -s "$work/sound.wav" ] || make_sound
    sound=(-stream_loop -1 -i "$work/sound.wav")
    map=(-map 1:a -c:a aac -flags:a +bitexact "$@")
  fi
  # No VBV: with it x264's threads make every run different.
  # The flash sits between the frame times, so that rounding never moves it by a frame. The moving strip above it makes every
  # picture's slices unique: a picture is recognised by them.
  local flash="drawbox=y=160:h=ih-160:c=white:t=fill:enable='lt(mod(t+0.8+0.004,1),1.9/$fps)'"
  run_ffmpeg -f lavfi -i "testsrc2=size=1280x720:rate=$fps:duration=$seconds" "${sound[@]}" \
    -map 0:v -vf "lutyuv=y=val*0.4,$flash,format=yuv420p" -t "$seconds" \
    -c:v libx264 -preset veryfast -bf "$bframes" -x264-params "threads=2:b-pyramid=normal:open-gop=0" \
    -g "$gop" -keyint_min "$gop" -sc_threshold 0 -b:v 1500k -flags:v +bitexact \
    "${map[@]}" -map_metadata -1 -flvflags no_duration_filesize -f flv "$work/$name.flv"
  mv "$work/$name.flv" "$out/$name.flv"
  echo "make-fixtures: $out/$name.flv"
}

clip a 30 60 30 3 -b:a 128k -ar 48000 -ac 2
clip b 30 60 30 0 -b:a 96k -ar 44100 -ac 1
clip c 25 250 30 3 -b:a 128k -ar 48000 -ac 2
clip d 30 60 15 3
clip e 30 60 5 3 -b:a 128k -ar 48000 -ac 2
clip f 30 60 15 3 "$root/tests/Dubbing.Testing/Fixtures/he-aac.m4a" copy
clip g 30 60 15 3 -b:a 256k -ar 48000 -af "pan=5.1|FL=0.5*c0|FR=0.5*c0|FC=0.7*c0|LFE=0.1*c0|BL=0.3*c0|BR=0.3*c0"
if [ "${2:-}" = long ]; then
  clip long 30 60 300 3 -b:a 128k -ar 48000 -ac 2
fi
