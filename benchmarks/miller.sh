#!/bin/sh
# The national ranking in Miller 6, as its users would write it: sums per village, joined to the board.
# Miller computes in binary floats, so some totals that are equal differ in their last bits.
#
# Usage: miller.sh FOLDER OUT
set -eu
folder=$1 out=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

mlr --csv stats1 -a sum -f points -g village "$folder/routine.csv" > "$work/deducted.csv"

mlr --csv join -j item,level -f "$folder/rules.csv" \
    then stats1 -a sum -f points -g village,item,cap \
    then put '$extras = max(-$cap, min($cap, $points_sum))' \
    then stats1 -a sum -f extras -g village \
    then rename extras_sum,extras "$folder/extras.csv" > "$work/extras.csv"

mlr --csv head -n 1 -g village then put '$listed = 1' then cut -f village,listed \
    "$folder/vetoes.csv" > "$work/vetoes.csv"

# `join` puts the columns of its -f file first and keeps the order of the board, its main input.
mlr --csv put '$place = NR; if (is_absent(@group[$county])) {@group[$county] = NR} $group = @group[$county]' \
    then join --ur -j village -f "$work/deducted.csv" \
    then join --ur -j village -f "$work/extras.csv" \
    then join --ur -j village -f "$work/vetoes.csv" \
    then put '
        $routine = max(0, 20 - ($points_sum ?? 0));
        $base = $routine + $field * 0.3 + $industry;
        $extras = $extras ?? 0;
        $total = $base + $extras;
        $vetoed = $total < 70 || is_present($listed);
        $by = $vetoed ? -1000 : $total' \
    then sort -nf group -nr by -nf place \
    then put '
        @row[$county] = (@row[$county] ?? 0) + 1;
        if (is_absent(@last[$county]) || $by != @last[$county]) {@rank[$county] = @row[$county]}
        @last[$county] = $by;
        $rank = $vetoed ? "" : @rank[$county]' \
    then cut -o -f village,county,field,industry,routine,base,extras,total,vetoed,rank \
    "$folder/villages.csv" > "$out"
