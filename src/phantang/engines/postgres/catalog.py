"""PostgreSQL's catalog as `TableInfo`.

Relations and columns the account cannot read are left out: no query through it can read them either. Partitions are
left out too; they are read through their partitioned table. Domains are reported as the type below them, texts under
a nondeterministic collation as a type of their own (`TEXT COLLATE NONDETERMINISTIC`).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from phantang.engines.base import qualified
from phantang.model.names import TableName
from phantang.model.schema import ColumnInfo, ForeignKey, TableInfo, structure_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    Rows = Callable[[str], list[dict[str, Any]]]

#: A table that was never analysed is counted if its file is not larger than this, in bytes; else `rows` is unknown.
COUNTABLE = 64 * 2**20

_THERE = """
n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_(toast|temp)'
AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
"""
_READABLE = "has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'SELECT')"
_VISIBLE = f"{_THERE} AND {_READABLE}"

UNREADABLE = f"""
SELECT n.nspname::text AS schema, c.relname::text AS name, NULL::int8 AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_THERE} AND NOT ({_READABLE})
UNION ALL
SELECT n.nspname::text, c.relname::text, count(*)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
WHERE {_VISIBLE} AND a.attnum > 0 AND NOT a.attisdropped AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')
GROUP BY 1, 2
"""  # noqa: S608 - constants only

#: What another session has locked against readers, or waits to, and the views over it. Its size, and the text of such
#: a view, cannot be read without waiting for that session.
_BUSY = """
WITH RECURSIVE busy AS (
  SELECT l.relation AS oid FROM pg_locks l JOIN pg_database d ON d.oid = l.database
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND d.datname = current_database()
  UNION
  SELECT r.ev_class FROM busy b JOIN pg_depend d ON d.refobjid = b.oid AND d.refclassid = 'pg_class'::regclass
    AND d.classid = 'pg_rewrite'::regclass JOIN pg_rewrite r ON r.oid = d.objid
)
"""
_FREE = "NOT EXISTS (SELECT 1 FROM busy b WHERE b.oid = {oid})"

RELATIONS = f"""
{_BUSY}
SELECT c.oid::int8 AS oid, n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
  obj_description(c.oid, 'pg_class') AS comment,
  (SELECT sum(greatest(k.reltuples, 0))::float8 FROM pg_class k
    WHERE k.relkind <> 'p' AND (k.oid = c.oid OR k.oid IN (SELECT t.relid FROM pg_partition_tree(c.oid) t))
  ) AS estimate,
  CASE WHEN NOT ({_FREE.format(oid="c.oid")}) THEN NULL
    WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid)
    WHEN c.relkind = 'p' THEN (SELECT coalesce(sum(pg_relation_size(t.relid)), 0)::int8 FROM pg_partition_tree(c.oid) t
      WHERE {_FREE.format(oid="t.relid")})
  END AS bytes
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_VISIBLE}
"""  # noqa: S608 - constants only

#: Texts that differ are equal under such a collation, and neither patterns nor the masks made of them work.
_FOLDS = "EXISTS (SELECT 1 FROM pg_collation f WHERE f.oid = a.attcollation AND NOT f.collisdeterministic)"

#: What a generated column is computed by, NULL for any other.
_EXPRESSION = """
  CASE WHEN a.attgenerated <> '' THEN (SELECT pg_get_expr(g.adbin, g.adrelid) FROM pg_attrdef g
    WHERE g.adrelid = a.attrelid AND g.adnum = a.attnum) END"""

COLUMNS = f"""
WITH RECURSIVE base AS (
  SELECT t.oid, t.oid AS type, -1 AS modifier, t.typtype, 0 AS depth FROM pg_type t
  UNION ALL
  SELECT b.oid, t.typbasetype, t.typtypmod, u.typtype, b.depth + 1
  FROM base b JOIN pg_type t ON t.oid = b.type JOIN pg_type u ON u.oid = t.typbasetype WHERE b.typtype = 'd'
)
SELECT c.oid::int8 AS oid, a.attname::text AS name, NOT a.attnotnull AS nullable,
  format_type(b.type, CASE WHEN b.depth = 0 THEN a.atttypmod ELSE b.modifier END)
    || CASE WHEN ({_FOLDS}) THEN ' COLLATE NONDETERMINISTIC' ELSE '' END AS type,
  col_description(c.oid, a.attnum) AS comment,
  {_EXPRESSION} AS generated
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN base b ON b.oid = a.atttypid AND b.typtype <> 'd'
WHERE a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT') AND {_VISIBLE}
ORDER BY c.oid, a.attnum
"""  # noqa: S608 - constants only

#: The views and functions below a view, whatever their owner: what it shows depends on them as much as on its own text.
#: Functions that come with the server are not among what `pg_depend` lists.
_BELOW = """
WITH RECURSIVE below(class, oid) AS (
  SELECT 'pg_class'::regclass::oid, c.oid
  UNION
  SELECT d.refclassid, d.refobjid
  FROM below b LEFT JOIN pg_rewrite r ON b.class = 'pg_class'::regclass AND r.ev_class = b.oid
    JOIN pg_depend d ON (d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid)
      OR (b.class = 'pg_proc'::regclass AND d.classid = b.class AND d.objid = b.oid)
  WHERE d.refclassid IN ('pg_class'::regclass, 'pg_proc'::regclass)
), texts(text) AS (
  SELECT concat(k.oid::regclass, ' ', pg_get_viewdef(k.oid)) FROM below b JOIN pg_class k USING (oid)
  WHERE b.class = 'pg_class'::regclass AND k.relkind IN ('v', 'm') AND k.oid <> c.oid
  UNION ALL
  SELECT concat(p.oid::regprocedure, ' ', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END)
  FROM below b JOIN pg_proc p USING (oid) WHERE b.class = 'pg_proc'::regclass
)
SELECT json_agg(text ORDER BY text COLLATE "C")::text FROM texts
"""

# What `structure_digest` takes. A column keeps its number when another is dropped, so that one dropped and made again
# under its old name is told from the one that was classified.
_STRUCTURES = f"""
SELECT n.nspname::text AS schema, c.relname::text AS name, c.relkind::text AS kind,
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END AS definition,
  CASE WHEN c.relkind IN ('v', 'm') THEN ({_BELOW}) END AS below,
  (SELECT coalesce(json_agg(CASE
      WHEN {_FOLDS} THEN json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnum, {_EXPRESSION},
        a.attcollation::regcollation::text)
      WHEN a.attgenerated <> '' THEN
        json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnum, {_EXPRESSION})
      ELSE json_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnum)
    END ORDER BY a.attnum), '[]')
    FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      AND has_column_privilege(c.oid, a.attnum, 'SELECT'))::text AS columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_VISIBLE}
