"""What the WAF of a domain noted (OPT-12): events, newest first, and how many there were each day.

`collect.py` wrote them where root alone reads and writes; whoever sent the requests chose what is in them.
"""

WAF_EVENTS = "/var/lib/tsukasa/waf"
MOST_WAF_EVENTS = 100
WAF_OUTCOMES = ("", "blocked", "detected")


def waf_lines(place, name):
    try:
        with open(os.open(f"{place}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb") as file:
            return file.read(8 << 20).split(b"\n")
    except FileNotFoundError:
        return []


def waf_found(lines, given):
    """Parsed lines, newest first. A line that a full disk cut off is none."""
    outcome, rule, address = given["outcome"], given["rule"], given["address"].encode()
    for line in reversed(lines):
        if address not in line:
            continue
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if outcome and event["outcome"] != outcome or rule and all(each["rule"] != rule for each in event["rules"]):
            continue
        if address and event["from"].encode() != address:
            continue
        yield event


@question
def waf_events(given, until):
    account = f"d{int(given['id'])}"
    if given["outcome"] not in WAF_OUTCOMES:
        raise Refused("E_OUTCOME", "not an outcome")
    place, skip, found, more = f"{WAF_EVENTS}/{account}", max(0, int(given["skip"])), [], False
    for name in ("events", "events.1"):
        for event in waf_found(waf_lines(place, name), given):
            if skip > 0:
                skip -= 1
            elif len(found) < MOST_WAF_EVENTS and not more:
                found.append(event)
            else:
                more = True
                break
    days = b"".join(waf_lines(place, "days"))
    return {"events": found, "more": more, "days": json.loads(days) if days else {}}
