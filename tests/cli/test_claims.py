"""Eight people who ask at the same time never get the same case."""

import json
import subprocess
import sys

from cli.program import Program, mail

CASES, PEOPLE, EACH = 40, 8, 6
_ASK = """
import sys
from agentdesk.cli import run
sys.stdin.readline()
for _time in range({each}):
    run([*sys.argv[1:], "case", "claim", "--json"])
    print(end="\\x00")
"""


def test_no_case_is_given_twice(desk: Program) -> None:
    desk.deliver(*(mail(n, sender=f"c{n}@example.dk") for n in range(CASES)))
    for number in range(PEOPLE):
        desk("agent", "add", f"a{number}").ok()
    askers = [
        subprocess.Popen(
            [sys.executable, "-c", _ASK.format(each=EACH), *desk.words(("--as", f"a{number}"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=desk.environ(),
        )
        for number in range(PEOPLE)
    ]  # fmt: skip
    for asker in askers:
        assert asker.stdin
        asker.stdin.write("go\n")
        asker.stdin.flush()
    given: list[int] = []
    refused = 0
    for number, asker in enumerate(askers):
        out, err = asker.communicate(timeout=90)
        assert (asker.returncode, err) == (0, "")
        answers = [json.loads(one)["case"] for one in out.split("\x00") if one.strip()]
        assert len(answers) == EACH
        assert {one["owner"] for one in answers if one} <= {f"a{number}"}
        given += [one["id"] for one in answers if one]
        refused += answers.count(None)
    assert sorted(given) == list(range(1, CASES + 1))
    assert refused == PEOPLE * EACH - CASES
