"""ClickHouse (PyPI chdb) as the peer of `make bench ONLY=vault`.

    vault_clickhouse.py load LINES DIR    reads JSON lines into a table; says what that cost, as JSON
    vault_clickhouse.py query DIR         answers questions on standard input, as `medward vault bench-query` does
    vault_clickhouse.py version

The table is the one of our ClickHouse projection (vault.md, section 13), with the seven keys of the lines: sorted by source and
time, ZSTD, a token filter on the message. Processor time is that of the whole process.
"""

import hashlib
import json
import os
import resource
import sys

from chdb import session

TABLE = """
CREATE TABLE bench.lines (
  source LowCardinality(String), ts DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)), host LowCardinality(String), severity UInt8,
  src_ip String CODEC(ZSTD(3)), user LowCardinality(String), message String CODEC(ZSTD(3)),
  INDEX words message TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 1
) ENGINE = MergeTree ORDER BY (source, ts)
"""

LOAD = """
INSERT INTO bench.lines
SELECT source, fromUnixTimestamp64Micro(ts), host, severity, src_ip, user, message
FROM file('{lines}', JSONEachRow,
  'ts Int64, source String, host String, severity UInt8, src_ip String, user String, message String')
"""

MICROS = "toUnixTimestamp64Micro(ts)"


def spent():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def load(lines, directory):
    opened = session.Session(directory)
    opened.query("CREATE DATABASE bench")
    opened.query(TABLE)
    begun = spent()
    opened.query(LOAD.format(lines=os.path.abspath(lines)))
    cost = spent() - begun
    read = opened.query(
        "SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE database = 'bench' AND active", "CSV"
    )
    rows, on_disk = str(read).strip().split(",")
    print(json.dumps({"cpu_s": cost, "events": int(rows), "table_bytes": int(on_disk)}))


def sql(question):
    kind, _, rest = question.partition(" ")
    if kind == "hist":
        return (
            f"SELECT {MICROS} - {MICROS} % 60000000 AS minute, host, count() FROM bench.lines "
            "GROUP BY minute, host ORDER BY minute, host"
        )
    limit, _, words = rest.partition(" ")
    tests = [f"hasToken(message, '{word.removeprefix('message:')}')" for word in words.split() if word != "*"]
    where = " AND ".join(tests) or "1"
    return f"SELECT {MICROS} AS at FROM bench.lines WHERE {where} ORDER BY ts DESC LIMIT {int(limit)}"


def answer(opened, question):
    lines = str(opened.query(sql(question), "TSV")).split("\n")[:-1]
    if question.startswith("rows"):
        return ",".join(lines)
    text = "".join(line.replace("\t", " ") + "\n" for line in lines)
    return f"{len(lines)} {hashlib.sha256(text.encode()).hexdigest()}"


def query(directory):
    opened = session.Session(directory)
    for line in sys.stdin:
        begun = spent()
        said = answer(opened, line.rstrip("\n"))
        print(json.dumps({"cpu_ms": (spent() - begun) * 1e3, "answer": said}), flush=True)


def version():
    print("ClickHouse", str(session.Session().query("SELECT version()", "TSV")).strip())


if __name__ == "__main__":
    {"load": load, "query": query, "version": version}[sys.argv[1]](*sys.argv[2:])
