"""The table of verbs, in the order of the work: loading, help, completion and the tests of all verbs read it.

The file of a verb is commands/VERB.py; the text here is the first line of its help.
"""

VERBS = {
    "lookup": "Add columns of another table to the board.",
    "tally": "Put one figure per unit from a ledger onto the board.",
    "deduct": "Count down from full marks, event by event.",
    "bonus": "Add and subtract capped extras by a table of rules.",
    "weight": "Add up weighted parts, checked against their full marks.",
    "veto": "Mark the units that are out, and say why.",
    "rank": "Give places by a column, and sort by them.",
    "reward": "Give prizes to the first and penalties to the last.",
    "keep": "Keep the rows for which a condition holds.",
    "report": "Print the board for people.",
}
