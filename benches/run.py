"""The benchmark: the service against the same statements under pgbench, on the same machine in the same minutes.

    make bench                     everything, about half an hour on two cores
    make bench BENCH='--quick'     small data, short bursts: does it run at all?

Figures are ratios of bursts that take turns; the absolute ones mean little on a machine with neighbours.
"""

import argparse
import csv
import io
import itertools
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

sys.dont_write_bytecode = True
from capture import KEY, STATEMENT_BY_STATEMENT, Script, is_one_trip, scripts, transaction, user_id  # noqa: E402
from load import Burst, Endpoint, pgbench, wrk  # noqa: E402
from stage import Cluster, Service  # noqa: E402

HERE = Path(__file__).parent
EACH, HEAVY = 200, 5_000
CONNECTIONS = (8, 32, 64, 256, 1024)
NEW = {"company": "Kite & Anchor", "job_title": "Backend Engineer", "status": "applied", "notes": "Two rounds next week."}
# Those that write come last: they give the users more rows, which would make the others slower.
ENDPOINTS = [
    Endpoint("get by id", "/v1/applications/{id}", growth=True, goal=0.60),
    Endpoint("list 25", "/v1/applications", growth=True, goal=0.75),
    Endpoint("filter by status", "/v1/applications?status=screening", growth=True),
    Endpoint("timeline", "/v1/applications/{id}/timeline", table="application_steps", growth=True),
    Endpoint("search", "/v1/applications?q=robotics+engineer", growth=True),
    Endpoint("journey", "/v1/applications/{id}/journey"),
    Endpoint("next actions", "/v1/next-actions"),
    Endpoint("insights over 5,000", "/v1/insights/pipeline", heavy=True),
    Endpoint("insert", "/v1/applications", "POST", NEW, goal=0.65),
    Endpoint("insert with a key", "/v1/applications", "POST", NEW, key=True, goal=0.65),
    Endpoint("update", "/v1/applications/{id}", "PATCH", {"notes": "Ask again in spring."}, goal=0.65),
]
BARE_AGGREGATE = "SELECT status, furthest_stage, count(*) FROM applications WHERE owner_id = '{}' GROUP BY 1, 2;\n"


