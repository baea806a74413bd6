"""PostgreSQL and the service as the benchmark runs them: durable, on a Unix socket, on this machine only."""

import json
import os
import pwd
import re
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import NamedTuple

SETTINGS = """
listen_addresses = ''
shared_buffers = 1GB
max_wal_size = 4GB
max_connections = 60
logging_collector = on
log_destination = jsonlog
log_filename = 'bench'
log_rotation_age = 0
log_rotation_size = 0
log_truncate_on_rotation = off
"""
TICKS = os.sysconf("SC_CLK_TCK")


def wait_for(what, condition, seconds=60.0):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise SystemExit(f"{what} took over {seconds} s")
        time.sleep(0.002)


class Cluster:
    """A throw-away PostgreSQL. It refuses to run as root, so then it runs as the user postgres."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.programs = Path(sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1])
        folder.mkdir(parents=True)
        self.user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
        with open(folder / "data/postgresql.conf", "a", encoding="utf-8") as conf:
            conf.write(SETTINGS + f"unix_socket_directories = '{folder}'\n")
        self._run("pg_ctl", "-D", str(folder / "data"), "-l", str(folder / "start.log"), "-w", "start")

    def _run(self, program, *words):
        command = [str(self.programs / program), *words]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def sql(self, database: str, text: str) -> str:
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", self.url(database), "-f", "-"]
        return subprocess.run(command, input=text, check=True, text=True, capture_output=True).stdout.strip()

    def script(self, database: str, file: Path, **variables):
        words = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        subprocess.run(["psql", "-Xq", self.url(database), *words, "-f", str(file)], check=True, stdout=subprocess.DEVNULL)

    @property
    def log(self) -> Path:
        return self.folder / "data/log/bench.json"

    def log_statements(self, on: bool):
        self.sql("postgres", f"ALTER SYSTEM SET log_statement = '{'all' if on else 'none'}'")
        self.sql("postgres", "SELECT pg_reload_conf()")
        wanted = "all" if on else "none"
        wait_for("a setting", lambda: self.sql("postgres", "SHOW log_statement") == wanted)

    def stop(self):
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")


class Memory(NamedTuple):
    """In MB. What is not its own are pages of program files, which the system can take back."""

    whole: float
    own: float

    def __str__(self):
        return f"{self.whole:.0f}, {self.own:.0f} of its own"


class Service:
    """A running service and what it uses."""

    def __init__(self, binary: Path, folder: Path, database_url: str | None, *words: str):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)
        command = [str(binary), "serve", "--listen", "127.0.0.1:0", "--data-dir", str(folder), "--log", "warn",
                   "--email-verification", "off", "--rate-limit-user", "100000000", "--rate-limit-network", "100000000",
                   "--register-limit", "1000000", *words]
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("REBOUND_", "DATABASE_"))}
        if database_url:
            environment["DATABASE_URL"] = database_url
        self.output = open(folder / "service.log", "w+", encoding="utf-8")
        begin = time.monotonic()
        self.process = subprocess.Popen(command, stdout=self.output, stderr=self.output, env=environment)
        self.base = ""
        wait_for("the start of the service", self._is_ready)
        self.started_in = time.monotonic() - begin

    def _is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise SystemExit(f"the service ended: {Path(self.output.name).read_text(encoding='utf-8')}")
        said = re.search(r"API *(http://\S+)/v1", Path(self.output.name).read_text(encoding="utf-8"))
        if not said:
            return False
        self.base = said[1]
        try:
            return self.call("GET", "/health/ready")[0] == 200
        except OSError:
            return False

    def call(self, method, path, token=None, body=None, kind="application/json", key=None):
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        request = urllib.request.Request(self.base + path, method=method, data=data)
        if data is not None:
            request.add_header("Content-Type", kind)
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        if key:
            request.add_header("Idempotency-Key", key)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null"), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null"), error.headers

    def token(self, email: str) -> str:
        status, session, _ = self.call("POST", "/v1/auth/login", body={"email": email, "password": PASSWORD})
        assert status == 200, session
        return session["access_token"]

    def register(self, email: str) -> str:
        status, session, _ = self.call("POST", "/v1/auth/register", body={"email": email, "password": PASSWORD})
        assert status == 201, session
        return session["access_token"]

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def memory(self) -> Memory:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        of = lambda which: int(re.search(which + r":\s+(\d+) kB", status)[1]) / 1024  # noqa: E731
        return Memory(of("VmRSS"), of("RssAnon"))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)


PASSWORD = "correct horse battery staple"
