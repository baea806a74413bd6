"""What the service sends to PostgreSQL for one request, as scripts for pgbench.

The statements are read from the server's log, so they are the service's own whatever it becomes: nobody has to keep a
second copy of them in step.
"""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from stage import Cluster, Service, wait_for

# How the idempotency keys of captured requests begin.
KEY = "bench-key-"
# How a read in one trip opens its transaction, which ends without a COMMIT. The goals are set for transactions that are
# sent statement by statement: a service that keeps no statements sends the same so.
ONE_TRIP = "SELECT set_config('transaction_read_only'"
STATEMENT_BY_STATEMENT = "--no-statement-cache"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@dataclass
class Script:
    """A script for pgbench, and the values that it binds by their names."""

    text: str
    values: dict[str, str] = field(default_factory=dict)


def user_id(number: int) -> str:
    return f"01980000-0000-7000-8000-{number:012x}"


def application_id(user: int, number: int) -> str:
    return f"01980000-0001-7000-8000-{user * 100000 + number:012x}"


def transaction(cluster: Cluster, service: Service, owner: str, send) -> list[tuple[str, list[str]]]:
    """The statements with their parameters of the transaction that one request of the owner makes."""
    cluster.log_statements(True)
    for _ in range(16):
        send()  # Asks whether the session lives, which happens once a second at most, and opens and prepares what is kept.
    place = cluster.log.stat().st_size
    send()
    found: list[tuple[str, list[str]]] = []
    wait_for("the log", lambda: bool(_read(cluster.log, place, owner, found)), 10)
    cluster.log_statements(False)
    return found


def _read(log: Path, place: int, owner: str, found: list) -> bool:
    found.clear()
    process = None
    with open(log, encoding="utf-8") as lines:
        lines.seek(place)
        for line in lines:
            if not line.endswith("\n"):
                return False
            entry = json.loads(line)
            said = re.match(r"(?:statement|execute [^:]+): (.*)", entry.get("message", ""), re.S)
            if not said:
                continue
            parameters = _parameters(entry.get("detail", ""))
            if process is None and (f"app.user_id='{owner}'" in said[1] or said[1].startswith(ONE_TRIP) and f"'{owner}'" in parameters):
                process = entry["pid"]
            if entry["pid"] == process:
                found.append((said[1], parameters))
                if said[1] == "COMMIT" or is_one_trip(found) and len(found) == 2:
                    return True
    return False


def is_one_trip(statements) -> bool:
    return statements[0][0].startswith(ONE_TRIP)


def _parameters(detail: str) -> list[str]:
    """As SQL literals, in their order."""
    return [value for _, value in re.findall(r"\$(\d+) = ((?:'(?:[^']|'')*')|NULL)", detail)]


def scripts(statements, users: list[int], each: int, captured: tuple[int, int], table: str):
    """For each user the whole transaction, in one trip where it was captured so, and its most important statement alone.

    Parameters are bound, as the service does: with a value in its place PostgreSQL plans a statement in another way.
    Ids of the captured application become one of the user's at random; ids that the request made become random ones.
    """
    of_user, of_application = user_id(captured[0]), application_id(*captured)
    whole, bare = [], []
    for user in users:
        fresh: dict[str, str] = {}
        values: dict[str, str] = {}

        def bound(value: str) -> str:
            def chosen(match):
                if match[0] == of_user:
                    return user_id(user)
                return match[0]

            if value == "NULL":
                return value
            inner = value[1:-1].replace("''", "'")
            if inner.startswith(KEY):
                return f"('{KEY}' || :fresh)"
            if re.fullmatch(UUID, inner) and inner != of_user:
                if inner == of_application:
                    return f"('01980000-0001-7000-8000-' || lpad(to_hex({user * 100000} + :n::bigint), 12, '0'))::uuid"
                prefix = fresh.setdefault(inner, f"0199{len(fresh):04x}-0001-7000-8000-")
                return f"('{prefix}' || lpad(to_hex(:fresh::bigint), 12, '0'))::uuid"
            name = f"u{user}_{len(values)}"
            values[name] = re.sub(UUID, chosen, inner)
            return f":{name}"

        def filled(text: str, parameters: list[str]) -> str:
            text = re.sub(r"\$(\d+)", lambda match: bound(parameters[int(match[1]) - 1]), text)
            return " ".join(text.split()) + ";"

        head = [f"\\set n random(1, {each})", "\\set fresh random(1, 281474976710655)"]
        alone = list(head)
        if is_one_trip(statements):
            opening, rest, ending = ["\\startpipeline"], statements, ["\\endpipeline"]
        else:
            parts = statements[0][0].replace(of_user, user_id(user)).split(";")
            opening = ["\\startpipeline", *(f"{part.strip()};" for part in parts if part.strip()), "\\endpipeline"]
            rest, ending = statements[1:], []
        lines = [*head, *opening, *(filled(text, parameters) for text, parameters in rest), *ending]
        for text, parameters in rest:
            if f'"{table}"' in text and not text.startswith("SAVEPOINT"):
                alone = [*head, filled(text, parameters)]
        whole.append(Script("\n".join(lines) + "\n", values))
        bare.append(Script("\n".join(alone) + "\n", values))
    return whole, bare
