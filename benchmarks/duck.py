"""The national ranking in hand-written DuckDB: SQL over DECIMAL columns, two threads, and no checks at all.

Usage: duck.py FOLDER OUT
"""

import sys
from pathlib import Path

import duckdb

QUERY = """
CREATE TEMP TABLE board AS
    SELECT row_number() OVER () AS place, *
    FROM read_csv('{folder}/villages.csv', {options}, columns = {{
        'village': 'VARCHAR', 'county': 'VARCHAR', 'field': 'DECIMAL(15, 2)', 'industry': 'DECIMAL(15, 2)'}});

COPY (
    WITH deducted AS (
        SELECT village, sum(points) AS points
        FROM read_csv('{folder}/routine.csv', {options}, columns = {{
            'village': 'VARCHAR', 'task': 'VARCHAR', 'date': 'VARCHAR', 'points': 'DECIMAL(15, 1)'
        }}) AS routine
        GROUP BY village
    ), held AS (
        SELECT village, greatest(-any_value(cap), least(any_value(cap), sum(points))) AS points
        FROM read_csv('{folder}/extras.csv', {options}, columns = {{
            'village': 'VARCHAR', 'item': 'VARCHAR', 'level': 'VARCHAR'}}) AS events
        JOIN read_csv('{folder}/rules.csv', {options}, columns = {{
            'item': 'VARCHAR', 'level': 'VARCHAR', 'points': 'DECIMAL(15, 2)', 'cap': 'DECIMAL(15, 2)'
        }}) AS rules USING (item, level)
        GROUP BY village, item
    ), extra AS (
        SELECT village, sum(points) AS extras FROM held GROUP BY village
    ), vetoes AS (
        SELECT DISTINCT village
        FROM read_csv('{folder}/vetoes.csv', {options}, columns = {{
            'village': 'VARCHAR', 'item': 'VARCHAR'}})
    ), scored AS (
        SELECT board.*, greatest(0, 20 - coalesce(deducted.points, 0))::DECIMAL(18, 1) AS routine,
            coalesce(extra.extras, 0)::DECIMAL(18, 2) AS extras, vetoes.village IS NOT NULL AS listed
        FROM board
        LEFT JOIN deducted USING (village) LEFT JOIN extra USING (village) LEFT JOIN vetoes USING (village)
    ), based AS (
        SELECT *, routine + field * 0.3 + industry AS base FROM scored
    ), marked AS (
        SELECT *, base + extras AS total, listed OR base + extras < 70 AS vetoed FROM based
    )
    SELECT village, county, field, industry, routine, base, extras, total, vetoed,
        CASE WHEN NOT vetoed THEN rank() OVER (PARTITION BY county, vetoed ORDER BY total DESC) END AS rank
    FROM marked
    ORDER BY min(place) OVER (PARTITION BY county), rank NULLS LAST, place
) TO '{out}' (FORMAT csv, HEADER true);
"""

OPTIONS = "header = true, auto_detect = false"


def main(folder: Path, out: Path) -> None:
    """Rank the villages of the folder and write the result."""
    with duckdb.connect() as database:
        database.execute("SET threads = 2")
        source, target = (str(path).replace("'", "''") for path in (folder, out))
        database.execute(QUERY.format(folder=source, out=target, options=OPTIONS))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
