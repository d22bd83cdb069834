"""The whole story, while servers are killed: receivers still see exactly what must be told, in order."""

import os
import threading
from urllib.request import Request, urlopen

from conftest import Partner
from story import Inbox, drive


def test_the_whole_story_across_kills(ready):
    every, within = int(os.environ["COSELL_KILL_EVERY"]), int(os.environ["COSELL_KILL_WITHIN"])
    lock, count, kills = threading.Lock(), 0, 0

    def kill():
        """Has a server killed and started again after each so many events, of which the sender then knows no answer."""
        nonlocal count, kills
        with lock:
            count += 1
            if count % every == 0:
                kills += 1
                with urlopen(Request(os.environ["COSELL_KILL_URL"], method="POST")) as answer:
                    assert answer.status == 204

    inboxes = {Partner(): Inbox(kill), Partner(): Inbox(kill)}
    drive(ready, inboxes, within)
    repeated = sum(inbox.repeated for inbox in inboxes.values())
    print(f"{count} events, {kills} kills, {repeated} events repeated")
    assert kills >= 3
    if os.environ["COSELL_KILL_REPEATS"] == "all":
        assert repeated >= kills, "what a server sent that was killed before it knew the answer comes again"
