"""A data set shaped like TPC-H, made in DuckDB, and queries over it. Keys of people are text, as in registers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phantang.model.catalog import Asset, ColumnEntry, Status
from phantang.model.decision import ColumnDecision, Decision, Effect, Mask, Obligations
from phantang.model.names import TableName
from phantang.model.tier import PersonalClass, Tier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from duckdb import DuckDBPyConnection

ORDERS_AT_ONE = 1_500_000
#: `{n}` is the number of orders; every value follows from the row number, so the data are the same every time.
TABLES = {
    "nation": """SELECT i::INTEGER AS n_nationkey, 'NATION ' || i AS n_name, 'REGION ' || (i % 5) AS n_region
        FROM range(25) t(i)""",
    "customer": """SELECT 'C' || lpad(i::VARCHAR, 9, '0') AS c_custkey, 'Customer ' || i AS c_name,
        (i * 7 % 25)::INTEGER AS c_nationkey, '0' || (900000000 + i)::VARCHAR AS c_phone,
        (i * 37 % 1099999 / 100.0 - 999)::DECIMAL(15,2) AS c_acctbal,
        ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'MACHINERY', 'HOUSEHOLD'][1 + i % 5] AS c_mktsegment
        FROM range({n} // 10) t(i)""",
    "orders": """SELECT i::INTEGER AS o_orderkey, 'C' || lpad((i * 31 % ({n} // 10))::VARCHAR, 9, '0') AS o_custkey,
        ['O', 'F', 'P'][1 + i % 3] AS o_orderstatus, (i * 97 % 50000000 / 100.0)::DECIMAL(15,2) AS o_totalprice,
        DATE '1992-01-01' + (i * 13 % 2400)::INTEGER AS o_orderdate, (1 + i % 5)::VARCHAR AS o_orderpriority
        FROM range({n}) t(i)""",
    "lineitem": """SELECT (i // 4)::INTEGER AS l_orderkey, (i * 17 % 20000)::INTEGER AS l_partkey,
        (1 + i * 7 % 50)::DECIMAL(15,2) AS l_quantity, (i * 101 % 9000000 / 100.0)::DECIMAL(15,2) AS l_extendedprice,
        (i % 11 / 100.0)::DECIMAL(15,2) AS l_discount, (i % 9 / 100.0)::DECIMAL(15,2) AS l_tax,
        ['A', 'N', 'R'][1 + i % 3] AS l_returnflag, ['O', 'F'][1 + i % 2] AS l_linestatus,
        DATE '1992-01-01' + (i // 4 * 13 % 2400 + i % 90)::INTEGER AS l_shipdate,
        ['AIR', 'MAIL', 'RAIL', 'SHIP', 'TRUCK'][1 + i % 5] AS l_shipmode FROM range({n} * 4) t(i)""",
}
QUERIES = {
    "point": "SELECT c_name, c_phone FROM customer WHERE c_custkey = 'C000000777'",
    "q1": """SELECT l_returnflag, l_linestatus, sum(l_quantity) AS sum_qty, sum(l_extendedprice) AS sum_base,
        sum(l_extendedprice * (1 - l_discount)) AS sum_disc_price,
        sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)) AS sum_charge, avg(l_quantity) AS avg_qty,
        avg(l_extendedprice) AS avg_price, avg(l_discount) AS avg_disc, count(*) AS count_order FROM lineitem
        WHERE l_shipdate <= DATE '1998-09-02' GROUP BY l_returnflag, l_linestatus ORDER BY l_returnflag,
        l_linestatus""",
    "q3": """SELECT l_orderkey, sum(l_extendedprice * (1 - l_discount)) AS revenue, o_orderdate
        FROM customer, orders, lineitem WHERE c_mktsegment = 'BUILDING' AND c_custkey = o_custkey
        AND l_orderkey = o_orderkey AND o_orderdate < DATE '1995-03-15' AND l_shipdate > DATE '1995-03-15'
        GROUP BY l_orderkey, o_orderdate ORDER BY revenue DESC, o_orderdate, l_orderkey LIMIT 10""",
    "q4": """SELECT o_orderpriority, count(*) AS order_count FROM orders WHERE o_orderdate >= DATE '1993-07-01'
        AND o_orderdate < DATE '1993-10-01' AND EXISTS (SELECT * FROM lineitem WHERE l_orderkey = o_orderkey
        AND l_shipmode = 'AIR') GROUP BY o_orderpriority ORDER BY o_orderpriority""",
    "q5": """SELECT n_name, sum(l_extendedprice * (1 - l_discount)) AS revenue FROM customer, orders, lineitem, nation
        WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey AND c_nationkey = n_nationkey
        AND n_region = 'REGION 2' AND o_orderdate >= DATE '1994-01-01' AND o_orderdate < DATE '1995-01-01'
        GROUP BY n_name ORDER BY revenue DESC""",
    "q6": """SELECT sum(l_extendedprice * l_discount) AS revenue FROM lineitem WHERE l_shipdate >= DATE '1994-01-01'
        AND l_shipdate < DATE '1995-01-01' AND l_discount BETWEEN 0.05 AND 0.07 AND l_quantity < 24""",
    "q10": """SELECT c_custkey, c_name, sum(l_extendedprice * (1 - l_discount)) AS revenue, c_acctbal, n_name, c_phone
        FROM customer, orders, lineitem, nation WHERE c_custkey = o_custkey AND l_orderkey = o_orderkey
        AND o_orderdate >= DATE '1993-10-01' AND o_orderdate < DATE '1994-01-01' AND l_returnflag = 'R'
        AND c_nationkey = n_nationkey GROUP BY c_custkey, c_name, c_acctbal, c_phone, n_name
        ORDER BY revenue DESC, c_custkey LIMIT 20""",
    "q13": """SELECT c_count, count(*) AS custdist FROM (SELECT c_custkey, count(o_orderkey) AS c_count FROM customer
        LEFT JOIN orders ON c_custkey = o_custkey AND o_orderstatus <> 'P' GROUP BY c_custkey) AS c_orders
        GROUP BY c_count ORDER BY custdist DESC, c_count DESC""",
    "q18": """SELECT c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice, sum(l_quantity) AS qty
        FROM customer, orders, lineitem WHERE o_orderkey IN (SELECT l_orderkey FROM lineitem GROUP BY l_orderkey
        HAVING sum(l_quantity) > 180) AND c_custkey = o_custkey AND o_orderkey = l_orderkey
        GROUP BY c_name, c_custkey, o_orderkey, o_orderdate, o_totalprice
        ORDER BY o_totalprice DESC, o_orderdate, o_orderkey LIMIT 100""",
}  # fmt: skip
#: A third of the columns a person is known by, or that measure one; and the key customers are joined by.
THIRD: Mapping[str, tuple[Mask, dict[str, str | float]]] = {
    "c_name": (Mask.MASK, {}),
    "c_phone": (Mask.SHOW_LAST_4, {}),
    "c_acctbal": (Mask.GENERALIZE, {"kind": "bucket", "width": 100}),
    "o_totalprice": (Mask.GENERALIZE, {"kind": "bucket", "width": 1000}),
    "o_orderdate": (Mask.GENERALIZE, {"kind": "month"}),
    "l_extendedprice": (Mask.GENERALIZE, {"kind": "bucket", "width": 100}),
    "l_shipmode": (Mask.NULL, {}),
    "l_tax": (Mask.NULL, {}),
    "l_partkey": (Mask.NULL, {}),
}
KEYS: Mapping[str, tuple[Mask, dict[str, str | float]]] = {
    "c_custkey": (Mask.HASH, {}),
    "o_custkey": (Mask.HASH, {}),
}


def build(connection: DuckDBPyConnection, scale: float) -> tuple[Asset, ...]:
    """Create the tables at a scale factor and return their assets."""
    assets = []
    for name, body in TABLES.items():
        connection.execute(f"CREATE TABLE {name} AS {body.format(n=int(ORDERS_AT_ONE * scale))}")
        described = connection.execute(f"DESCRIBE {name}").fetchall()
        columns = tuple(
            ColumnEntry(row[0], row[1], Status.ACCEPTED, "x", (), Tier.T1, PersonalClass.NONE) for row in described
        )
        assets.append(Asset(TableName("tpch", "main", name), columns))
    return tuple(assets)


def decision(assets: tuple[Asset, ...], masks: Mapping[str, tuple[Mask, dict[str, str | float]]]) -> Decision:
    """Return a decision that masks the columns named, and shows every other in clear."""
    columns = {
        asset.name.local: {
            entry.name: ColumnDecision(Effect.MASK, *masks[entry.name])
            if entry.name in masks
            else ColumnDecision(Effect.CLEAR)
            for entry in asset.columns
        }
        for asset in assets
    }
    return Decision(True, columns, {}, Obligations(), (), "bench")
