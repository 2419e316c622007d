"""The table of verbs, in the order of the work: loading, help, completion and the tests of all verbs read it.

The file of a verb is commands/VERB.py; the text here is the first line of its help.
"""

VERBS = {
    "form": "Make the workbooks that inspectors fill in.",
    "ingest": "Make one clean table of what departments send.",
    "lookup": "Add columns of another table to the board.",
    "tally": "Put one figure per unit from a ledger onto the board.",
    "vote": "Score ballots: the mean value of the valid ones.",
    "score": "Turn a measure into points.",
    "deduct": "Count down from full marks, event by event.",
    "bonus": "Add and subtract capped extras by a table of rules.",
    "weight": "Add up weighted parts, checked against their full marks.",
    "veto": "Mark the units that are out, and say why.",
    "rank": "Give places by a column, and sort by them.",
    "grade": "Give bands by their lower bounds, within quotas.",
    "reward": "Give prizes to the first and penalties to the last.",
    "deadlines": "List what is due, done and late, and what lateness costs.",
    "screen": "Flag the units for which rules of a table hold.",
    "keep": "Keep the rows for which a condition holds.",
    "draw": "Pick units by a published seed, so that anybody can check the draw.",
    "assign": "Spread a board of indicators over those responsible.",
    "margins": "List what will be appealed, because little would change it.",
    "diff": "Tell what changed between two published boards.",
    "report": "Print the board for people.",
    "run": "Run a recipe: a chain kept in a file.",
    "man": "Show the manual page of a verb.",
}


def front_page() -> str:
    """The help of fupin itself."""
    width = max(map(len, VERBS))
    verbs = "\n".join(f"  {verb:{width}}  {told}" for verb, told in VERBS.items())
    return f"""\
Usage: fupin [OPTIONS] VERB [ARGS]... [then VERB [ARGS]...]...

  Turn a published assessment scheme into a ranking whose every number can be
  defended.

  Verbs read a board (CSV, one row per assessed unit) on standard input, append
  columns that they compute exactly from ledgers and rules, and write it to
  standard output. Join them by pipes, or in one process by the word "then".

  Example:
    $ fupin deduct villages.csv --events routine.csv --full 20 --as routine \\
        then weight routine/20 field/100:30% --sum 50 --as total \\
        then rank --by total

Options:
  --explain UNIT  Tell how this unit came to its figures, instead of the result;
                  --explain-format json tells it for programs.
  --version       Show the version and exit.
  -h, --help      Show this message and exit.

Verbs:
{verbs}

  fupin VERB --help tells all about a verb.
"""
