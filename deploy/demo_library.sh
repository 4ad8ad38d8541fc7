#!/usr/bin/env bash
# Makes a small media library of real files: tagged sound with covers inside and beside it, films,
# photos with EXIF, names in several scripts. Needs ffmpeg; takes some seconds, about 10 MB.
#
#   deploy/demo_library.sh FOLDER      does nothing if FOLDER is such a library already
set -euo pipefail

readonly edition=2  # Of what is made: another one is made anew.

die() {
  echo "demo_library: $*" >&2
  exit 1
}

[[ $# -eq 1 ]] || die "usage: demo_library.sh FOLDER"
readonly out="${1%/}"
readonly mark=".complete"
if [[ -f "$out/$mark" && "$(<"$out/$mark")" == "$edition" ]]; then
  exit 0
fi
[[ ! -e "$out" || -f "$out/$mark" || -z "$(ls -A "$out")" ]] ||
  die "$out is there and is not a demo library"
command -v ffmpeg >/dev/null || die "ffmpeg is not installed"

mkdir -p "$(dirname "$out")"
work="$(mktemp -d "$(dirname "$out")/.demo-library.XXXXXX")"
trap 'rm -rf "$work"' EXIT
readonly lib="$work/library"
mkdir -p "$lib"

ff() { ffmpeg -nostdin -hide_banner -loglevel error -y "$@"; }

# cover FILE HUE: a square picture.
cover() {
  ff -f lavfi -i "testsrc2=size=480x480:rate=1,hue=h=$2" -frames:v 1 -q:v 4 "$1"
}

# tones HERTZ SECONDS: input options for a quiet chord.
tones() {
  local root="0.2*sin($1*2*PI*t)" third="0.1*sin($1*2.5*PI*t)" fifth="0.08*sin($1*3*PI*t)"
  source=(-f lavfi -i "aevalsrc=$root+$third+$fifth:d=$2:s=44100")
}

# track FILE HERTZ TITLE ARTIST ALBUM NUMBER [COVER]: the codec follows from the extension; with
# COVER the picture is put into the file.
track() {
  local file="$1" hertz="$2" picture="${7:-}"
  local -a source tags codec
  tones "$hertz" 20
  tags=(-metadata "title=$3" -metadata "artist=$4" -metadata "album=$5" -metadata "track=$6"
    -metadata date=2021)
  case "$file" in
    *.mp3) codec=(-c:a libmp3lame -b:a 128k -id3v2_version 3) ;;
    *.flac) codec=(-c:a flac -sample_fmt s16) ;;
    *.m4a) codec=(-c:a aac -b:a 128k -movflags +faststart) ;;
    *.ogg) codec=(-c:a libvorbis -q:a 3) ;;
    *.opus) codec=(-c:a libopus -b:a 64k -ar 48000) ;;
    *) die "no codec for $file" ;;
  esac
  mkdir -p "$(dirname "$file")"
  if [[ -n "$picture" ]]; then
    source+=(-i "$picture" -map 0:a -map 1:v -c:v copy -disposition:v attached_pic
      -metadata:s:v "title=Album cover" -metadata:s:v "comment=Cover (front)")
  fi
  ff "${source[@]}" -ac 2 "${codec[@]}" "${tags[@]}" -fflags +bitexact "$file"
}

# film FILE TITLE SIZE SECONDS: H.264 and AAC, playable while it comes.
film() {
  local -a source
  tones 330 "$4"
  mkdir -p "$(dirname "$1")"
  ff -f lavfi -i "testsrc2=size=$3:rate=25:duration=$4" "${source[@]}" -c:v libx264 \
    -preset veryfast -crf 26 -pix_fmt yuv420p -g 25 -c:a aac -b:a 96k -ac 2 \
    -movflags +faststart -metadata "title=$2" "$1"
}

