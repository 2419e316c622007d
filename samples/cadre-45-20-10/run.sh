#!/usr/bin/env bash
# Composites, grades and consequences of the deputy leaders of nine counties. Prints the result as CSV.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

scale=优秀=100,称职=80,基本称职=50,不称职=0

counties() {
  fupin tally counties.csv --events leaders.csv --mean rating --as leaders |
    fupin rank --by development --previous last-year-counties.csv |
    fupin screen --rules pools.csv --as pool
}

fupin lookup cadres.csv --from <(counties) --on county \
  --take development,target,leaders,rank=county_place,change,lifted,hard,pool |
  fupin tally --events heads.csv --mean rating --expect 2 --as heads |
  fupin vote --ballots 'ballots/*.csv' --scale "$scale" --invalid 废票,多选 --as ballots --detail |
  fupin vote --ballots 'interviews/*.csv' --scale "$scale" --invalid 废票,多选 --as interviews --detail |
  fupin weight development/100:45% target/100:20% leaders/100:10% heads/100:10% ballots/100:10% interviews/100:5% \
    --sum 100 --round 4 --as composite |
  fupin veto --events vetoes.csv |
  fupin grade --by composite --bands 优秀=90,称职=80,基本称职=60,不称职=0 --vetoed 待研究 --for "pool = '一般'" \
    --quota 优秀=15% --quota-max 优秀=20% --base 80 |
  fupin grade --by composite --bands 优秀=90,称职=80,基本称职=60,不称职=0 --vetoed 待研究 --fill \
    --within pool --quotas quotas.csv --quota 优秀=15% --quota-max 优秀=20% |
  fupin lookup --from last-year.csv --take grade=last_grade --optional |
  fupin lookup --from unfit.csv --take finding --optional |
  fupin screen --rules consequences.csv --as consequence |
  fupin rank --by composite
