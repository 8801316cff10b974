"""Reports: the figures of a period, each with its base and the threads behind it.

What is here is values and pure functions: from threads, a policy and a day to a `Report`, which
every form (a page, a workbook, Markdown, CSV, JSON) is written from. The figures are defined in
`docs/measures.md`.
"""
