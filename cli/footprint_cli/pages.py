"""Pages of HTML that need nothing else: no script, no network, and everything in them escaped."""

from __future__ import annotations

from typing import Any


def page(template: str, **values: Any) -> str:
    """A page from one of the templates; a value that it asks for and is not given is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    templates = Environment(
        loader=PackageLoader("footprint_cli"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return templates.get_template(template).render(**values)
