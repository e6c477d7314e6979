#!/bin/sh
# Checks a log of any length with a shell, coreutils, jq and openssl 3: nothing of Mingtang takes part.
# 不用本系统的任何程序，只用 sh、coreutils、jq、openssl 核验整个日志。
#
#     sh docs/verify-log.sh DIR VKEY
#
# DIR is the folder that holds `checkpoint`, `tile/` and perhaps `blob/` (an export, or log/ of a data folder); VKEY is
# the log's verifier key, which you have from somewhere other than DIR. Prints what holds, line by line, and last
# `OK size=N root=…` (exit 0), or the first fault as `FAIL …` (exit 1). Formats: log-format.md beside this file.
#
# Not checked here: the closed form of an entry, code points, signatures inside bodies, cosignatures of witnesses.
set -eu
export LC_ALL=C

[ $# -eq 2 ] || { echo "usage: sh verify-log.sh DIR VKEY" >&2; exit 2; }
log=$1
vkey=$2
[ -r "$log/checkpoint" ] || { echo "cannot read $log/checkpoint" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL $*"; exit 1; }

# 1. The checkpoint is signed by the key, and is of the log that the key belongs to.
sed '/^$/,$d' "$log/checkpoint" > "$work/text"
origin=$(sed -n 1p "$work/text")
size=$(sed -n 2p "$work/text")
root=$(sed -n 3p "$work/text")
case $size in '' | 0* | *[!0-9]*) fail "checkpoint: its size is $size" ;; esac
key=${vkey#*+*+}
id=$({ echo "$origin"; echo "$key" | openssl base64 -d -A; } | sha256sum | cut -c 1-8)
[ "$vkey" = "$origin+$id+$key" ] || fail "checkpoint: VKEY is not a key of the log $origin"
{ # an Ed25519 public key in DER is these twelve bytes and the key
    printf '\060\052\060\005\006\003\053\145\160\003\041\000'
    echo "$key" | openssl base64 -d -A | tail -c 32
} > "$work/key"
sed -n "s|^— $origin ||p" "$log/checkpoint" | head -n 1 | openssl base64 -d -A | tail -c 64 > "$work/signature"
openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key" -rawin -in "$work/text" \
    -sigfile "$work/signature" > "$work/said" 2>&1 || fail "checkpoint: the signature does not verify"
echo "checkpoint: size $size, signed by $origin"

# 2. The entries, bundle by bundle: whole, canonical, in their place, chained by SM3; each leaf's SHA-256 is kept.
tile() { # LEVEL INDEX WIDTH: the file that holds this tile's first WIDTH hashes or entries
    rest=$(($2 / 1000))
    name=$(printf '%03d' $(($2 % 1000)))
    while [ "$rest" -gt 0 ]; do
        name=$(printf 'x%03d' $((rest % 1000)))/$name
        rest=$((rest / 1000))
    done
    if [ "$3" -lt 256 ] && [ -r "$log/tile/$1/$name.p/$3" ]; then name=$name.p/$3; fi
    [ -r "$log/tile/$1/$name" ] || fail "tile/$1/$name: missing"
    echo "$log/tile/$1/$name"
}
ends() { # FILE WIDTH BYTES: whether it has just so many; a full file in place of a partial one has more
    [ "$(wc -c < "$1")" -eq "$3" ] || { [ "$2" -lt 256 ] && [ "${1%.p/*}" = "$1" ]; }
}
bytes() { basenc --base16 -d -i; }
hashes() { sha256sum "$@" | cut -c 1-64 | tr a-f A-F | bytes; }
each_line() { # DIR: each line in a file of its own there, without its end
    rm -rf "$1"
    mkdir "$1"
    split -l 1 -a 3 -d - "$1/"
    truncate -s -1 "$1"/*
}
first_difference() { paste -d ' ' "$1" "$2" | awk '$1 != $2 { print NR - 1; exit }'; }

printf '%064d\n' 0 > "$work/before" # the SM3 of the entry before: none before the first
: > "$work/row"
start=0
while [ "$start" -lt "$size" ]; do
    width=$((size - start))
    [ "$width" -le 256 ] || width=256
    bundle=$(tile entries $((start / 256)) "$width") || { echo "$bundle"; exit 1; }
    # For each entry two bytes of length, big-endian, and as many bytes; here in hexadecimal, an entry a line.
    od -A n -v -t u1 "$bundle" | tr -s ' ' '\n' | awk -v width="$width" '
        !NF { next }
        state == 0 { high = $1; state = 1; next }
        state == 1 { left = high * 256 + $1; state = 2; if (left) next }
        state == 2 && left { left--; printf "%02X", $1 }
        state == 2 && !left { print ""; state = 0; if (++whole == width) exit }
    ' > "$work/hex"
    whole=$(wc -l < "$work/hex")
    [ "$whole" -eq "$width" ] || fail "seq=$((start + whole)): the bundle ends before it"
    at=$(awk '{ bytes += 2 + length($0) / 2 } END { print bytes }' "$work/hex")
    ends "$bundle" "$width" "$at" || fail "seq=$((start + width - 1)): the bundle ends elsewhere"
    sed 's/$/0A/' "$work/hex" | bytes > "$work/lines"
    jq -cS . "$work/lines" > "$work/canonical" 2> /dev/null || fail "seq from $start: not JSON"
    cmp -s "$work/lines" "$work/canonical" || fail "seq from $start: not canonical"
    jq -r .seq "$work/lines" > "$work/found"
    seq "$start" $((start + width - 1)) > "$work/wanted"
    bad=$(first_difference "$work/found" "$work/wanted")
    [ -z "$bad" ] || fail "seq=$((start + bad)): it says another place of itself"
    each_line "$work/entry" < "$work/lines" # each is one, or it would not have come so far
    sed 's/^/00/; s/$/0A/' "$work/hex" | bytes | each_line "$work/leaf"
    openssl dgst -sm3 -r "$work"/entry/* | cut -c 1-64 > "$work/sm3"
    jq -r .prev "$work/lines" > "$work/found"
    { cat "$work/before"; head -n -1 "$work/sm3"; } > "$work/wanted"
    bad=$(first_difference "$work/found" "$work/wanted")
    [ -z "$bad" ] || fail "seq=$((start + bad)): prev is not the SM3 of the entry before"
    tail -n 1 "$work/sm3" > "$work/before"
    hashes "$work"/leaf/* >> "$work/row"
    jq -r '.files[].sha256' "$work/lines" >> "$work/named"
    jq -r .logged "$work/lines" >> "$work/logged"
    start=$((start + width))
done
sort -n -c "$work/logged" 2> /dev/null || fail "logged: it goes back somewhere"
echo "entries: $size, each in its place and chained to the one before"

# 3. Every tile: level 0 holds the leaves, each hash of a level above is the root of a full tile below. A row of the
#    tree follows from the one below it by hashing pairs; an odd one at the end moves up as it is.
pairs_up() {
    whole=$(($(wc -c < "$work/row") / 64 * 64))
    rm -rf "$work/part"
    mkdir "$work/part"
    head -c "$whole" "$work/row" | basenc --base16 -w 128 | sed 's/^/01/' | split -l 1000 -a 6 - "$work/part/"
    for part in "$work"/part/*; do
        [ -f "$part" ] || continue # there is no pair
        rm -rf "$work/pair"
        mkdir "$work/pair"
        bytes < "$part" | split -b 65 -a 3 -d - "$work/pair/"
        hashes "$work"/pair/*
    done > "$work/above"
    tail -c "+$((whole + 1))" "$work/row" >> "$work/above"
    mv "$work/above" "$work/row"
}
level=0
count=$size
while [ "$count" -gt 0 ]; do
    index=0
    while [ $((index * 256)) -lt "$count" ]; do
        width=$((count - index * 256))
        [ "$width" -le 256 ] || width=256
        file=$(tile "$level" "$index" "$width") || { echo "$file"; exit 1; }
        tail -c "+$((index * 8192 + 1))" "$work/row" | head -c $((width * 32)) > "$work/hashes"
        ends "$file" "$width" $((width * 32)) || fail "${file#"$log"/}: not of its length"
        head -c $((width * 32)) "$file" | cmp -s - "$work/hashes" || fail "${file#"$log"/}: not the hashes of what is below"
        index=$((index + 1))
    done
    echo "tiles of level $level: $index, as computed"
    for _ in 1 2 3 4 5 6 7 8; do pairs_up; done
    level=$((level + 1))
    count=$((count / 256))
done

# 4. The root.
while [ "$(wc -c < "$work/row")" -gt 32 ]; do pairs_up; done
[ "$(openssl base64 < "$work/row")" = "$root" ] || fail "checkpoint: its root is not that of the entries"

# 5. Public files: each hashes to its name, and each that an entry names is there.
if [ -d "$log/blob" ]; then
    (cd "$log/blob" && find . -type f -exec sha256sum {} +) | sed 's|\./||' > "$work/files"
    bad=$(awk '$1 != $2 { print $2; exit }' "$work/files")
    [ -z "$bad" ] || fail "blob/$bad: does not hash to its name"
    for name in $(sort -u "$work/named"); do [ -f "$log/blob/$name" ] || fail "blob/$name: missing"; done
    echo "files: $(wc -l < "$work/files"), each under the hash of its bytes"
fi
echo "OK size=$size root=$root"
