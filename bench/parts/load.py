"""Asks a server a list of questions with wrk: eight connections for throughput, one for latency."""

import json
import re
import shutil
import subprocess

SCRIPT = """
-- Asks each address of the list once, in order, and says at the end what the answers were like.
local paths, place, threads = {}, 0, {}
function setup(thread) threads[#threads + 1] = thread end
function init()
  -- Not before: only now does wrk know the host, which every request must name.
  for line in io.lines(os.getenv("CITYTOOLS_BENCH_PATHS")) do paths[#paths + 1] = wrk.format("GET", line) end
  asked, listed = 0, #paths
end
function request() place = place % listed + 1; asked = asked + 1; return paths[place] end
function done(summary, latency)
  local sent, held = 0, 0
  for _, thread in ipairs(threads) do sent, held = sent + thread:get("asked"), held + thread:get("listed") end
  io.write(string.format('{"requests":%d,"microseconds":%d,"bad":%d,"p50":%d,"p99":%d,"max":%d,"sent":%d,"listed":%d}\\n',
    summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max, sent, held))
end
"""


def need_wrk():
    """Ends with what to do where wrk is missing."""
    if not shutil.which("wrk"):
        raise SystemExit("bench: wrk is missing. Install it with: apt-get install wrk")


def measure(work, port, paths, connections, seconds):
    """Requests per second and latency in milliseconds, over questions that are each asked once."""
    script, listed = work / "questions.lua", work / "questions.txt"
    script.write_text(SCRIPT)
    listed.write_text("\n".join(paths) + "\n")
    done = subprocess.run(
        ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", "120s", "--script", str(script), f"http://127.0.0.1:{port}"],
        env={"PATH": "/usr/bin:/bin", "CITYTOOLS_BENCH_PATHS": str(listed)}, capture_output=True, text=True, timeout=seconds + 300,
    )
    found = re.search(r"^\{.*\}$", done.stdout, re.MULTILINE)
    if done.returncode != 0 or not found:
        raise SystemExit(f"bench: wrk failed: {done.stdout}{done.stderr}")
    said = json.loads(found[0])
    if said["bad"]:
        raise SystemExit(f"bench: {said['bad']} of {said['requests']} answers were errors")
    return {
        "rate": said["requests"] / (said["microseconds"] / 1e6), "requests": said["requests"],
        "p50": said["p50"] / 1000, "p99": said["p99"] / 1000, "max": said["max"] / 1000,
        "repeated": max(0, said["sent"] - said["listed"]),
    }
