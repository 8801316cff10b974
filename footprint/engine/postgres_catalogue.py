"""What a server's catalogue says of a ledger's schema, and what it says of the published one.

A verifier compares the two, since an extra view or trigger could hide a row. Only the server's own
tables are asked, nothing that the ledger's owner made. The views of the ledger, in a schema of
their own, are not part of it: they prove nothing.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from footprint.engine.connection import Connection
from footprint.engine.postgres_schema import statements

Catalogue = dict[tuple[str, str], str]
"""What there is, by its kind and its name, and how it is defined."""

VAULT_TABLES = ("vault", "vault_child")
_BODY = re.compile(r'CREATE FUNCTION "[^"]+"\.(\w+)\(.*?\$\$(.*?)\$\$', re.DOTALL)

# Not asked for: constraints that say NOT NULL, which are listed from PostgreSQL 18 on (the columns
# say it in every version); triggers by which the server itself keeps a constraint; who may do what,
# which is the owner's to say; whatever only makes it faster.
_QUERY = """
WITH home AS (SELECT oid FROM pg_namespace WHERE nspname = :schema),
relation AS (SELECT c.* FROM pg_class c JOIN home ON c.relnamespace = home.oid)
SELECT 'relation', relname::text, concat_ws(' ', 'kind', relkind, 'persistence', relpersistence,
    CASE WHEN relrowsecurity THEN 'row security' END,
    CASE WHEN relforcerowsecurity THEN 'forced' END)
    FROM relation WHERE relkind NOT IN ('i', 'I')
UNION ALL
SELECT 'column', concat(relname, '.', attname), concat_ws(' ', attnum,
    format_type(atttypid, atttypmod), 'collate ' || (
        SELECT concat(nspname, '.', collname) FROM pg_collation c
        JOIN pg_namespace n ON n.oid = collnamespace WHERE c.oid = attcollation),
    CASE WHEN attnotnull THEN 'not null' END, 'default ' || pg_get_expr(adbin, adrelid),
    'identity ' || nullif(attidentity::text, ''), 'generated ' || nullif(attgenerated::text, ''))
    FROM relation JOIN pg_attribute ON attrelid = relation.oid
    LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relkind NOT IN ('i', 'I', 'S') AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT 'constraint', concat(relname, '.', conname), concat_ws(' ', pg_get_constraintdef(k.oid),
    CASE WHEN NOT convalidated THEN 'not validated' END)
    FROM relation JOIN pg_constraint k ON conrelid = relation.oid WHERE contype NOT IN ('n', 't')
UNION ALL
SELECT 'index', concat(relname, '.', indexrelid::regclass), concat_ws(' ',
    pg_get_indexdef(indexrelid, 0, true), CASE WHEN NOT indisvalid THEN 'not valid' END,
    CASE WHEN NOT indisready THEN 'not ready' END, CASE WHEN NOT indislive THEN 'dropped' END)
    FROM relation JOIN pg_index ON indrelid = relation.oid
UNION ALL
SELECT 'trigger', concat(relname, '.', tgname), concat_ws(' ', pg_get_triggerdef(t.oid, true),
    'enabled', tgenabled)
    FROM relation JOIN pg_trigger t ON tgrelid = relation.oid WHERE NOT tgisinternal
UNION ALL
SELECT 'rule', concat(relname, '.', rulename), concat_ws(' ', ev_type, ev_enabled)
    FROM relation JOIN pg_rewrite ON ev_class = relation.oid
UNION ALL
SELECT 'policy', concat(relname, '.', polname), polcmd::text
    FROM relation JOIN pg_policy ON polrelid = relation.oid
UNION ALL
SELECT 'inheritance', concat(relname, '.', inhrelid::regclass), inhparent::regclass::text
    FROM relation JOIN pg_inherits ON relation.oid IN (inhparent, inhrelid) WHERE relkind <> 'i'
UNION ALL
SELECT 'function', p.oid::regprocedure::text, concat_ws(' ', 'kind', prokind,
    pg_get_function_result(p.oid), lanname, provolatile, proparallel,
    CASE WHEN prosecdef THEN 'security definer' END, CASE WHEN proisstrict THEN 'strict' END,
    CASE WHEN proleakproof THEN 'leakproof' END, probin,
    CASE proconfig WHEN ARRAY[concat('search_path=pg_catalog, ', quote_ident(:schema), ', pg_temp')]
        THEN 'in its schema' ELSE array_to_string(proconfig, '; ') END)
    FROM pg_proc p JOIN home ON pronamespace = home.oid JOIN pg_language l ON l.oid = prolang
UNION ALL
SELECT 'body', proname, string_agg(prosrc, chr(10) ORDER BY p.oid)
    FROM pg_proc p JOIN home ON pronamespace = home.oid GROUP BY proname
UNION ALL
SELECT type, identity, '' FROM home JOIN pg_depend
    ON refclassid = 'pg_namespace'::regclass AND refobjid = home.oid
    CROSS JOIN pg_identify_object(classid, objid, objsubid)
    WHERE classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_statistic_ext'::regclass)
"""


def catalogue(connection: Connection, schema: str) -> Catalogue:
    """What is in a schema. Raises `ServerError`."""
    rows = connection.execute(_QUERY, {"schema": schema})
    return {(kind, name): definition for kind, name, definition in rows}


def published(schema: str, *, vault: bool = True) -> Catalogue:
    """What has to be in the schema of a ledger of this name, with a vault or without."""
    return {
        (kind, name): definition
        for (kind, name), definition in {**_defined(), **_bodies(schema)}.items()
        if vault or name.partition(".")[0] not in VAULT_TABLES
    }


@cache
def _defined() -> Catalogue:
    text = files("footprint.engine").joinpath("postgres_catalogue.tsv").read_text("utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {(kind, name): definition for kind, name, definition in rows}


def _bodies(schema: str) -> Catalogue:
    """The bodies of the functions, as the published statements have them."""
    return {("body", name): body for name, body in _BODY.findall(statements(schema))}
