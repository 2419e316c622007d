#!/usr/bin/env bash
# Ranks the helping cadres by their visits; with the word villages or drawn, the villages' summary or the households
# drawn. Prints CSV.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

households() {
  fupin screen households.csv --rules kinds.csv --as kinds |
    fupin tally --events visits.csv --where "date BETWEEN '2020-03-10' AND '2020-03-13'" --count --as in_march |
    fupin tally --events visits.csv --distinct date --as visits |
    fupin score status --map 未脱贫=6,已脱贫=3,一般=0 --as asked |
    fupin weight asked visits:-1 --as short
}
unvisited() {
  fupin keep <(households) --where "in_march = 0 AND (status <> '一般' OR kinds IS NOT NULL)"
}
late() {
  fupin deadlines plan.csv --roster villages.csv --done reports.csv --on 2020-04-30 --late
}

case ${1:-cadres} in
cadres)
  fupin tally cadres.csv --events <(households) --where "status <> '一般'" --event-key cadre --count --as helped |
    fupin tally --events <(unvisited) --event-key cadre --count --as unvisited |
    fupin tally --events <(households) --where 'short > 0' --event-key cadre --sum short --as short |
    fupin deduct --events <(households) --where 'short > 0' --event-key cadre --column short --full 20 --as visits |
    fupin weight visits unvisited:-0.5 --as points |
    fupin rank --by points --tie-break helped
  ;;
villages)
  fupin lookup villages.csv --from <(fupin screen households.csv --rules kinds.csv --by village) \
    --take 边缘户,转移性收入,弱劳力,无业,大病,多学生,土坯房,隐患点,创业失败,动力不足,大龄单身 |
    fupin deduct --events <(late) --full 10 --as reports |
    fupin rank --by reports
  ;;
drawn)
  fupin screen <(households) --rules pool.csv --only --as pool |
    fupin draw -n 2 --within village,pool --seed 大比武2020-03
  ;;
esac
