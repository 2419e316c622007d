"""Reports as one page of HTML that stands alone: nothing is fetched, nothing runs, and it can be read on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from html import escape

from fupin import boards, numbers
from fupin.chain import Step
from fupin.explaining import Account
from fupin.reports.page import ROW, Column, Page, Section, visible
from fupin.tape import half_up

_STYLE = """\
:root { color-scheme: light; --ink: #1b1b1b; --faint: #5f5f5f; --line: #d0d0d0; --good: #2e6b1f; --bad: #b3000c; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: #fff; line-height: 1.5;
  font-family: "Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", system-ui, sans-serif; }
main { max-width: 75em; margin: 0 auto; padding: 1em; }
h1 { font-size: 1.6em; line-height: 1.25; margin: .3em 0 .6em; }
h2, h3 { font-size: 1.2em; margin: 1.6em 0 .5em; }
h3 { font-size: 1em; margin-top: 1em; }
h1, h2, h3, th, td, li, p { overflow-wrap: anywhere; white-space: pre-line; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .35em .6em; text-align: start; vertical-align: top; }
thead th { background: #ececec; border-bottom: 2px solid #8a8a8a; white-space: nowrap; }
tbody { border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; }
.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; overflow-wrap: normal; }
.bar { min-width: 9em; background: linear-gradient(to right, #cfe0f5 var(--share), transparent var(--share));
  -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.good { color: var(--good); font-weight: 700; }
.bad { color: var(--bad); font-weight: 700; }
.out, .out th { color: var(--faint); background: #f4f4f4; }
.badge { display: inline-block; margin-inline-start: .5em; padding: 0 .4em; border: 1px solid var(--bad);
  border-radius: .25em; color: var(--bad); font-size: .85em; font-weight: 400; white-space: nowrap; }
.why td { padding-top: 0; }
summary { cursor: pointer; color: #1f4e8c; padding: .15em 0; width: fit-content; }
summary:focus-visible, .scroll:focus-visible { outline: 3px solid #1f4e8c; outline-offset: 2px; }
pre, dl { margin: .3em 0 .6em; padding: .6em; background: #f7f7f2; font-size: .9em; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font-family: ui-monospace, "Noto Sans Mono CJK SC", monospace; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15em 1em; }
dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
footer { margin-top: 1.6em; border-top: 1px solid var(--line); }
@media (max-width: 45em) {
  main { padding: .7em; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, tbody th, td { display: block; width: auto; }
  tbody { border: 1px solid var(--line); border-radius: .4em; margin-bottom: .7em; padding: .3em .2em; }
  tbody th, td { padding: .15em .6em; }
  tbody th { font-size: 1.1em; }
  td.number { white-space: normal; }
  td[data-name]:not(:empty) { display: flex; justify-content: space-between; gap: 1em; text-align: end; }
  td[data-name]::before { content: attr(data-name); color: var(--faint); font-weight: 400; text-align: start; }
  td:empty { display: none; }
}
@media print {
  @page { size: A4; margin: 15mm; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  tbody, li { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  details:not([open]) { display: none; }
}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def webpage(page: Page, past: Sequence[Step] = ()) -> str:
    """A page of HTML.

    Args:
        page: what is shown.
        past: the stages that have made the board, which tell how each unit came to its figures. Where there are none,
            the columns that are not shown stand there.
    """
    units = [boards.units(section.rows, page.key).to_list() for section in page.sections]
    told = _told(past, [unit for some in units for unit in some])
    most = _most(page)
    title = page.title or page.labels.ranking
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{page.labels.language}">',
        '<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<link rel="icon" href="data:,">',
        _tag("title", " ".join(title.split())),
        f"<style>\n{_STYLE}</style>\n</head>\n<body>\n<main>",
        _tag("h1", title),
    ]
    for section, names in zip(page.sections, units, strict=True):
        parts += [_tag("h2", section.heading)] if section.heading else []
        parts += _table(page, section, names, most, told)
        parts += _changes(page, section, names)
    if page.notes:
        parts += ["<footer>", *(_tag("p", note) for note in page.notes), "</footer>"]
    return "\n".join([*parts, "</main>\n</body>\n</html>\n"])


def _tag(name: str, words: str, **attributes: str) -> str:
    """An element that holds a text."""
    return f"<{name}{_attributes(attributes)}>{_text(words)}</{name}>"


def _attributes(attributes: Mapping[str, str]) -> str:
    """Attributes, of which blank ones are left out."""
    given = {key.rstrip("_").replace("_", "-"): _text(value) for key, value in attributes.items() if value}
    return "".join(f' {key}="{value}"' for key, value in given.items())


def _text(words: str) -> str:
    """A text in which nothing means anything to a browser."""
    return escape(visible(words))


def _told(past: Sequence[Step], units: Sequence[str]) -> dict[str, str]:
    """How units came to their figures."""
    chains = [step.chain for step in past]
    if not any(step.stage.keyed and step.stage.input is not None for step in past):
        return {}
    account = Account([unit for unit in units if unit], chains)
    for step in past:
        account.stage(*step)
    return {unit: account.text(unit).partition("\n\n")[2].strip("\n") for unit in units if unit in account}


def _most(page: Page) -> Fraction:
    """The number that a bar of the whole width stands for."""
    name = page.marks.score
    if name is None:
        return Fraction(0)
    cells = [cell for section in page.sections for cell in section.rows[name] if cell and numbers.matches(cell)]
    return max(map(Fraction, cells), default=Fraction(0))


def _table(page: Page, section: Section, units: Sequence[str], most: Fraction, told: dict[str, str]) -> list[str]:
    """The table of a section: for each unit a row, and below it what is folded."""
    heads = [
        _tag("th", column.heading, scope="col", class_="number" if column.numeric else "") for column in page.columns
    ]
    label = section.heading or page.title or page.labels.ranking
    parts = [f'<div class="scroll" role="region" tabindex="0" aria-label="{_text(label)}">', "<table>"]
    parts.append(f"<thead><tr>{''.join(heads)}</tr></thead>")
    shown = {column.name for column in page.columns}
    folded = section.rows.rows(named=True)
    rows = zip(units, page.cells(section).rows(), page.marks.vetoes(section.rows), folded, strict=True)
    for unit, row, vetoed, board in rows:
        others = {name: cell for name, cell in board.items() if cell and name not in shown and name != ROW}
        cells = [_cell(page, column, cell, vetoed, most) for column, cell in zip(page.columns, row, strict=True)]
        parts.append(f"<tbody{_attributes({'class_': 'out' if vetoed else ''})}><tr>{''.join(cells)}</tr>")
        if unit in told or others:
            inner = f"<pre>{_text(told[unit])}</pre>" if unit in told else _list(others)
            summary = _tag("summary", page.labels.why)
            span = len(page.columns)
            parts.append(f'<tr class="why"><td colspan="{span}"><details>{summary}{inner}</details></td></tr>')
        parts.append("</tbody>")
    return [*parts, "</table>", "</div>"]


def _cell(page: Page, column: Column, cell: str, vetoed: bool, most: Fraction) -> str:
    """A cell: the unit is the head of its row, and what is good or bad for it can be seen."""
    if column.key:
        badge = _tag("span", page.labels.vetoed, class_="badge") if vetoed else ""
        return f'<th scope="row">{_text(cell)}{badge}</th>'
    classes = ["number"] if column.numeric else []
    if column.name in (page.marks.reward, page.marks.change) and cell not in ("", "0"):
        classes.append("bad" if cell.startswith("-") else "good")
    share = ""
    if column.name == page.marks.score and most > 0 and numbers.matches(cell):
        classes.append("bar")
        share = f"--share: {numbers.show(half_up(max(Fraction(cell), Fraction(0)) * 100 / most, 1))}%"
    return _tag("td", cell, data_name=column.heading, class_=" ".join(classes), style=share)


def _list(others: Mapping[str, str]) -> str:
    """What stands on the board and is not shown."""
    return f"<dl>{''.join(_tag('dt', name) + _tag('dd', cell) for name, cell in others.items())}</dl>"


def _changes(page: Page, section: Section, units: Sequence[str]) -> list[str]:
    """Who has gained and lost places, those with most places first, and who is new."""
    marks, labels = page.marks, page.labels
    if marks.change is None:
        return []
    rows = section.rows.with_columns(marks.is_new().alias("\0new"))
    found: list[tuple[Fraction, str]] = []
    new: list[str] = []
    for unit, change, place, is_new in zip(
        units, rows[marks.change], rows[marks.rank or marks.change], rows["\0new"], strict=True
    ):
        new += [unit] if is_new else []
        if change is not None and numbers.matches(change) and Fraction(change) != 0:
            gained = Fraction(change)
            places = ""
            if marks.rank is not None and place is not None and numbers.matches(place):
                places = f" ({numbers.show(Fraction(place) + gained)} → {place})"
            found.append((gained, f"{unit} {'+' if gained > 0 else ''}{numbers.show(gained)}{places}"))
    gone = {
        labels.up: [told for gained, told in sorted(found, key=lambda one: -one[0]) if gained > 0],
        labels.down: [told for gained, told in sorted(found, key=lambda one: one[0]) if gained < 0],
        labels.came: new,
    }
    lines = [_tag("li", name + labels.between + labels.comma.join(told)) for name, told in gone.items() if told]
    level = "h3" if section.heading else "h2"
    return [_tag(level, labels.since), *(["<ul>", *lines, "</ul>"] if lines else [_tag("p", labels.same)])]