"""  # noqa: S608 - constants only
_FREE_STRUCTURES = f"{_BUSY}{_STRUCTURES} AND {_FREE.format(oid='c.oid')}"

KEYS = f"""
SELECT k.conrelid::int8 AS oid, k.contype::text AS kind, m.nspname::text AS schema, f.relname::text AS name,
  array_to_json(ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS x (num, pos)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.num ORDER BY x.pos))::text AS columns,
  array_to_json(ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS x (num, pos)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.num ORDER BY x.pos))::text AS refers_to
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_class f ON f.oid = k.confrelid LEFT JOIN pg_namespace m ON m.oid = f.relnamespace
WHERE k.contype IN ('p', 'f') AND {_VISIBLE}
ORDER BY k.conrelid, k.conname
"""  # noqa: S608 - constants only

#: What changes when a table is written to: counters of the server since `stats_reset`, and the file of the data. With
#: the statistics collector off, counters stand still, so there is no digest then.
STATISTICS = f"""
{_BUSY}
SELECT n.nspname::text AS schema, c.relname::text AS name, concat_ws('/', c.oid, c.relfilenode, pg_relation_size(c.oid),
  s.n_tup_ins, s.n_tup_upd, s.n_tup_del, d.stats_reset, c.xmin) AS state
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_stat_all_tables s ON s.relid = c.oid
  JOIN pg_stat_database d ON d.datname = current_database()