class Bench:
    def __init__(self, options, folder: Path):
        self.options, self.folder = options, folder
        self.binary = Path(options.binary).resolve()
        self.cluster = Cluster(folder / "postgres")
        self.measured = list(range(1, 9))
        (folder / "scripts").mkdir()

    def say(self, text: str):
        print(f"[{time.strftime('%H:%M:%S')}] {text}", file=sys.stderr, flush=True)

    def database(self, name: str, users: int, each: int, heavy: int) -> Service:
        """A database with its data, and a service on it."""
        self.cluster.sql("postgres", f"CREATE DATABASE {name}")
        service = Service(self.binary, self.folder / name, self.cluster.url(name))
        service.register("model@example.com")
        begin = time.monotonic()
        self.cluster.script(name, HERE / "data.sql", users=users, each=each, heavy=heavy)
        self.cluster.sql(name, "CHECKPOINT")
        self.say(f"{name}: {self.cluster.sql(name, 'SELECT count(*) FROM applications')} applications in {time.monotonic() - begin:.0f} s")
        return service

    def rounds(self, *bursts) -> list[Burst]:
        """Lets the bursts take turns; for each the one with the median rate."""
        taken = [[burst() for burst in bursts] for _ in range(self.options.rounds)]
        return [sorted(column, key=lambda it: it.rate)[len(column) // 2] for column in zip(*taken)]

    def burst(self, service: Service, endpoint: Endpoint, connections=8):
        users, each = ([0], HEAVY) if endpoint.heavy else (self.measured, EACH)
        return lambda: wrk(self.folder / "scripts", service, endpoint, users, each, self.options.seconds, connections)

    def against_pgbench(self, database: str, service: Service):
        """Each endpoint, the same transaction under pgbench, and its main statement alone."""
        plain = Service(self.binary, self.folder / "plain", self.cluster.url(database), STATEMENT_BY_STATEMENT)
        rows = []
        for endpoint in ENDPOINTS:
            user, number = (0, 7) if endpoint.heavy else (1, 7)
            users, each = ([0], HEAVY) if endpoint.heavy else (self.measured, EACH)
            keys = (f"{KEY}{number}" for number in itertools.count()) if endpoint.key else itertools.repeat(None)
            path = endpoint.path.replace("{id}", f"01980000-0001-7000-8000-{user * 100000 + number:012x}")

            def said_by(asked: Service):
                token = asked.token(f"bench-{user}@example.com")
                send = lambda: asked.call(endpoint.method, path, token, endpoint.body, key=next(keys))  # noqa: E731
                return transaction(self.cluster, asked, user_id(user), send)

            def replay(chosen: list[Script]):
                return lambda: pgbench(self.folder / "scripts", self.cluster, database, chosen, self.options.seconds)

            said, together = said_by(service), []
            count = len(said)
            if is_one_trip(said):
                together = [replay(scripts(said, users, each, (user, number), endpoint.table)[0])]
                said = said_by(plain)
            whole, bare = scripts(said, users, each, (user, number), endpoint.table)
            if endpoint.heavy:
                bare = [Script(BARE_AGGREGATE.format(user_id(user)))]
            ours, same, alone, *pipelined = self.rounds(self.burst(service, endpoint), replay(whole), replay(bare), *together)
            if ours.refused or ours.broken:
                raise SystemExit(f"{endpoint.name}: {ours.refused} refused, {ours.broken} broken")
            rows.append((endpoint, count, ours, same, pipelined, alone))
            self.say(f"{endpoint.name}: {ours.rate:.0f}/s, {ours.rate / same.rate:.2f} of the same, {ours.rate / alone.rate:.2f} of the bare one")
        plain.stop()
        return rows

    def growth(self, services: dict[str, Service]):
        rows = []
        for endpoint in (it for it in ENDPOINTS if it.growth):
            bursts = self.rounds(*(self.burst(service, endpoint, 1) for service in services.values()))
            rows.append((endpoint.name, [it.p50 for it in bursts]))
            self.say(f"{endpoint.name}: {' / '.join(f'{it.p50:.2f} ms' for it in bursts)}")
        return rows

    def overload(self, service: Service):
        bursts = [self.burst(service, ENDPOINTS[0], connections) for connections in CONNECTIONS]
        memory = []
        for burst in bursts:
            burst()
            memory.append(service.memory())
        rows = list(zip(CONNECTIONS, self.rounds(*bursts), memory))
        for connections, burst, used in rows:
            self.say(f"{connections} connections: {burst.rate:.0f}/s, {burst.refused} refused, longest {burst.most:.0f} ms, MB {used}")
        return rows

    def dashboard(self):
        users, each = (20, 20) if self.options.quick else (200, 2_000)
        service = self.database("clients", users, each, 100)
        self.cluster.script("clients", HERE / "clients.sql")
        token = service.token("bench-0@example.com")
        said = transaction(self.cluster, service, user_id(0), lambda: service.call("GET", "/v1/coach/clients", token))
        page = Endpoint("clients", "/v1/coach/clients")
        rows = Endpoint("list 25", "/v1/applications")
        run = lambda endpoint: lambda: wrk(self.folder / "scripts", service, endpoint, [0], 100, self.options.seconds, 1)  # noqa: E731
        ours, plain = self.rounds(run(page), run(rows))
        service.stop()
        self.say(f"dashboard: {ours.p50:.1f} ms in {len(said)} statements; a list of 25 {plain.p50:.2f} ms")
        return users, each, len(said), ours, plain

    def importing(self, database: str, service: Service):
        """20,000 rows through the API, and the rows that came of them by COPY into the same tables."""
        count = 2_000 if self.options.quick else 20_000
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(["company", "position", "status", "date applied", "notes"])
        for number in range(count):
            writer.writerow([f"Company {number}", "Backend Engineer", ("applied", "rejected", "phone screen")[number % 3],
                             f"2025-{1 + number % 12:02}-{1 + number % 28:02}", "Spoke with somebody of the team."])
        tables = ["applications", "application_steps", "rejections", "events"]
        ours, copies, memory = [], [], service.memory()
        for turn in range(self.options.rounds):
            token = service.register(f"import-{turn}@example.com")
            begin = time.monotonic()
            status, report, headers = service.call("POST", "/v1/imports", token, sheet.getvalue().encode(), "text/csv")
            assert status == 202, report
            path = headers["Location"]
            while (report := service.call("GET", path, token)[1])["status"] not in ("completed", "failed"):
                memory = max(memory, service.memory())
                time.sleep(0.02)
            ours.append(time.monotonic() - begin)
            assert report["status"] == "completed" and report["report"]["created"] == count, report["status"]
            owner = service.call("GET", "/v1/me", token)[1]["id"]
            copies.append(self.copy_of(database, owner, tables))
        best = statistics.median(ours), statistics.median(copies)
        self.say(f"import of {count}: {best[0]:.1f} s, COPY {best[1]:.1f} s, MB {memory}")
        return count, *best, memory

    def copy_of(self, database: str, owner: str, tables: list[str]) -> float:
        other = self.cluster.sql(database, "INSERT INTO users (id, email, password_hash, time_zone, created_at, updated_at) SELECT gen_random_uuid(),"
                                 " gen_random_uuid() || '@example.com', 'x', 'UTC', now(), now() RETURNING id")
        took = 0.0
        for table in tables:
            columns = self.cluster.sql(database, "SELECT string_agg(quote_ident(column_name), ',' ORDER BY ordinal_position) FROM"
                                       f" information_schema.columns WHERE table_name = '{table}' AND is_generated = 'NEVER' AND is_identity = 'NO'")
            rows = self.cluster.sql(database, f"COPY (SELECT {columns} FROM {table} WHERE owner_id = '{owner}') TO STDOUT")
            text = f"COPY {table} ({columns}) FROM STDIN;\n{rows.replace(owner, other)}\n\\.\n" if rows else "SELECT 1;"
            begin = time.monotonic()
            self.cluster.sql(database, text)
            took += time.monotonic() - begin
        return took

    def starting(self, database: str):
        plain = Service(self.binary, self.folder / "again", self.cluster.url(database))
        idle = plain.memory()
        plain.stop()
        first = Service(self.binary, self.folder / "embedded", None)
        first.stop()
        later = Service(self.binary, self.folder / "embedded", None)
        later.stop()
        self.say(f"start {plain.started_in:.2f} s, embedded first {first.started_in:.2f} s, later {later.started_in:.2f} s, MB when idle {idle}")
        return plain.started_in, first.started_in, later.started_in, idle


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def report(options, sizes, measured, growth, overload, dashboard, imported, started) -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), "?")
    version = subprocess.run(["psql", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    parts = [f"{date.today()}, {os.cpu_count()} × {model}, {platform.system()} {platform.release()}, PostgreSQL {version}; "
             f"medians of {options.rounds} rounds of {options.seconds:g} s, 8 connections; {sizes[-1]:,} applications.\n"]
    head = ["request", "a second", "of the same in pgbench", "goal", "the same in one trip", "of the bare statement", "p50 ms", "p99 ms", "CPU of the service, µs", "statements"]
    parts.append(table(head, [[
        e.name, f"{ours.rate:.0f}", f"**{ours.rate / same.rate:.2f}**", f"{e.goal:.2f}" if e.goal else "",
        f"{ours.rate / pipelined[0].rate:.2f}" if pipelined else "", f"{ours.rate / alone.rate:.2f}",
        f"{ours.p50:.2f}", f"{ours.p99:.2f}", f"{ours.processor:.0f}", str(count)] for e, count, ours, same, pipelined, alone in measured]))
    parts.append(table(["median ms of one client", *(f"{size:,}" for size in sizes), "growth"], [[
        name, *(f"{it:.2f}" for it in medians), f"**{medians[-1] / medians[0]:.2f}**"] for name, medians in growth]))
    peak = max(burst.rate for _, burst, _ in overload)
    parts.append(table(["connections", "a second", "of the peak", "503", "broken", "p99 ms", "longest ms", "memory MB"], [[
        str(count), f"{b.rate:.0f}", f"**{b.rate / peak:.2f}**", str(b.refused), str(b.broken), f"{b.p99:.1f}", f"{b.most:.0f}", str(memory)]
        for count, b, memory in overload]))
    users, each, count, ours, plain = dashboard
    rows, took, copy, memory = imported
    plain_start, first, later, idle = started
    parts.append(table(["what", "measured", "goal"], [
        [f"first page of a coach's {users} clients with {each:,} applications each, {count} statements",
         f"{ours.p50:.1f} ms; **{ours.p50 / plain.p50:.1f} ×** a list of 25", "10 ×"],
        [f"import of {rows:,} rows", f"{took:.1f} s; **{copy / took:.2f}** of COPY ({copy:.1f} s)", "0.5"],
        ["memory during that import, MB", str(memory), "flat"],
        ["memory when idle, MB", str(idle), "30"],
        ["start on a PostgreSQL that runs", f"{plain_start:.2f} s", "0.1 s"],
        ["start with the embedded one, first and later", f"{first:.2f} s, {later:.2f} s", "5 s, 1 s"]]))
    return "\n".join(parts)


def main():
    parser = argparse.ArgumentParser(description="Measures the service against pgbench.")
    parser.add_argument("binary")
    parser.add_argument("--quick", action="store_true", help="small data and short bursts")
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path, help="put the tables between the marks of this page")
    options = parser.parse_args()
    users = [5, 25, 50] if options.quick else [5, 475, 9_975]
    if options.quick:
        options.seconds, options.rounds = 1, 1
    with tempfile.TemporaryDirectory(prefix="rebound-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        bench = Bench(options, folder)
        bench.measured = list(range(1, 6))
        try:
            services, sizes = {}, []
            for number, count in enumerate(users):
                heavy = 0 if number == 0 else HEAVY
                services[f"size{number}"] = bench.database(f"size{number}", count, EACH, heavy)
                sizes.append(count * EACH + heavy)
            database, service = list(services.items())[-1]
            growth = bench.growth(services)
            for small in list(services.values())[:-1]:
                small.stop()
            measured = bench.against_pgbench(database, service)
            overload = bench.overload(service)
            imported = bench.importing(database, service)
            service.stop()
            dashboard = bench.dashboard()
            started = bench.starting(database)
        finally:
            bench.cluster.stop()
    text = report(options, sizes, measured, growth, overload, dashboard, imported, started)
    print(text)
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        before, rest = page.split("<!-- measured -->\n")
        after = rest.split("<!-- /measured -->")[1]
        options.write.write_text(f"{before}<!-- measured -->\n{text}<!-- /measured -->{after}", encoding="utf-8")


main()
