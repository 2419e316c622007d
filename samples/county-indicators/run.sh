#!/usr/bin/env bash
# The county's 25 indicators among the counties of its class, then those responsible for them: their marks, their late
# reports, and who is out. Prints the units' board as CSV.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

counties() {
  fupin weight -i counties.csv --scores results.csv --items indicators.csv --sum 100 --round 2 --as total |
    fupin rank --by total
}
answers() {
  fupin keep results.csv -k item,county --where "value <> 'NA'" |
    fupin rank -k item,county --by value --within item --as place |
    fupin lookup -k item,county --from <(counties) --on county --take rank=county_place |
    fupin lookup -k item,county --from indicators.csv --on item --take full |
    fupin keep -k item,county --where "county = '湘阴县'" |
    fupin veto -k item --when 'place > 5 AND county_place > 3' --because 未进前五 |
    fupin assign -k item --to responsible.csv --groups groups.csv
}
late() {
  fupin deadlines plan.csv --roster units.csv --done reports.csv --to 2016-12-31 --on 2016-12-31 \
    --late --per-day 0.1 --most 2
}

answers=$(mktemp)
trap 'rm "$answers"' EXIT
answers > "$answers"
fupin tally units.csv --events "$answers" --count --as indicators |
  fupin tally --events "$answers" --sum value --as got |
  fupin tally --events "$answers" --sum full --as of |
  fupin score got --of of --full 50 --round 2 --as result |
  fupin tally --events <(late) --sum points --as late |
  fupin weight result/50 late:-1 --as mark |
  fupin veto --events "$answers" --where "vetoed = 'true'" |
  fupin rank --by mark --within kind
