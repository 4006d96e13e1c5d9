"""Runs in the peers' own Python: loads the register into DuckDB and asks it the questions, one connection, in process."""

import json
import statistics
import sys
import time

import duckdb

with open(sys.argv[1], encoding="utf-8") as file:
    job = json.load(file)

began = time.perf_counter()
database = duckdb.connect(job["database"])
if not database.execute("select 1 from information_schema.tables where table_name = 'contracts'").fetchone():
    database.execute(
        """create table contracts as
        select * replace (cast(ContractValue as double) as ContractValue),
          case when EndDate is null then 'not known' when EndDate < ? then 'ended' when StartDate > ? then 'not yet begun' else 'current' end as Status,
          lower(' ' || concat_ws(' ', ContractTitle, replace(ContractReference, '-', ' '), SupplierName, OrganisationLabel, ServiceCategoryLabel)) as Words
        from read_csv(?, header = true, types = {'StartDate': 'date', 'EndDate': 'date'})""",
        [job["as_at"], job["as_at"], job["source"]],
    )
load = time.perf_counter() - began

answer = {"load": load, "version": duckdb.__version__, "kinds": {}}
for kind, questions in job["questions"].items():
    times, totals = [], []
    until = time.perf_counter() + job["seconds"]
    for question in questions:
        asked = time.perf_counter()
        results = [database.execute(statement, values).fetchall() for statement, values in question]
        times.append((time.perf_counter() - asked) * 1000)
        totals.append(results[1][0][0])
        if time.perf_counter() > until and len(times) >= 30:
            break
    times_sorted = sorted(times)
    answer["kinds"][kind] = {
        "requests": len(times), "p50": statistics.median(times), "p99": times_sorted[min(len(times) - 1, int(len(times) * 0.99))],
        "totals": totals[:20],
    }
print(json.dumps(answer))
