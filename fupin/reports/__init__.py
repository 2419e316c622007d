"""What is printed for people: sections of rows under a title and above notes.

`text` prints them for a terminal and as Markdown, `workbook` and `html` as what their names say. Numbers are printed as
they stand in the table; nothing is formatted anew (contract §9).
"""
