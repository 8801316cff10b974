"""Where the tables of all views are registered."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData()