WHERE c.relkind = 'r' AND current_setting('track_counts') = 'on' AND {_VISIBLE} AND {_FREE.format(oid="c.oid")}
"""  # noqa: S608 - constants only

_KINDS = {"r": "table", "p": "table", "f": "table", "v": "view", "m": "view"}


def type_name(spelling: str) -> str:
    """Return the spelling of a type in upper case; a quoted name keeps its case, which matters.

    Types of the schema `public` are named without it, whatever path the session has.
    """
    spelling = spelling.removeprefix("public.")
    return spelling if '"' in spelling else spelling.upper()


def statistics(source: str, rows: Rows) -> dict[TableName, str]:
    """Return a digest for every plain table; see `STATISTICS`. Partitioned tables and views have none."""
    found = ((TableName(source, row["schema"], row["name"]), row["state"]) for row in rows(STATISTICS))
    return {name: hashlib.sha256(state.encode()).hexdigest() for name, state in found}


def unreadable(source: str, rows: Rows) -> dict[TableName, int | None]:
    """Return every table and view that the account may not read, or the number of its columns that it may not."""
    return {TableName(source, row["schema"], row["name"]): row["columns"] for row in rows(UNREADABLE)}


def read(source: str, rows: Rows) -> tuple[TableInfo, ...]:
    """Return every readable table and view; `rows` runs SQL and returns one dict a row."""
    columns: dict[int, list[ColumnInfo]] = defaultdict(list)
    for row in rows(COLUMNS):
        info = ColumnInfo(row["name"], type_name(row["type"]), row["nullable"], row["comment"], row["generated"])
        columns[row["oid"]].append(info)
    primary, foreign = _keys(source, rows)
    known = {TableName(source, row["schema"], row["name"]): row for row in rows(_FREE_STRUCTURES)}
    tables = []
    for row in rows(RELATIONS):
        name = TableName(source, row["schema"], row["name"])
        readable = {column.name for column in columns[row["oid"]]}
        key = primary.get(row["oid"], ())
        tables.append(
            TableInfo(
                name=name,
                columns=tuple(columns[row["oid"]]),
                kind=_KINDS[row["kind"]],
                comment=row["comment"],
                primary_key=key if readable.issuperset(key) else (),
                foreign_keys=tuple(one for one in foreign[row["oid"]] if readable.issuperset(one.columns)),
                rows=_count(name, row, rows),
                structure=_digest(known[name]) if name in known else None,
                definition=known[name]["definition"] if name in known else None,
            )
        )
    return tuple(sorted(tables, key=lambda table: table.name))


def structures(source: str, rows: Rows, names: Collection[TableName] | None = None) -> dict[TableName, str]:
    """Return the structure digest of every table and view, or of those of `names` that are there.

    Without `names` those that another session has locked are left out.
    """
    asked = _FREE_STRUCTURES
    if names is not None:
        pairs = ", ".join(f"({_literal(name.schema)}, {_literal(name.table)})" for name in sorted(names))
        asked = _STRUCTURES
        asked += f" AND (n.nspname::text, c.relname::text) IN (VALUES {pairs})" if pairs else " AND false"
    return {TableName(source, row["schema"], row["name"]): _digest(row) for row in rows(asked)}


def _digest(row: dict[str, Any]) -> str:
    import json

    below = json.loads(row["below"] or "[]")
    return structure_digest(row["kind"], json.loads(row["columns"]), row["definition"], below)


def _literal(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"  # standard_conforming_strings is on: no other character is special


def _keys(source: str, rows: Rows) -> tuple[dict[int, tuple[str, ...]], dict[int, list[ForeignKey]]]:
    import json

    primary: dict[int, tuple[str, ...]] = {}
    foreign: dict[int, list[ForeignKey]] = defaultdict(list)
    for row in rows(KEYS):
        names = tuple(json.loads(row["columns"]))
        if row["kind"] == "p":
            primary[row["oid"]] = names
        else:
            to = TableName(source, row["schema"], row["name"])
            foreign[row["oid"]].append(ForeignKey(names, to, tuple(json.loads(row["refers_to"]))))
    return primary, foreign


def _count(name: TableName, row: dict[str, Any], rows: Rows) -> int | None:
    """Return the planner's estimate; where there is none yet, the exact count of a small table."""
    if row["bytes"] is None:  # a view or a foreign table: counting would run somebody's query
        return None
    if row["estimate"]:
        return int(row["estimate"])
    if row["bytes"] > COUNTABLE:
        return None
    return int(rows(f"SELECT count(*) AS n FROM {qualified(name, name.source)}")[0]["n"])  # noqa: S608 - quoted
