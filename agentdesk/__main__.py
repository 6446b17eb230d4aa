"""The door: hands the command line to `agentdesk.cli` and its exit code to the system."""

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from agentdesk.cli import run  # noqa: PLC0415  the door stays cheap to import

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
