#!/bin/sh
# SPDX-License-Identifier: ISC
#
# Capture a tube preamp and play it: `./waf demo` runs this after building.
#
#     demo.sh BUILD_DIR OUT_DIR [TIME]
#
# Guitar and bass recordings (Debian's sonic-pi-samples, CC0) are played through
# a preamp that is not ours (gx_jcm800pre of Debian's guitarix-lv2).  A model
# learns from that pair for TIME, and the built plugin plays it, in ffmpeg, on a
# phrase that was held out: it should sound as the preamp does.

set -eu
build=$1 out=$2 time=${3:-90s}
samples=/usr/share/sonic-pi/samples
device=http://guitarix.sourceforge.net/plugins/gx_jcm800pre_#_jcm800pre_
knobs='P6v=0.5 WET_DRY=0' # Pre Amp half up drives the tubes; no Presence
delay=31                  # Samples: the preamp's own, which a model leaves out

# FILE:GAIN:SPEED of what is learned from, what the best weights are chosen by,
# and what is held out until all is done: takes of their own.  Few go further at
# several levels, which the tubes bend otherwise, and at several speeds.
lesson='bass_woodsy_c:0.3:1 bass_voxy_c:0.4:1 bass_hard_c:0.2:1'
for speed in 1 0.8 1.25; do
  for take in guit_e_fifths guit_em9; do
    lesson="$lesson $take:0.9:$speed $take:0.35:$speed"
  done
done
choice='guit_harmonics:1:1 bass_thick_c:0.2:1'
held_out='guit_e_slide:0.8:1'

started=$(date +%s.%N)
step() {
  now=$(date +%s.%N)
  awk -v a="$started" -v b="$now" -v what="$1" \
    'BEGIN { printf "%6.1f s  %s\n", b - a, what }'
}

run_ffmpeg() {
  ffmpeg -hide_banner -nostdin -loglevel error -y "$@" || exit 1
}

seconds() {
  ffprobe -v error -show_entries format=duration -of csv=p=0 "$1" |
    awk '{ printf "%.1f", $1 }'
}

# Write the phrases named to $1, mono at 48 kHz, one after the other.  A second
# of silence before them lets the preamp settle; it is cut off later.
record() {
  wav=$1 phrases=$2 filter='' labels='' n=0
  set --
  for phrase in $phrases; do
    rest=${phrase#*:}
    file=$samples/${phrase%%:*}.flac
    [ -f "$file" ] || {
      echo "demo: no $file: install Debian's sonic-pi-samples" >&2
      exit 1
    }
    set -- "$@" -i "$file"
    filter="${filter}[$n]aformat=channel_layouts=mono,"
    filter="${filter}asetrate=44100*${rest#*:},aresample=48000,"
    filter="${filter}volume=${rest%:*},apad=pad_dur=0.2[p$n];"
    labels="${labels}[p$n]"
    n=$((n + 1))
  done
  run_ffmpeg "$@" -c:a pcm_f32le -filter_complex \
    "$filter${labels}concat=n=$n:v=0:a=1,adelay=1000" "$wav"
}

# Play $1-raw.wav through the device; leave $1-dry.wav and $1-wet.wav
play_device() {
  # shellcheck disable=SC2086 # A list of words
  "$build/tests/apply" "$device" "$1-raw.wav" "$1-amp.wav" $knobs \
    >"$out/apply.log" 2>&1 || {
    cat "$out/apply.log" >&2
    exit 1
  }
  for pair in raw:dry amp:wet; do
    run_ffmpeg -i "$1-${pair%:*}.wav" -af atrim=start_sample=48000 \
      -c:a pcm_f32le "$1-${pair#*:}.wav"
    rm "$1-${pair%:*}.wav"
  done
}

# Play $1 through the built plugin with the new model in ffmpeg; write $2
play_plugin() {
  # ':' divides options in a filter, so one in a URI is escaped twice
  REMANENCE_MODEL=$out/amp.safetensors \
    LV2_PATH="$build/lv2:${LV2_PATH:-/usr/lib/lv2}" \
    run_ffmpeg -i "$1" -c:a pcm_f32le \
    -af 'lv2=plugin=urn\\:remanence\\:audio' "$2"
}

rm -rf "$out"
mkdir -p "$out"
echo 'A preamp learned from recordings, and played by the plugin'
record "$out/lesson-raw.wav" "$lesson"
record "$out/choice-raw.wav" "$choice"
record "$out/phrase-raw.wav" "$held_out"
play_device "$out/lesson"
play_device "$out/choice"
play_device "$out/phrase"
step "played guitar and bass through gx_jcm800pre, a tube preamp:
          $(seconds "$out/lesson-dry.wav") s to learn from, \
$(seconds "$out/phrase-dry.wav") s held out"

"$build/remanence" train --input "$out/lesson-dry.wav" \
  --target "$out/lesson-wet.wav" --valid-input "$out/choice-dry.wav" \
  --valid-target "$out/choice-wet.wav" --hidden 32 --layers 1 --skip \
  --latency "$delay" --name 'JCM 800 preamp (demo)' --time "$time" \
  --report "$out/report" -o "$out/amp.safetensors"
step 'trained an LSTM of 32 cells on them'

play_plugin "$out/phrase-dry.wav" "$out/phrase-plugin.wav"
step 'played the held-out phrase through the plugin, in ffmpeg'

"$build/remanence" eval --prediction "$out/phrase-plugin.wav" \
  --target "$out/phrase-wet.wav" --latency "$delay" >"$out/figures.txt"
cat <<END

Plugin against device on the held-out phrase, after ${time} of training:
$(grep ESR "$out/figures.txt")

  $out/phrase-wet.wav      the device
  $out/phrase-plugin.wav   the plugin
  $out/report/report.html  how it was learned
END
