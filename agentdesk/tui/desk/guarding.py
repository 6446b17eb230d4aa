"""What speaks against sending what stands in the composer.

Invariant: it only asks; whoever sends decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from agentdesk.services.drafts import Typed
    from agentdesk.tui.screens.desk import DeskScreen


async def warnings(desk: DeskScreen, typed: Typed) -> tuple[str, ...]:
    """Plain sentences, what matters most first; empty for nothing."""
    core = await desk.core()
    found: tuple[str, ...] = await desk.bridge.read(
        core.guarding.warnings, typed.kind, typed.case_id, (*typed.to, *typed.cc, *typed.bcc),
        subject=typed.subject, body=typed.body, files=len(desk.writing.files),
    )  # fmt: skip
    return found
