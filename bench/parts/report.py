"""Turns results into the tables of bench/README.md."""

import datetime as dt
import platform
import re
import subprocess
from pathlib import Path

from .questions import NAMES

BEGIN, END = "<!-- results: written by bench/run -->", "<!-- end of results -->"
NOT = "not measured"


def machine():
    """What the measurement ran on, and when."""
    cpu = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    cores = len(re.findall(r"^processor\s*:", Path("/proc/cpuinfo").read_text(), re.MULTILINE))
    memory = int(re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    system = re.search(r'PRETTY_NAME="([^"]+)"', Path("/etc/os-release").read_text())
    rust = subprocess.run(["rustc", "--version"], capture_output=True, text=True).stdout.split()
    virtual = " (virtual)" if "hypervisor" in Path("/proc/cpuinfo").read_text() else ""
    return {
        "date": dt.date.today().isoformat(), "cpu": cpu[1].strip() if cpu else platform.machine(), "cores": cores, "virtual": virtual,
        "memory": round(memory), "system": system[1] if system else platform.system(), "python": platform.python_version(), "rust": rust[1] if len(rust) > 1 else "",
    }


def tables(results):
    """All tables, as Markdown."""
    parts = [_machine(results)]
    if results.get("http"):
        parts += [_throughput(results["http"]), _latency(results["http"]), _cost(results)]
    if results.get("import"):
        parts.append(_import(results["import"]))
    if results.get("merge"):
        parts.append(_merge(results["merge"]))
    if results.get("assessments"):
        parts.append(_assessments(results["assessments"]))
    return "\n\n".join(parts)


def write(file, text):
    """Puts the tables between the marks."""
    whole = file.read_text(encoding="utf-8")
    before, rest = whole.split(BEGIN, 1)
    _, after = rest.split(END, 1)
    file.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


def _sizes(part):
    return sorted(part, key=int)


def _grid(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "|".join("---" if place == 0 else "---:" for place in range(len(head))) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def _number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _ms(value):
    return f"{_number(value)} ms"


def _mb(value):
    return f"{value / 1e6:,.0f} MB"


def _machine(results):
    it, versions = results["machine"], results.get("versions", {})
    peers = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return (
        f"Measured on {it['date']}: {it['cpu']}{it['virtual']}, {it['cores']} cores, {it['memory']} GB of memory, {it['system']}, "
        f"rustc {it['rust']}, Python {it['python']}. {peers + '. ' if peers else ''}The load generator shares the cores with what it measures."
    )


def _throughput(part):
    rows = []
    for size in _sizes(part):
        for kind, name in NAMES.items():
            found = part[size].get("kinds", {}).get(kind, {})
            ours, theirs = found.get("citytools"), found.get("datasette")
            if not ours:
                continue
            rate = ours["throughput"]["rate"]
            peer = theirs and theirs["throughput"]["rate"]
            rows.append([f"{int(size):,}: {name}", _number(rate), _number(peer) if peer else NOT, f"{_number(rate / peer)} ×" if peer else NOT])
    return "### Throughput: requests a second, eight connections\n\n" + _grid(["contracts: question", "City Tools", "Datasette", "ratio"], rows)


def _latency(part):
    rows = []
    for size in _sizes(part):
        for kind, name in NAMES.items():
            found = part[size].get("kinds", {}).get(kind, {})
            if "citytools" not in found:
                continue
            row = [f"{int(size):,}: {name}"]
            for who in ("citytools", "datasette", "duckdb"):
                times = found.get(who)
                times = times and (times["latency"] if who != "duckdb" else times)
                row += [_ms(times["p50"]), _ms(times["p99"])] if times else [NOT, NOT]
            rows.append(row)
    head = ["contracts: question"] + [f"{who} {what}" for who in ("City Tools", "Datasette", "DuckDB") for what in ("p50", "p99")]
    return "### Latency: one connection; DuckDB in process, without HTTP or JSON\n\n" + _grid(head, rows)


def _cost(results):
    rows = []
    for size in _sizes(results["http"]):
        it = results["http"][size]
        if "startup" not in it:
            continue
        loaded = results.get("import", {}).get(size, {}).get("citytools")
        rows.append([
            f"{int(size):,}", f"{_number(it['startup'])} s", _mb(it["fresh"]), _mb(it["resident"]), _mb(it["peak"]), f"{_number(loaded['seconds'])} s" if loaded else NOT,
            f"{_number(it['datasette_startup'])} s" if "datasette_startup" in it else NOT, _mb(it["datasette_resident"]) if "datasette_resident" in it else NOT,
            f"{_number(it['datasette_load'])} s" if "datasette_load" in it else NOT,
        ])
    head = ["contracts", "start-up", "memory, ready", "memory, after the questions", "peak", "load", "Datasette start-up", "memory", "load with indexes and search"]
    return "### Start-up, resident memory and load\n\n" + _grid(head, rows)


def _import(part):
    rows = []
    for size in _sizes(part):
        ours = part[size].get("citytools")
        if not ours:
            continue
        row = [f"{int(size):,}", f"{_number(ours['seconds'])} s", f"{int(size) / ours['seconds']:,.0f}", _mb(ours["memory"])]
        for theirs in (part[size].get("sqlite_utils"), part[size].get("sqlite_utils_as_text")):
            row += [f"{_number(theirs['seconds'])} s", f"{theirs['seconds'] / ours['seconds']:.2f} ×"] if theirs else [NOT, NOT]
        rows.append(row)
    head = ["rows", "City Tools", "rows a second", "peak memory", "`sqlite-utils insert`", "our speed over it", "the same with `--no-detect-types`", "our speed over it"]
    return "### Import of one CSV file: validated, matched, logged and durable; beside a bare insert\n\n" + _grid(head, rows)


def _merge(part):
    rows = []
    for count in _sizes(part):
        it = part[count]
        ours, theirs = it["citytools"], it.get("ocdskit")
        rows.append([
            f"{int(count):,}", _mb(it["bytes"]), f"{_number(ours['seconds'])} s", _mb(ours["memory"]), f"{_number(theirs['seconds'])} s" if theirs else NOT,
            _mb(theirs["memory"]) if theirs else NOT, f"{_number(theirs['seconds'] / ours['seconds'])} ×" if theirs else NOT, ("yes" if it["same"] else "no") if theirs else NOT,
        ])
    head = ["releases", "file", "`citytools ocds merge`", "peak memory", "`ocdskit compile`", "peak memory", "ratio", "same result"]
    return "### Merging OCDS releases\n\n" + _grid(head, rows)


def _assessments(it):
    rows = [
        ["opening one, p50", _ms(it["open_p50_ms"])], ["opening one, p99", _ms(it["open_p99_ms"])],
        ["saving an answer, p50", _ms(it["save_p50_ms"])], ["saving an answer, p99", _ms(it["save_p99_ms"])],
        ["fifty people save in one at once, until the last is done", _ms(it["fifty_at_once_ms"])], ["answers lost of those fifty", str(it["lost"])],
    ]
    if "http_open_p99_ms" in it:
        rows = [[f"{what}, at the store", value] for what, value in rows] + [
            ["its page over HTTP, p50", _ms(it["http_open_p50_ms"])], ["its page over HTTP, p99", _ms(it["http_open_p99_ms"])],
            ["a question's page over HTTP, p99", _ms(it["http_field_p99_ms"])],
            ["saving an answer over HTTP, p50", _ms(it["http_save_p50_ms"])], ["saving an answer over HTTP, p99", _ms(it["http_save_p99_ms"])],
            ["fifty people save in one at once over HTTP, until the last is done", _ms(it["http_fifty_at_once_ms"])],
            ["answers lost of those fifty over HTTP", str(it["http_lost"])],
            [f"a PDF of {it['pdf_pages']} pages, the first", _ms(it["pdf_cold_ms"])], [f"a PDF of {it['pdf_pages']} pages, the next", _ms(it["pdf_warm_ms"])],
        ]
    title = f"### Assessments: one of {it['fields']} fields, 40 comments and 300 changes, {it['others']:,} others stored, SQLite\n\n"
    return title + _grid(["", "City Tools"], rows)
