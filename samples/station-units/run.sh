#!/usr/bin/env bash
# Ranks stations and offices within their three kinds, each by its own formula. Prints the result as CSV.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

scores() {
  fupin ingest 'inbox/*' --encoding auto --rename 单位=unit,单位名称=unit --drop 序号,类别,备注 --roster units.csv \
    --aliases aliases.csv --long unit --number value |
    fupin ingest --wide item=value
}
targets() {
  fupin ingest industry-targets.xlsx --rename 单位=unit,省考类别=class,市考名次=place --drop 序号 --na 无任务 --roster units.csv
}

fupin lookup units.csv --from <(scores) \
  --take 第三方评估=third,组织考核=organisation,指挥部考核=headquarters,排查专人=staff,排查有力=effort |
  fupin lookup --from <(targets) --take class,place --optional |
  fupin score class --map 一类=15,二类=13,三类=11 --as industry |
  fupin score place --places 15:1 --as industry --fill |
  fupin score industry --na-mean --round 2 --as industry |
  fupin deduct --events routine.csv --full 20 --each 0.5:2 --once task --for "kind <> '3'" --as routine |
  fupin deduct --events routine.csv --full 15 --each 0.5:2 --once task --for "kind = '3'" --as routine --fill |
  fupin weight routine/20 third/100:80% --sum 100 --for "kind = '1'" --as base |
  fupin weight routine/20 third/100:30% organisation/100:20% headquarters/100:30% --sum 100 --for "kind = '2'" --as base --fill |
  fupin weight routine/15 staff/5 effort/5 industry/15 organisation/100:16% headquarters/100:24% third/100:20% --sum 100 \
    --for "kind = '3'" --as base --fill |
  fupin bonus --events extras.csv --rules extras-rules.csv --range -3:3 --as extras |
  fupin weight base extras --round 2 --as total |
  fupin rank --by total --within kind --tie-break third
