"""The peers, each set up as its own documentation recommends for speed."""

import json
import sqlite3
import subprocess
import time
from pathlib import Path

from . import generate
from .processes import Server, free_port, timed

INDEXES = ["OrganisationLabel", "SupplierName", "ServiceCategoryLabel", "Status", "EndDate", "ContractValue", "ContractTitle"]
SETTINGS = {
    # Off or out of the way: what would make Datasette refuse or do more than it is asked.
    "sql_time_limit_ms": 120_000, "facet_time_limit_ms": 120_000, "suggest_facets": "off", "default_page_size": 25,
    # Room for the index pages of a million rows, per connection.
    "cache_size_kb": 262_144,
}


def venv(bench):
    """The folder of the peers' programs, installed from PyPI the first time."""
    wanted, folder = (bench / "requirements.txt").read_text(), bench / "work" / "venv"
    stamp = folder / "city-tools"
    if not stamp.exists() or stamp.read_text() != wanted:
        print("Fetching Datasette, DuckDB, sqlite-utils and ocdskit …", flush=True)
        subprocess.run(["python3", "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", bench / "requirements.txt"], check=True)
        stamp.write_text(wanted)
    return folder / "bin"


def datasette_file(programs, work, source, contracts):
    """The register as Datasette serves it: typed columns, indexes, full-text search, analysed, counted. Gives file and seconds."""
    file, inspected, took = work / f"datasette-{contracts}.db", work / f"datasette-{contracts}.json", work / f"datasette-{contracts}.seconds"
    if file.exists() and inspected.exists() and took.exists() and file.stat().st_mtime > source.stat().st_mtime:
        return file, inspected, float(took.read_text())
    file.unlink(missing_ok=True)
    began = time.perf_counter()
    subprocess.run([programs / "sqlite-utils", "insert", file, "contracts", source, "--csv", "--empty-null", "--no-detect-types", "--type", "ContractValue", "float", "--silent"], check=True)
    with sqlite3.connect(file) as database:
        database.execute("alter table contracts add column Status text")
        database.execute(
            "update contracts set Status = case when EndDate is null then 'not known' when EndDate < ?1 then 'ended' when StartDate > ?1 then 'not yet begun' else 'current' end",
            (generate.AS_AT.isoformat(),),
        )
        for column in INDEXES:
            database.execute(f"create index [contracts by {column}] on contracts ([{column}])")
    database.close()
    subprocess.run([programs / "sqlite-utils", "enable-fts", file, "contracts", "ContractTitle", "ContractReference", "SupplierName", "OrganisationLabel", "ServiceCategoryLabel", "--fts5"], check=True)
    for command in ("optimize", "analyze"):
        subprocess.run([programs / "sqlite-utils", command, file], check=True, stdout=subprocess.DEVNULL)
    with open(inspected, "wb") as output:
        subprocess.run([programs / "datasette", "inspect", file], check=True, stdout=output)
    # Datasette knows its databases by their file's name, which is to be the same for every size.
    text = json.loads(inspected.read_text())
    inspected.write_text(json.dumps({"contracts": {**text[file.stem], "file": "contracts.db"}}))
    seconds = time.perf_counter() - began
    took.write_text(str(seconds))
    return file, inspected, seconds


def datasette(programs, work, file, inspected):
    """The server: immutable, with the counts known beforehand."""
    port = free_port()
    folder = work / "datasette"
    folder.mkdir(exist_ok=True)
    link = folder / "contracts.db"
    link.unlink(missing_ok=True)
    link.hardlink_to(file)
    command = [programs / "datasette", "serve", "--immutable", link, "--inspect-file", inspected, "--host", "127.0.0.1", "--port", str(port)]
    for name, value in SETTINGS.items():
        command += ["--setting", name, str(value)]
    return Server([str(part) for part in command], port, "/-/versions.json", work / "datasette.log")


def duckdb_latency(bench, programs, work, source, contracts, questions, seconds):
    """Milliseconds of each question of each kind, asked in process, one after another. `questions`: kind → statements."""
    asked = work / "duckdb-questions.json"
    asked.write_text(json.dumps({"source": str(source), "database": str(work / f"duckdb-{contracts}.db"), "as_at": generate.AS_AT.isoformat(), "seconds": seconds, "questions": questions}))
    _, _, output = timed([str(programs / "python"), str(bench / "parts" / "duckdb_latency.py"), str(asked)], stdout=subprocess.PIPE)
    return json.loads(output)


def bare_insert(programs, work, source, *options):
    """Seconds and peak memory of a bare `sqlite-utils insert` of the file."""
    file = work / "bare.db"
    file.unlink(missing_ok=True)
    try:
        return timed([str(programs / "sqlite-utils"), "insert", str(file), "contracts", str(source), "--csv", "--silent", *options])[:2]
    finally:
        file.unlink(missing_ok=True)


def compile_releases(programs, source, target, schema):
    """Seconds and peak memory of `ocdskit compile`."""
    command = [str(programs / "ocdskit"), "compile"] + (["--schema", str(schema)] if schema else [])
    with open(source, "rb") as read, open(target, "wb") as write:
        return timed(command, stdin=read, stdout=write)[:2]


def versions(programs):
    """Name → version of what was measured."""
    said = subprocess.run([programs / "pip", "list", "--format", "json", "--disable-pip-version-check"], check=True, capture_output=True, text=True)
    return {one["name"]: one["version"] for one in json.loads(said.stdout) if one["name"] in ("datasette", "duckdb", "ocdskit", "sqlite-utils", "ocdsmerge")}


def schema():
    """The OCDS 1.1 schema among the shared data, so that nobody asks the network for it; None where it is not at hand."""
    path = generate.ROOT.parent / "shared" / "data" / "ocds-merge" / "release-schema-1__1__4.json"
    return Path(path) if path.exists() else None
