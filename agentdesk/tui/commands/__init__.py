"""Everything a person can do, one row each, gathered from one tuple of groups.

Key bindings, footer, help and palette read this table and nothing else; commands act through the screen they are called
on. A new command is one row in its group.
"""

from agentdesk.tui.commands import (
    accepting,
    acting,
    aside,
    copying,
    customers,
    exporting,
    files,
    forgetting,
    going,
    help_,
    joining,
    knowledge,
    leaving,
    macros,
    moving,
    people,
    questions,
    rooms,
    searching,
    selecting,
    settings,
    snoozing,
    spelling,
    undoing,
    writing,
)
from agentdesk.tui.keys import Command

GROUPS: tuple[tuple[Command, ...], ...] = (
    moving.COMMANDS,
    acting.COMMANDS,
    selecting.COMMANDS,
    undoing.COMMANDS,
    writing.COMMANDS,
    joining.COMMANDS,
    accepting.COMMANDS,
    going.COMMANDS,
    leaving.COMMANDS,
    help_.COMMANDS,
    questions.COMMANDS,
    rooms.COMMANDS,
    searching.COMMANDS,
    aside.COMMANDS,
    settings.COMMANDS,
    people.COMMANDS,
    exporting.COMMANDS,
    snoozing.COMMANDS,
    copying.COMMANDS,
    files.COMMANDS,
    spelling.COMMANDS,
    knowledge.COMMANDS,
    macros.COMMANDS,
    customers.COMMANDS,
    forgetting.COMMANDS,
)
COMMANDS: tuple[Command, ...] = tuple(command for group in GROUPS for command in group)
