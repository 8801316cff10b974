"""A report as JSON: every figure with its base and the threads behind it."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from footprint.reports.figures import Figure, Report, Table
from footprint_cli.screen.text import escaped_json


def as_json(report: Report) -> str:
    """The report as JSON, safe for a terminal; days are ISO 8601."""
    return escaped_json(orjson.dumps(as_values(report), option=orjson.OPT_INDENT_2)) + "\n"


def digest_of(report: Report) -> str:
    """SHA-256 of the report as JSON, in hex: what every form of it has in common."""
    return sha256(as_json(report).encode()).hexdigest()


def as_values(report: Report) -> dict[str, Any]:
    """The report as plain values."""
    sections = [
        {"name": one.name, "title": one.title, "tables": [_table(table) for table in one.tables]}
        for one in report.sections
    ]
    return report._asdict() | {"made": report.made._asdict(), "sections": sections}


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "finding": table.finding,
        "measure": table.measure,
        "of": table.of,
        "columns": [{"key": column.key, "label": column.label} for column in table.columns],
        "rows": [
            {
                "key": row.key,
                "label": row.label,
                "figures": [
                    {"column": column.key, **_figure(figure)}
                    for column, figure in zip(table.columns, row.cells, strict=True)
                ],
            }
            for row in table.rows
        ],
        "notes": table.notes,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "kind": figure.kind,
        "value": figure.value,
        "label": figure.label or None,
        "base": figure.base,
        "held": figure.held or None,
        "threads": figure.refs,
        "others": figure.rest,
    }
