"""What can go wrong for a person, each as one plain sentence.

Invariant: the message of a Problem may be shown to a person as it stands: translated, one sentence, no secret.
"""


class Problem(Exception):  # noqa: N818  it is read aloud to a person; "error" is the machine's word
    """Something failed; the message says what failed, what it means and what to do. Exit code 1."""

    exit_code = 1


class Usage(Problem):
    """The words of the command are wrong. Exit code 2."""

    exit_code = 2


class Refused(Problem):
    """Not allowed, or in conflict with what somebody else did. Exit code 3."""

    exit_code = 3


class Stale(Refused):
    """The case changed since it was read; reading it again mends it. Exit code 3."""


class NotFound(Problem):
    """No such case, message, agent or file. Exit code 4."""

    exit_code = 4
