"""What the service sends to PostgreSQL for one request, as scripts for pgbench.

The statements are read from the server's log, so they are the service's own whatever it becomes: nobody has to keep a
second copy of them in step.
"""

import json
import re
from pathlib import Path

from stage import Cluster, Service, wait_for

# How the idempotency keys of captured requests begin.
KEY = "bench-key-"
# What only the opening of a read in one trip has.
ONE_TRIP = "plan_cache_mode"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


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
            if process is None and f"app.user_id='{owner}'" in said[1]:
                process = entry["pid"]
            if entry["pid"] == process:
                found.append((said[1], _parameters(entry.get("detail", ""))))
                if said[1] == "COMMIT":
                    return True
    return False


def _parameters(detail: str) -> list[str]:
    """As SQL literals, in their order."""
    return [value for _, value in re.findall(r"\$(\d+) = ((?:'(?:[^']|'')*')|NULL)", detail)]


def scripts(statements, users: list[int], each: int, captured: tuple[int, int], table: str):
    """For each user the whole transaction, the same in one trip where the service sends it so, and its most important statement alone.

    Ids of the captured application become one of the user's at random; ids that the request made become random ones.
    """
    of_user, of_application = user_id(captured[0]), application_id(*captured)
    whole, together, bare = [], [], []
    for user in users:
        fresh: dict[str, str] = {}

        def literal(value: str) -> str:
            def chosen(match):
                if match[0] == of_user:
                    return user_id(user)
                return match[0]

            inner = value[1:-1]
            if inner.startswith(KEY):
                return f"('{KEY}' || :fresh)"
            if re.fullmatch(UUID, inner) and inner != of_user:
                if inner == of_application:
                    return f"('01980000-0001-7000-8000-' || lpad(to_hex({user * 100000} + :n::bigint), 12, '0'))::uuid"
                prefix = fresh.setdefault(inner, f"0199{len(fresh):04x}-0001-7000-8000-")
                return f"('{prefix}' || lpad(to_hex(:fresh::bigint), 12, '0'))::uuid"
            return re.sub(UUID, chosen, value)

        def filled(text: str, parameters: list[str]) -> str:
            text = re.sub(r"\$(\d+)", lambda match: literal(parameters[int(match[1]) - 1]), text)
            return " ".join(text.split()) + ";"

        head = [f"\\set n random(1, {each})", "\\set fresh random(1, 281474976710655)"]
        lines, alone = list(head), list(head)
        opening = statements[0][0].replace(of_user, user_id(user))
        begin = ["\\startpipeline", *(f"{part.strip()};" for part in opening.split(";") if part.strip())]
        rest = [filled(text, parameters) for text, parameters in statements[1:]]
        lines += [*begin, "\\endpipeline", *rest]
        if ONE_TRIP in opening:
            together.append("\n".join([*head, *begin, *rest, "\\endpipeline"]) + "\n")
        for text, parameters in statements[1:]:
            if f'"{table}"' in text and not text.startswith("SAVEPOINT"):
                alone = [*head, filled(text, parameters)]
        whole.append("\n".join(lines) + "\n")
        bare.append("\n".join(alone) + "\n")
    return whole, together, bare