# with_exif IN OUT DATE ORIENTATION: puts an EXIF segment behind the first marker of a JPEG.
# The segment is an APP1 of 84 bytes: little-endian TIFF, one directory with the orientation and
# a pointer to the EXIF directory, which holds the date ("YYYY:MM:DD HH:MM:SS").
with_exif() {
  {
    head -c 2 "$1"
    printf '\xff\xe1\x00\x54Exif\0\0II\x2a\0\x08\0\0\0'
    printf "\\x02\\0\\x12\\x01\\x03\\0\\x01\\0\\0\\0\\x0$4\\0\\0\\0"
    printf '\x69\x87\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0'
    printf '\x01\0\x03\x90\x02\0\x14\0\0\0\x38\0\0\0\0\0\0\0'
    printf '%s\0' "$3"
    tail -c +3 "$1"
  } >"$2"
}

# photo FILE DATE ORIENTATION SCALE
photo() {
  mkdir -p "$(dirname "$1")"
  ff -f lavfi -i "mandelbrot=size=1024x768:start_scale=$4:rate=1" -frames:v 1 -q:v 4 "$work/raw.jpg"
  with_exif "$work/raw.jpg" "$1" "$2" "$3"
}

music() {
  cover "$work/dawn.jpg" 0
  cover "$work/tale.png" 120
  local album="$lib/Music/The Test Tones/First Light"
  track "$album/01 - Dawn.mp3" 220 "Dawn" "The Test Tones" "First Light" 1/3 "$work/dawn.jpg"
  track "$album/02 - Sunrise & Dew.mp3" 247 "Sunrise & Dew" "The Test Tones" "First Light" 2/3 \
    "$work/dawn.jpg"
  track "$album/03 - Noon.mp3" 262 "Noon <live>" "The Test Tones" "First Light" 3/3 \
    "$work/dawn.jpg"

  album="$lib/Music/Åsa Söder/Årstider"
  track "$album/Åsa Söder – Frühling.flac" 196 "Frühling" "Åsa Söder" "Årstider" 1
  track "$album/Åsa Söder – Été.flac" 208 "Été" "Åsa Söder" "Årstider" 2
  cover "$album/cover.jpg" 240

  track "$lib/Music/日本の歌.mp3" 294 "日本の歌" "テスト合唱団" "春" 1
  track "$lib/Music/Märchen/Kapitel 1.m4a" 175 "Kapitel 1" "Eine Stimme" "Märchen" 1 \
    "$work/tale.png"
  track "$lib/Music/Märchen/Kapitel 10.m4a" 185 "Kapitel 10" "Eine Stimme" "Märchen" 10 \
    "$work/tale.png"
  track "$lib/Music/Разное/Песня.ogg" 311 "Песня" "Хор" "Разное" 1
  track "$lib/Music/Разное/Голос.opus" 330 "Голос" "Хор" "Разное" 2
}

films() {
  film "$lib/Films/Colours in Motion.mp4" "Colours in Motion" 1280x720 20
  film "$work/lying.mp4" "Upright" 640x360 4
  ff -i "$work/lying.mp4" -c copy -metadata:s:v:0 rotate=90 -movflags +faststart \
    "$lib/Films/Upright.mp4"  # As phones do: the picture lies, the header turns it.
}

photos() {
  local album="$lib/Photos/2021 Été à Zürich"
  photo "$album/IMG_0001.jpg" "2021:07:04 12:30:00" 1 3
  photo "$album/IMG_0002.jpg" "2021:07:04 12:31:07" 6 1
  photo "$album/IMG_0003.jpg" "2021:07:05 08:00:59" 1 0.3
  ff -i "$album/IMG_0001.jpg" -frames:v 1 "$album/Skizze.png"
  ff -i "$album/IMG_0001.jpg" -vf scale=320:240 -frames:v 1 "$album/Skizze.gif"
  ff -i "$album/IMG_0001.jpg" -vf scale=320:240 -frames:v 1 -c:v libwebp "$album/Skizze.webp"
}

music &
films &
photos &
for job in $(jobs -p); do
  wait "$job" || die "ffmpeg failed"
done

echo "$edition" >"$lib/$mark"
rm -rf "$out"
mv "$lib" "$out"
