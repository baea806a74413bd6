"""What became of the requests of clients/rebound.http. Usage: collection.py COLLECTION RESULTS

Every request of the story has to be sent and understood. That something may not be done now (403, 409) is part of the
story: a cool-off, a scope that was not granted. What was made of an empty list has no id, so its single requests stay out.
"""

import json
import re
import sys
from collections import Counter

collection, results = sys.argv[1:]
expected = re.findall(r"^# @name (\w+)\n# @tag story$", open(collection).read(), re.M)
requests = json.load(open(results))["requests"]
assert [it["name"] for it in requests] == expected, "not every request was sent"

seen: Counter[str] = Counter()
wrong = []
for request in requests:
    name, response = request["name"], request.get("response")
    if response is None:
        said = {it["message"] for it in request["testResults"]}
        if all(re.fullmatch(r"\w+_id is not defined", it) for it in said):
            print(f"    {name}: there is none yet")
            seen["none"] += 1
        else:
            wrong.append(f"{name}: {said}")
        continue
    status = response["statusCode"]
    seen[str(status)] += 1
    if status in (403, 409):
        print(f"    {name}: {json.loads(response['body'])['code']}")
    elif status >= 400:
        wrong.append(f"{name}: {status} {response.get('body', '')[:500]}")
assert not wrong, "\n".join(wrong)
assert seen["none"] <= 3, "too many ids were not there"
print(f"    {dict(seen)}")
