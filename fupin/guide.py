"""What holds for all verbs, as the manual page fupin(1) tells it: indented lines are code, dashes begin a term."""

SECTIONS = {
    "DESCRIPTION": """
        fupin scores and ranks assessed units, such as villages, by the rules that an office has published: who is
        scored on what, with which weights, caps, vetoes, prizes and deadlines. Each verb reads a table as CSV on
        standard input, adds what it computes as new columns at the right, and writes it to standard output.
    """,
    "TABLES": """
        - board: One row for each assessed unit. It travels from verb to verb. Its first column is the key, which
        names the unit, is unique and not blank; -k NAME names another one.
        - ledger: One row for each event: a deduction, an article, a rating. It may be much larger than memory, and
        comes by an option: --events FILE, which may be repeated or a quoted glob. It has a column called like the
        board's key, or unit, or as --event-key says; --where SQL keeps some of its rows. A row of a unit that is not
        on the board is an error, unless --strays ignore says so.
        - rule table: Items with their full marks, points and caps, places and amounts: a small table that an office
        keeps in a spreadsheet.

        A FILE is CSV in UTF-8, or by its name tab-separated (.tsv) or JSON lines (.jsonl), all of these also .gz and
        .zst, or Parquet or Arrow IPC; -o NAME.json writes JSON. Names of other known kinds are refused. - is standard
        input. A row with too many cells, a quotation mark that is not closed, or a byte that is not UTF-8 is an error
        that names the line. What departments really send is made into such a table by fupin-ingest(1).

        Cells are texts. One that no verb computes leaves as it came: 007, 1.50.
    """,
    "NUMBERS": """
        Numbers are exact decimals of up to 15 digits before the point and 18 after it. They are rounded, half up, only
        where --round says so and where a verb divides. A blank cell is missing, and the cell NA is not assessed;
        neither is zero unless an option says so.

        rank, grade, veto and score --bands compare exactly. They tell where two figures that decide differ by less than
        0.00001 and one of them has six or more decimals, since an earlier rounding may have made the difference: put
        --round where that figure is made. --near N sets another distance, 0 none.
    """,
    "CONDITIONS": """
        --when, --where and --for take an SQL condition over the columns. A column that is compared with a number is a
        number, and one that is compared with a 'text' stays text:

            total < 70 AND county = '华容'
            (kind IN ('a', 'b') OR name LIKE '张%') AND NOT mark BETWEEN 60 AND 70
            "a name" IS NULL OR a + 0 < b OR TEXT(since) <= until

        There are = <> < <= > >=, AND, OR, NOT, IN, BETWEEN, LIKE, IS NULL, + - * and TEXT( ). A comparison with a
        missing cell is unknown, and a condition that is unknown for a unit is an error; IS NULL asks.
    """,
    "CHAINS": """
        Verbs are joined by pipes, or in one process by the word then, which gives the same bytes. In a chain - is the
        table of the stage before, and -i FILE gives a stage another board. -o FILE writes a stage's table there, whole
        or not at all, when all verbs are done; a device, a FIFO or a descriptor such as /dev/stdout is written
        directly.
    """,
    "RECIPES": """
        A recipe is a chain kept in a file, for fupin-run(1): a verb on each line, # before comments, indented lines
        going on with the one before. Files are relative to the recipe. {NAME} is filled by --set NAME=VALUE, and {{ is
        a brace; a file that begins with a value is relative to the working directory, unless it is written ./{NAME}.
        A line NAME: begins a chain of its own, whose table is @NAME wherever a file is taken.

            #!/usr/bin/env -S fupin run
            late:
            deadlines plan.csv --roster villages.csv --done reports.csv --late
              --points 0.5
            villages:
            deduct villages.csv --events @late --full {full} --as routine
            rank --by routine
    """,
    "MESSAGES": """
        A fault is one line on standard error: the verb, the file, the line as an editor shows it, the column, what is
        wrong, and what would be right. Twenty are shown, the others counted. A warning does not stop the verb. -v tells
        what each verb did, and -q silences warnings.
    """,
    "COMPLETION": """
        Shells complete verbs, options and files after one of these lines in their start-up files:

            eval "$(_FUPIN_COMPLETE=bash_source fupin)"   # ~/.bashrc
            eval "$(_FUPIN_COMPLETE=zsh_source fupin)"    # ~/.zshrc
            _FUPIN_COMPLETE=fish_source fupin | source    # ~/.config/fish/config.fish
    """,
}
