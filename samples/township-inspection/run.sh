#!/usr/bin/env bash
# Ranks the townships, names the last three and tells by when they have to put things right. Prints the result as CSV;
# what follows goes to `weight`, in place of --sum 102.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
[ $# -gt 0 ] || set -- --sum 102

scores() {
  fupin lookup <(bash intake.sh 'inbox/*.xlsx' mended.csv) -k town,line --from towns.csv --on town --take poor_village |
    fupin ingest --schema not-assessed.json |
    fupin lookup -k town,line --from items.csv --on line --take item |
    fupin ingest --rename mark=value
}
orders() {
  fupin keep "$ranking" --where 'criticised = 1' |
    fupin deadlines plan.csv --roster - |
    fupin ingest --rename unit=town
}

ranking=$(mktemp)
trap 'rm "$ranking"' EXIT
fupin weight -i towns.csv --scores <(scores) --items items.csv "$@" --round 2 --as total |
  fupin rank --by total --within group --as group_rank |
  fupin rank --by total |
  fupin reward --table notices.csv --as criticised > "$ranking"
fupin lookup "$ranking" --from <(orders) --take due=rectify_by --optional
