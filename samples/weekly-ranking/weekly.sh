#!/usr/bin/env bash
# Publishes a week's ranking: a folder ARCHIVE/2019-W26 with CSV, workbook, notice, and all that it comes from.
# Made for cron: silent when all went well, else one line on standard error and a status that is not 0. Whatever
# happens, a week is published whole or not at all, and weeks that are published stay as they are.
set -euo pipefail

say() { echo "weekly.sh: $*" >&2; }
if [[ $# -ne 2 && ! ($# -eq 4 && $3 == --on) ]]; then
  say "usage: weekly.sh LEDGERS ARCHIVE [--on DATE]"
  exit 2
fi
ledgers=$1 archive=$2
on=$(date -d "${4:-today}" +%F)
week=$(date -d "$on" +%G-W%V)
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
new=$archive/.work/$week

mkdir -p "$archive"
exec 9> "$archive/.lock"
if ! flock --nonblock 9; then
  say "$archive is locked: another run has not ended"
  exit 1
fi
if [[ -e $archive/$week ]]; then
  say "$week is published already; what is published stays as it is"
  exit 1
fi
rm -rf "$archive/.work"
mkdir -p "$new/inputs"

# From here on all that is told goes into the log, and of a failure the last fault to where cron mails it from.
exec 3>&2 2> "$new/log.txt"
failed() {
  local status=$?
  [[ $status -eq 0 ]] || echo "weekly.sh: $week is not published, status $status:" \
    "$(grep -av ': … and [0-9]* more' "$new/log.txt" | tail -n 1) (all of it: $new/log.txt)" >&3
}
trap failed EXIT

# The scheme, and what the offices have sent by now; rsync or curl would stand here as well.
cp "$ledgers"/{villages,plan,items,extras-rules,routine,reports,extras,vetoes}.csv "$here/week.fupin" "$new/inputs/"
cp -r "$ledgers/offices" "$ledgers/inbox" "$new/inputs/"
echo "$on" > "$new/inputs/day.txt"
fupin --version > "$new/inputs/version.txt"

# The week before, if there is one.
echo village,rank > "$new/inputs/previous.csv"
for one in "$archive"/*-W*/; do
  if [[ -e $one && $(basename "$one") < $week ]]; then cp "$one/ranking.csv" "$new/inputs/previous.csv"; fi
done

title="${week/-W/年第}周排名"
fupin run "$new/inputs/week.fupin" --set "day=$on" -o "$new/ranking.csv" \
  then report --lang zh --title "$title" -o "$new/ranking.xlsx"
fupin report "$new/ranking.csv" --lang zh --title "$title" --note "截至 $on" \
  --columns rank=名次,village=村,total=总分,previous_rank=上周名次,change=升降,veto_reason=否决 -o "$new/notice.md"

find "$new" -type f -exec sync {} +
mv --no-target-directory "$new" "$archive/$week"
