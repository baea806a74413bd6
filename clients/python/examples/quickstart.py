"""A first hour with Rebound: an account, an application, a no, and what the service makes of it.

python examples/quickstart.py [http://127.0.0.1:8080]
"""

import sys
import time

from rebound_client import Rebound, ReboundProblem
from rebound_client.generated.api.accounts import register_account
from rebound_client.generated.api.applications import create_application, list_applications, transition_application
from rebound_client.generated.api.rejections import create_rejection
from rebound_client.generated.models import (
    ApplicationFields,
    ApplicationMove,
    Channel,
    ListApplicationsSort,
    ListEventsTypeItem,
    NewRejection,
    Register,
    SignedIn,
    Status,
)

with Rebound(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8080") as rebound:
    # Register, and sign what follows. The client renews the access token by itself.
    email = f"you-{time.time_ns()}@example.com"
    account = rebound.call(
        register_account.sync,
        body=Register(email=email, password="correct horse battery staple", time_zone="Europe/Berlin"),
    )
    if not isinstance(account, SignedIn):
        sys.exit("This service wants the address proved first; see the mail.")
    rebound.signed_in(account)

    # An application that was sent.
    fields = ApplicationFields(company="Kite & Anchor", job_title="Backend Engineer", status=Status.APPLIED)
    application = rebound.call(create_application.sync, body=fields)
    print(f"{application.company}: {application.status}, may become {', '.join(application.allowed_transitions)}")

    # It is a no. For a day nothing has to be done, and nothing is sent in a first heat.
    arrived = NewRejection(application_id=application.id, channel=Channel.EMAIL)
    rejection = rebound.call(create_rejection.sync, body=arrived)
    print(f"The rejection is {rejection.state} until {rejection.cooloff_until}")

    # Lists come page by page; `each` goes through all of them.
    for company in ("Lantern Labs", "Moss & Daughters", "Northwind"):
        rebound.call(create_application.sync, body=ApplicationFields(company=company, job_title="Engineer"))
    everything = rebound.each(list_applications.sync, sort=ListApplicationsSort.COMPANY, limit=2)
    print(", ".join(each.company for each in everything))

    # Whoever keeps a copy asks what has happened since the last time.
    for change in rebound.changes(types=[ListEventsTypeItem.REJECTION]):
        print(f"{change.type_}: {change.resource.url}")

    # A problem has a code to decide by.
    try:
        rebound.call(transition_application.sync, application.id, body=ApplicationMove(to=Status.INTERVIEWING))
    except ReboundProblem as problem:
        if problem.code != "illegal_transition":
            raise
        print(f"{problem.code}: {problem.detail}")
