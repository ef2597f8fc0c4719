"""Makes the region databases of these tests with a writer that is not ours: see README.md.

Usage: python make.py
"""
import pathlib

import mmdb_writer
from mmdb_writer import MMDBWriter
from netaddr import IPSet

HERE = pathlib.Path(__file__).parent
# The same bytes every time.
mmdb_writer.time.time = lambda: 1_790_000_000


def write(name, kind, networks):
    writer = MMDBWriter(ip_version=6, ipv4_compatible=True, database_type=kind, languages=["en", "zh-CN"],
                        description={"en": "test data of Medward", "zh-CN": "测试数据"})
    for network, record in networks.items():
        writer.insert_network(IPSet([network]), record)
    writer.to_db_file(str(HERE / name))


def country(code):
    return {"iso_code": code}


def part(code=None, **names):
    part = {"names": {name.replace("_", "-"): text for name, text in names.items()}}
    return {"iso_code": code, **part} if code else part


write("places.mmdb", "Medward-Test-City", {
    "192.0.2.0/24": {"country": country("CN"), "subdivisions": [part("ZJ", en="Zhejiang", zh_CN="浙江省")]},
    "198.51.100.0/24": {"country": country("US")},
    "203.0.113.0/25": {"country": country("CN"), "subdivisions": [part(en="Hunan", zh_CN="湖南省")]},
    "2001:db8::/32": {"country": country("DE"), "subdivisions": [part("BE", en="Berlin")]},
})
# The same prefixes after a move: what was in China is in the United States.
write("moved.mmdb", "Medward-Test-City", {"192.0.2.0/24": {"country": country("US")}})
# A database about something else.
write("numbers.mmdb", "Medward-Test-ASN", {"192.0.2.0/24": {"autonomous_system_number": 64496}})
