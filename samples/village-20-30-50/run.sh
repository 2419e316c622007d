#!/usr/bin/env bash
# Ranks the villages: routine 20 + field 30 + industry 50, extras, vetoes, five prizes. Prints the result as CSV.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

late() {
  fupin deadlines plan.csv --roster villages.csv --done reports.csv --on 2019-12-31 --late --per-day 0.5 --most 2 |
    fupin ingest --rename unit=village,item=task
}
inbox() {
  fupin ingest inbox/* --encoding auto --rename '村=village,村(社区)=village,填报日期=date' --drop 片区,序号,备注 \
    --roster villages.csv --long village,date --number value --date date
}

fupin deduct villages.csv --events routine.csv --events <(late) --full 20 --each 0.5:2 --once task,due --as routine |
  fupin weight --scores 'offices/*.csv' --scores <(inbox) --items items.csv --sum 50 --missing rescale --as industry |
  fupin weight routine/20 field/100:30% industry/50 --sum 100 --as base |
  fupin bonus --events extras.csv --rules extras-rules.csv --as extras |
  fupin weight base extras --round 2 --as total |
  fupin veto --when 'total < 70' --because '总分低于70分' --events vetoes.csv |
  fupin rank --by total --tie-break field |
  fupin reward --prize 5000,4000,3000,2000,1000 --ties split
