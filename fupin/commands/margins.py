"""margins: what will be appealed, because little would have changed it.

Serves an office before it publishes: scores near the bound of a band (Longnan), a prize place (Xinfeng 2020) or a
veto line (Beijinggang 2019, annex 1, item 22), ties that a tie-break decided, and places that depend on one weight.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import click

from fupin import boards, numbers, options, thresholds
from fupin.chain import Chain, Files
from fupin.checks import check, number_check, require_columns
from fupin.commands.run import parsed
from fupin.deferred import pl
from fupin.errors import NAMED, Misuse, counted
from fupin.numbers import Number
from fupin.sensitivity import Flip, check_places, flips

_KINDS = ["band", "veto", "place", "tie", "weight"]
_COLUMNS = ["kind", "what", "value", "bound", "gap", "with"]


def margins(
    board: pl.DataFrame,
    by: str,
    *,
    within_points: Number = "0.5",
    bands: Mapping[str, Number] | None = None,
    places: Sequence[int] = (),
    veto: Sequence[Number] = (),
    flipped: Sequence[Flip] = (),
    rank: str = "rank",
    within: str | None = None,
    ignore_veto: bool = False,
    key: Sequence[str] | None = None,
) -> pl.DataFrame:
    """List the units that are near a cut, contract §10.

    Args:
        board: one row per unit, texts.
        by: the column of scores, in points.
        within_points: how near is near, in points; a unit just so far away is listed.
        bands: the lowest score of each band.
        places: how many first places are rewarded, or below 0 how many last ones.
        veto: scores at which a veto begins or ends.
        flipped: places that another weight would change.
        rank: the column of places; ties that were decided are found by it, if the board has it.
        within: the column of groups in which places are given.
        ignore_veto: treat vetoed units like the others; else they are only held against veto lines.
        key: the board's key columns.

    Returns:
        a row for each unit and cut, units in board order: the key; `kind`, which is band, veto, place, tie or weight;
        `what` the cut is; `value`, the score; `bound`; `gap`, value less bound; and `with`, the unit on the other
        side of the cut, or those it is tied with. Of kind weight, value is the place, and bound the other place.

    Raises:
        DataError: a score is missing or no number, or places are asked for and the board has none.
    """
    near = numbers.quanta(numbers.exact(within_points, "--within-points"), "--within-points")
    if near < 0:
        raise Misuse(f"--within-points: {within_points} is below 0; it is a distance")
    if 0 in places:
        raise Misuse("--places: 0 is no place; 3 means the first three, -3 the last three")
    keys = boards.key_of(board, key)
    boards.check_apart(keys, _COLUMNS)
    require_columns([by, *([rank] if places else [])], board.columns)
    out = boards.vetoed(board, ignore=ignore_veto)
    boards.check_groups(board, within)
    units = board.select(
        pl.all(), numbers.read(by).alias("\0score"), out.alias("\0out"), boards.groups(board, within).alias("\0group"),
        boards.units(board, keys).alias("\0unit"),
    ).with_row_index("\0row")  # fmt: skip
    check(units, [number_check(by) if veto else number_check(by).among(~pl.col("\0out"))])
    ranked = units.filter(~pl.col("\0out"))
    found = [_near_bounds(ranked, "band", list((bands or {}).items()), near)]
    found += [_near_bounds(units, "veto", [("veto line", line) for line in veto], near)]
    if rank in board.columns:
        check(ranked, [number_check(rank, blank=True)])
        placed = ranked.with_columns(numbers.read(rank).alias("\0place")).filter(pl.col("\0place").is_not_null())
        placed = placed.sort("\0group", "\0place", maintain_order=True)
        found += [*(_near_place(placed, count, near) for count in places), _ties(placed)]
    found.append(_flipped(units, flipped))
    listed = pl.concat(found).with_columns(gap=pl.col("value") - pl.col("bound"))
    listed = listed.sort("\0row", pl.col("kind").cast(pl.Enum(_KINDS)), maintain_order=True)
    told = listed.select("kind", "what", *(numbers.text(pl.col(c)).alias(c) for c in ("value", "bound", "gap")), "with")
    return board[listed["\0row"]].select(keys).hstack(told)


def _rows(found: pl.DataFrame, kind: str) -> pl.DataFrame:
    r"""Rows of one kind: `\0row`, `what`, `value` and `bound` in quanta, and `with`."""
    texts = [pl.lit(kind).alias("kind"), pl.col("what").cast(pl.String)]
    return found.select("\0row", *texts, pl.col("value", "bound").cast(pl.Int128), pl.col("with").cast(pl.String))


def _is_near(near: int) -> pl.Expr:
    """Whether a value is near its bound."""
    return (pl.col("value") - pl.col("bound")).abs() <= numbers.whole(near)


def _near_bounds(units: pl.DataFrame, kind: str, bounds: Sequence[tuple[str, Number]], near: int) -> pl.DataFrame:
    """The units near fixed scores."""
    lines = [(name, numbers.quanta(numbers.exact(bound, f"{kind} {name}"), name), None) for name, bound in bounds]
    table = pl.DataFrame(lines, {"what": pl.String, "bound": pl.Int128, "with": pl.String}, orient="row")
    both = units.select("\0row", value="\0score").join(table, how="cross", maintain_order="left_right")
    return _rows(both.filter(_is_near(near)), kind)


def _near_place(placed: pl.DataFrame, count: int, near: int) -> pl.DataFrame:
    """The units near the end of the first places, or the beginning of the last ones, with the nearest one beyond it.

    Args:
        placed: units with places, in their order.
        count: how many first places, or below 0 last ones.
        near: how near is near, in quanta.
    """
    position, size = pl.int_range(pl.len()).over("\0group"), pl.len().over("\0group").cast(pl.Int64)
    both = placed.with_columns(before=position < (count if count > 0 else size + count))
    edge = pl.col("\0score", "\0unit")
    edges = both.group_by("\0group", maintain_order=True).agg(
        edge.filter("before").last().name.suffix(" before"),
        edge.filter(~pl.col("before")).first().name.suffix(" behind"),
    )
    beyond = [
        pl.when("before").then(pl.col(f"{c} behind")).otherwise(pl.col(f"{c} before")) for c in ("\0score", "\0unit")
    ]
    listed = both.join(edges, on="\0group", maintain_order="left").select(
        "\0row", beyond[0].alias("bound"), beyond[1].alias("with"), value="\0score",
        what=pl.lit(f"first {count}" if count > 0 else f"last {-count}"),
    )  # fmt: skip
    return _rows(listed.filter(_is_near(near)), "place")


def _ties(placed: pl.DataFrame) -> pl.DataFrame:
    """The units that have the score of others and yet another place."""
    tie = ["\0group", "\0score"]
    all_of = placed.group_by(tie, maintain_order=True).agg(
        pl.col("\0unit").alias("all"), pl.col("\0place").alias("places")
    )
    pairs = placed.join(all_of, on=tie, maintain_order="left").explode("all", "places")
    pairs = pairs.filter(pl.col("places") != pl.col("\0place"))
    named, more = pl.col("all").head(NAMED).str.join("; "), pl.len() - NAMED
    told = pl.when(pl.len() > NAMED).then(pl.format("{} and {} more", named, more)).otherwise(named)
    listed = pairs.group_by("\0row", maintain_order=True).agg(
        pl.col("\0score").first().alias("value"), told.alias("with")
    )
    return _rows(listed.with_columns(pl.col("value").alias("bound"), what=pl.lit("decided by a tie-break")), "tie")


def _flipped(units: pl.DataFrame, found: Sequence[Flip]) -> pl.DataFrame:
    """The units whose place another weight would change."""
    one = numbers.ONE
    rows = [
        (flip.unit, flip.what, *(None if p is None else p * one for p in (flip.place, flip.moved))) for flip in found
    ]
    kinds = {"\0unit": pl.String, "what": pl.String, "value": pl.Int128, "bound": pl.Int128}
    table = pl.DataFrame(rows, kinds, orient="row")
    both = table.join(units.select("\0unit", "\0row"), on="\0unit", maintain_order="left")
    return _rows(both.with_columns(pl.lit(None).alias("with")), "weight")


EXAMPLES = r"""
$ fupin run scheme.fupin then margins --by total --within-points 0.3 --places 5 --veto 70
village,kind,what,value,bound,gap,with
白鹭洲村,place,first 5,91.85,91.85,0,古井冲村
白鹭洲村,tie,decided by a tie-break,91.85,91.85,0,古井冲村
古井冲村,place,first 5,91.85,91.85,0,白鹭洲村
古井冲村,tie,decided by a tie-break,91.85,91.85,0,白鹭洲村
石灰冲村,veto,veto line,70,70,0,
樟木桥村,veto,veto line,69.9,70,-0.1,
"""


@options.verb("margins", examples=EXAMPLES)
@click.option("--by", type=options.Column(), required=True, metavar="COLUMN", help="The column of scores.")
@click.option(
    "--within-points", type=options.Number(), default="0.5", show_default=True, metavar="N", help="How near is near."
)
@click.option(
    "--bands", type=options.Pairs(), metavar="BAND=N,…", help="The lowest score of each band, which belongs to it."
)
@click.option("--places", metavar="N,…", help="How many first places are rewarded; -N is the last N.")
@click.option(
    "--veto", metavar="N,…", help="Scores at which a veto begins.  [default: those that --recipe compares COLUMN with]"
)
@click.option("--rank", type=options.Column(), default="rank", show_default=True, help="The column of places.")
@options.within
@click.option("--recipe", type=options.File(), metavar="FILE", help="What made the board; its last chain ranks.")
@click.option("--weights", metavar="P%", help="With --recipe: move each weight by this share of itself, up and down.")
@click.option("--set", "given", multiple=True, metavar="NAME=VALUE", help="Fill {NAME} in the recipe.")
@options.ignore_veto
@click.option("--check", "check_", is_flag=True, help="Make the exit status 3 if there is anything to list.")
def command(
    places: str | None,
    veto: str | None,
    recipe: str | None,
    weights: str | None,
    given: tuple[str, ...],
    check_: bool,
    **options_of: Any,
) -> options.Apply:
    """A row for each unit and cut: kind (band, veto, place, tie, weight), what, value, bound, gap and with.

    gap is the score less the bound, or less that of the nearest unit beyond the cut, which is named. A weight that is
    moved makes the others give way in proportion, so that the full marks stay what they are; value is the place then,
    and bound the place it would be. Vetoed units are held against veto lines only.
    """
    if (recipe is None) and (weights or given):
        raise Misuse("--weights and --set go with --recipe FILE")
    share = None if weights is None else _share(weights)
    chains = [] if recipe is None else parsed(click.get_current_context(), recipe, given)
    if any(stage.dashes for chain in chains for stage in chain.stages[:1]):
        raise Misuse(f"--recipe: {recipe} reads standard input, which is the board here; name its files in it")
    counts = [] if places is None else [_count(word) for word in places.split(",")]
    lines, unclear = (
        _lines(chains, options_of["by"])
        if veto is None
        else ([numbers.parse(n, "--veto") for n in veto.split(",")], [])
    )

    def apply(board: pl.DataFrame, files: Files) -> pl.DataFrame:
        for sql in unclear:
            told = "cannot tell at which %s the veto of %s begins; give these scores with --veto N,…"
            options.log.warning(told, options_of["by"], sql)
        flipped = [] if share is None else _flips(board, chains, share, options_of)
        listed = margins(board, places=counts, veto=lines, flipped=flipped, **options_of)
        options.log.info("%s to look at", counted(listed.height, "row"))
        files.found = check_ and listed.height > 0
        return listed

    return apply


def _share(text: str) -> Fraction:
    """The share of --weights.

    Raises:
        Misuse: it is none.
    """
    share = numbers.parse(text, "--weights", share=True)
    if not 0 < share < 1:
        raise Misuse(f"--weights: '{text}' is not a share such as 5%, above 0 and below 100%")
    return share


def _count(word: str) -> int:
    """A number of places of --places.

    Raises:
        Misuse: it is none.
    """
    if not word.lstrip("-").isdecimal() or not word.isascii():
        raise Misuse(f"--places: '{word}' is not a number of places, such as 3, or -3 for the last three")
    return int(word)


def _lines(chains: Sequence[Chain], by: str) -> tuple[list[Fraction], list[str]]:
    """The scores at which the vetoes of a recipe begin or end, and the conditions of which that cannot be told."""
    vetoes = [stage for chain in chains[-1:] for stage in chain.stages if stage.verb == "veto"]
    found = {when.sql: thresholds.find(when, by) for stage in vetoes for when in stage.options["when"]}
    lines = (line for one in found.values() for line in one.values)
    return list(dict.fromkeys(lines)), [sql for sql, one in found.items() if one.unclear]


def _flips(board: pl.DataFrame, chains: Sequence[Chain], share: Fraction, given: Mapping[str, Any]) -> list[Flip]:
    """The places that another weight would change, if the recipe has made the board."""
    rank = given["rank"]
    require_columns([rank], board.columns)
    check(board, [number_check(rank, blank=True)])
    names = boards.units(board, boards.key_of(board, given["key"]))
    places = dict(zip(names, board.select(numbers.read(rank) // numbers.ONE).to_series(), strict=True))
    found, moved = flips(chains, share)
    check_places(found, places)
    return moved
