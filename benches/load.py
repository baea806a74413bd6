"""One burst of load, by wrk against the service or by pgbench against PostgreSQL."""

import json
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from capture import Script
from stage import Cluster, Service

LUA = """
local users = {%(users)s}
local counter = 0
function setup(thread)
  counter = counter + 1
  thread:set("seed", counter)
end
function init(args)
  math.randomseed(seed * 7919)
end
function request()
  local user = users[math.random(#users)]
  local id = string.format("01980000-0001-7000-8000-%%012x", user.number * 100000 + math.random(%(each)d))
  local headers = {["Authorization"] = "Bearer " .. user.token}
  local body = %(body)s
  if body then headers["Content-Type"] = "application/json" end
  if %(key)s then headers["Idempotency-Key"] = string.format("%%d-%%d-%%d", seed, math.random(2^30), math.random(2^30)) end
  local path = string.gsub(%(path)s, "{id}", id)
  return wrk.format(%(method)s, path, headers, body or nil)
end
function done(summary, latency, requests)
  io.write(string.format('RESULT {"requests": %%d, "micros": %%d, "refused": %%d, "broken": %%d, "p50": %%d, "p99": %%d, "max": %%d}\\n',
    summary.requests, summary.duration, summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
    latency:percentile(50), latency:percentile(99), latency.max))
end
"""


@dataclass
class Endpoint:
    """A request to measure. `{id}` in the path is one of the user's applications at random."""

    name: str
    path: str
    method: str = "GET"
    body: dict | None = None
    key: bool = False
    table: str = "applications"
    # Only the user with many applications sends it.
    heavy: bool = False
    growth: bool = False
    goal: float | None = None


@dataclass
class Burst:
    """What came of it: how many in a second, and milliseconds."""

    rate: float
    p50: float = 0.0
    p99: float = 0.0
    most: float = 0.0
    refused: int = 0
    broken: int = 0
    processor: float = 0.0
    extra: dict = field(default_factory=dict)


def wrk(folder: Path, service: Service, endpoint: Endpoint, users: list[int], each: int, seconds: float, connections=8) -> Burst:
    people = ", ".join(
        f'{{number = {user}, token = "{service.token(f"bench-{user}@example.com")}"}}' for user in users)
    script = folder / "request.lua"
    script.write_text(LUA % {
        "users": people, "each": each, "method": json.dumps(endpoint.method), "path": json.dumps(endpoint.path),
        "body": f"'{json.dumps(endpoint.body)}'" if endpoint.body else "false", "key": str(endpoint.key).lower()})
    before = service.processor_seconds()
    said = subprocess.run(["wrk", f"-t{min(2, connections)}", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "10s", "-s", str(script),
                           service.base], check=True, capture_output=True, text=True).stdout
    result = json.loads(re.search(r"RESULT (.*)", said)[1])
    spent = service.processor_seconds() - before
    return Burst(
        rate=(result["requests"] - result["refused"]) / result["micros"] * 1e6,
        p50=result["p50"] / 1e3, p99=result["p99"] / 1e3, most=result["max"] / 1e3,
        refused=result["refused"], broken=result["broken"], processor=spent / max(1, result["requests"]) * 1e6)


def pgbench(folder: Path, cluster: Cluster, database: str, scripts: list[Script], seconds: float, clients=8) -> Burst:
    words = []
    for number, script in enumerate(scripts):
        file = folder / f"script-{number}.sql"
        file.write_text(script.text)
        words += ["-f", str(file), *(word for name, value in script.values.items() for word in ("-D", f"{name}={value}"))]
    command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(2, clients)), "-T", f"{max(1, round(seconds))}", *words,
               cluster.url(database)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    if failed := re.search(r"number of failed transactions: ([1-9]\d*)", run.stdout):
        raise SystemExit(f"pgbench: {failed[0]}")
    rate = float(re.search(r"tps = ([\d.]+)", run.stdout)[1])
    return Burst(rate=rate, p50=clients / rate * 1e3)
