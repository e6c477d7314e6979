#!/bin/sh
# Checks every list of sealed bids in a log with a shell, coreutils, jq and openssl: nothing of Mingtang takes part.
# 不用本系统的任何程序，只用 sh、coreutils、jq、openssl 核验日志中每一份投标截止清单。
#
#     sh docs/verify-bids.sh DIR
#
# DIR is a log that `verify-log.sh` has found good. For each closing (of bids and of later quotes): its files, numbers and
# root; that each bid in it came in before, and is in no other; each share against its commitment; that what was opened is
# on the list, once, with the digest of the file that came in. Prints a line for each, and last `OK closings=N …` (exit 0),
# or the first fault as `FAIL …` (exit 1). Formats: bids.md beside this file.
#
# Not checked here: that shares together open a bid, and that a timelock's second was over (`mingtang verify bids`).
set -eu
export LC_ALL=C

[ $# -eq 1 ] || { echo "usage: sh verify-bids.sh DIR" >&2; exit 2; }
log=$1
[ -r "$log/checkpoint" ] || { echo "cannot read $log/checkpoint" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAIL $*"; exit 1; }
bytes() { tr a-f A-F | basenc --base16 -d -i; }
tab=$(printf '\t')

# 1. The entries, a line each: every bundle holds two bytes of length, big-endian, and as many bytes, again and again.
size=$(sed -n 2p "$log/checkpoint")
start=0
while [ "$start" -lt "$size" ]; do
    index=$((start / 256))
    width=$((size - start))
    [ "$width" -le 256 ] || width=256
    rest=$((index / 1000))
    name=$(printf '%03d' $((index % 1000)))
    while [ "$rest" -gt 0 ]; do
        name=$(printf 'x%03d' $((rest % 1000)))/$name
        rest=$((rest / 1000))
    done
    [ -r "$log/tile/entries/$name" ] || name=$name.p/$width
    od -A n -v -t u1 "$log/tile/entries/$name" | tr -s ' ' '\n' | awk -v width="$width" '
        !NF { next }
        state == 0 { high = $1; state = 1; next }
        state == 1 { left = high * 256 + $1; state = 2; if (left) next }
        state == 2 && left { left--; printf "%02X", $1 }
        state == 2 && !left { print "0A"; state = 0; if (++whole == width) exit }
    ' | bytes
    start=$((start + width))
done | jq -c 'select(.kind | test("^trading[.](bid_|quotes?_|share_given)"))' > "$work/entries"

# 2. Files of entries, by the digest under which the entry names them.
named='def named($name): [.files[] | select(.name == $name) | .sha256][0] // "-";' # for jq
file_of() { # DIGEST NAME
    [ -r "$log/blob/$1" ] || fail "seq=$seq: $2 is missing"
    [ "$(sha256sum < "$log/blob/$1" | cut -c 1-64)" = "$1" ] || fail "seq=$seq: $2 has other bytes"
    echo "$log/blob/$1"
}
root_of() ( # FIRST COUNT: the RFC 6962 root over these lines of $work/standing, 32 bytes
    if [ "$2" -eq 0 ]; then
        openssl dgst -sha256 -binary < /dev/null
    elif [ "$2" -eq 1 ]; then
        { printf '\000'; sed -n "$(($1 + 1))p" "$work/standing" | bytes; } | openssl dgst -sha256 -binary
    else
        half=1
        while [ $((half * 2)) -lt "$2" ]; do half=$((half * 2)); done
        { printf '\001'; root_of "$1" "$half"; root_of $(($1 + half)) $(($2 - half)); } | openssl dgst -sha256 -binary
    fi
)

# 3. Closings.
: > "$work/listed" # receipt, digest of the sealed file, and the lot's round
: > "$work/promised" # receipt, seat, commitment
jq -r '"\(.seq) \(.subject | tojson)"' "$work/entries" > "$work/subjects"
jq -r "$named"'select(.kind == "trading.bid_closed" or .kind == "trading.quotes_closed")
    | [.seq, named("receipts.json"), named("keys.json")] + (.body
        | [.root, .bids, .withdrawn, "\(.project)/\(.lot)/\(.round)/\(.quote // 0)"]) | @tsv' "$work/entries" > "$work/closings"
while IFS="$tab" read -r seq receipts keys listed bids withdrawn of; do
    receipts=$(file_of "$receipts" receipts.json) || { echo "$receipts"; exit 1; }
    keys=$(file_of "$keys" keys.json) || { echo "$keys"; exit 1; }
    jq -r '.receipts[]' "$receipts" > "$work/standing"
    jq -r '.withdrawn[]' "$receipts" > "$work/gone"
    [ "$bids $withdrawn" = "$(wc -l < "$work/standing") $(wc -l < "$work/gone")" ] || fail "seq=$seq: the list has other numbers"
    root=$(root_of 0 "$(wc -l < "$work/standing")" | basenc --base16 -w 0 | tr A-F a-f)
    [ "$root" = "$listed" ] || fail "seq=$seq: the root is not that of the receipts"
    awk -v seq="$seq" '$1 < seq + 0 { sub(/^[0-9]+ /, ""); print }' "$work/subjects" > "$work/before"
    for receipt in $(cat "$work/standing" "$work/gone"); do
        grep -q -F -x "\"receipt:$receipt\"" "$work/before" || fail "seq=$seq: no entry before it says that $receipt came in"
    done
    jq -r '.bids[].receipt' "$keys" | cmp -s - "$work/standing" || fail "seq=$seq: keys.json lists other bids"
    jq -r --arg of "$of" '.bids[] | "\(.receipt) \(.sealed_sha256) \($of)"' "$keys" >> "$work/listed"
    jq -r '.bids[] | .receipt as $one | .keys.shares // [] | .[] | "\($one) \(.seat) \(.commitment)"' "$keys" >> "$work/promised"
    echo "closing seq=$seq $of: $(wc -l < "$work/standing") bids, $(wc -l < "$work/gone") withdrawn, root as listed"
done < "$work/closings"
[ -z "$(cut -d ' ' -f 1 "$work/listed" | sort | uniq -d)" ] || fail "a bid is on two lists"

# 4. Shares: each is called right exactly where it is what was committed to.
shares=0
jq -r "$named"'select(.kind == "trading.share_given" or .kind == "trading.quote_share_given")
    | [.seq, named("shares.json")] | @tsv' "$work/entries" > "$work/given"
while IFS="$tab" read -r seq file; do
    file=$(file_of "$file" shares.json) || { echo "$file"; exit 1; }
    jq -r '.seat as $seat | .shares[] | [$seat, .receipt, .share, .fits] | @tsv' "$file" > "$work/shares"
    while IFS="$tab" read -r seat receipt share fits; do
        found=$({ printf 'mingtang-bid-share/1\n%s\n' "$seat"; echo "$share" | bytes; } |
            sha256sum | cut -c 1-64)
        right=false
        ! grep -q -F -x "$receipt $seat $found" "$work/promised" || right=true
        [ "$right" = "$fits" ] || fail "seq=$seq: the share of $receipt is called fits=$fits"
        [ "$fits" = false ] || shares=$((shares + 1))
    done < "$work/shares"
done < "$work/given"
echo "shares: $shares right ones, and each is called what it is"

# 5. Openings.
jq -r 'select(.kind == "trading.bid_opened" or .kind == "trading.quote_opened") | .body
    | "\(.receipt) \(.sha256) \(.project)/\(.lot)/\(.round)/\(.quote // 0)"' "$work/entries" > "$work/opened"
[ -z "$(cut -d ' ' -f 1 "$work/opened" | sort | uniq -d)" ] || fail "a bid was opened twice"
while read -r line; do
    grep -q -F -x "$line" "$work/listed" || fail "opened, and not on the list as this file: $line"
done < "$work/opened"
echo "OK closings=$(wc -l < "$work/closings") bids=$(wc -l < "$work/listed") opened=$(wc -l < "$work/opened") shares=$shares"
