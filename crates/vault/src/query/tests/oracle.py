"""Answers SQL over generated events with ClickHouse (PyPI chdb).

    oracle.py EVENTS QUERIES    EVENTS: one JSON object per line; QUERIES: one SQL text per line

Prints one JSON array of rows per query, in their order.
"""

import json
import sys

from chdb import session

SCHEMA = """stream String, seq Int64, ts Int64, severity Int64, dataset String, user Nullable(String), ip Nullable(String),
    status Nullable(Int64), duration Nullable(Int64), path Nullable(String), message Nullable(String), score Nullable(Int64)"""


def main(events, queries):
    clickhouse = session.Session()
    clickhouse.query(f"CREATE TABLE events ({SCHEMA}) ENGINE = Memory")
    clickhouse.query(f"INSERT INTO events SELECT * FROM file('{events}', 'JSONEachRow', '{SCHEMA}')")
    settings = " SETTINGS output_format_json_quote_64bit_integers = 0"
    with open(queries, encoding="utf-8") as lines:
        for sql in lines:
            answer = str(clickhouse.query(sql.strip() + settings, "JSONCompactEachRow"))
            print(json.dumps([json.loads(row) for row in answer.splitlines()], ensure_ascii=False))


main(sys.argv[1], sys.argv[2])
