#!/usr/bin/env bash
# Makes one table of what the inspection groups sent: intake.sh [FILE…]. What cannot be used goes to rejects.csv.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fupin ingest "${@:-inbox/*.xlsx}" --take '被督查乡镇=town' --number-rows line --drop-rows '考核要求 IS NULL' --na '不考核,/' \
  --schema schema.json --roster towns.csv -k town --keep town,line,full,mark --rejects rejects.csv
