"""A mail whose sender the server could not confirm, by keys: marked, asked about before it is answered, files too."""

from pathlib import Path

from services.world import incoming
from tui import rig
from tui.rig import CASES

from agentdesk.tui.widgets.conversation import Conversation

_MAIL = (
    b"Authentication-Results: mx.shop.example; dmarc=fail header.from=example.com\r\n"
    b"From: Karen Holm <karen@example.com>\r\nTo: support@shop.example\r\nReply-To: eve@example.net\r\n"
    b"Subject: Ny adresse\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/plain\r\n\r\nSend pakken et andet sted hen.\r\n"
    b'--x\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename="faktura.pdf.exe"\r\n\r\nMZ\r\n'
    b"--x--\r\n"
)


async def test_a_forged_mail_by_keys(url: str, state: Path) -> None:
    async with rig.desk(url, state) as r:
        r.world.receive(incoming(_MAIL, at=r.world.now))
        await r.desk.open_case(CASES + 17)
        shown = r.desk.query_one(Conversation)
        await r.until(lambda: "pakken" in "\n".join(shown.line(y).text for y in range(20)))
        text = " ".join(" ".join(shown.line(y).text for y in range(20)).split())
        assert "may not be" in text
        assert "Your mail server could not confirm the sender" in text
        await r.press("o", "s")
        assert r.top == "ConfirmDialog"
        assert "open it only if you expected" in " ".join(
            str(r.app.screen.query_one("#lines").content).split()
        )
        await r.press("escape", "escape", "r")
        assert r.desk.writing.widget.written().to == "Karen Holm <karen@example.com>"
        await r.type("Hej Karen, det er gjort.")
        await r.press("ctrl+s")
        assert r.top == "ConfirmDialog"
        assert "may not be from karen@example.com" in " ".join(
            str(one.content) for one in r.app.screen.query("#question, #lines")
        )
