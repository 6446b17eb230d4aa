"""A program in a real pseudo-terminal, and what a person in front of it would see.

Invariant: the reader only collects bytes, so that a test never slows the program it watches; the screen is
drawn from them when somebody looks. `raw` holds every byte that has arrived at the (perhaps slow) person's
end of the line.
"""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

import pyte

KEYS = {
    "enter": "\r", "esc": "\x1b[27u", "bare esc": "\x1b", "tab": "\t", "backtab": "\x1b[Z", "backspace": "\x7f",
    "space": " ",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "home": "\x1b[H", "end": "\x1b[F",
    "delete": "\x1b[3~", "pgup": "\x1b[5~", "pgdn": "\x1b[6~", "ctrl+home": "\x1b[1;5H",
    "ctrl+end": "\x1b[1;5F", "ctrl+enter": "\x1b[13;5u",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~", "f6": "\x1b[17~",
    "f7": "\x1b[18~", "f8": "\x1b[19~", "f9": "\x1b[20~", "f10": "\x1b[21~",
    **{f"ctrl+{letter}": chr(ord(letter) & 31) for letter in "abcdefghijklmnopqrstuvwxyz"},
}  # fmt: skip
# pyte 0.8 would show parts of these as text: CSI with < = > or an intermediate, DCS, APC, PM, SOS
_UNKNOWN = re.compile(r"\x1b\[[<=>][0-9;:]*[ -/]*[@-~]|\x1b\[[?0-9;:]*[ -/]+[@-~]|\x1b[P_^X][^\x1b]*\x1b\\")
_WHOLE = re.compile(
    r"\x1b(\[[^@-~]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[P_^X][^\x1b]*\x1b\\|[^\[\]P_^X])", re.DOTALL
)
_LONGEST_SEQUENCE = 100_000
_NOT_HANDED_DOWN = ("COLUMNS", "LINES", "NO_COLOR", "TMUX", "STY", "TERM_PROGRAM")


class Terminal:
    """Starts `argv` at once. `throttle` = (bytes a second, seconds of delay each way) makes a slow line."""

    def __init__(
        self,
        argv: Sequence[str | os.PathLike[str]],
        cols: int = 80,
        rows: int = 24,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        throttle: tuple[float, float] | None = None,
    ) -> None:
        self.term = pyte.Screen(cols, rows)
        self._stream = pyte.Stream(self.term)
        self._drawing = threading.Lock()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._drawn, self._unfinished = 0, ""
        self._raw = bytearray()
        self._arrivals: list[tuple[float, int]] = []
        self._rate, self._delay = throttle or (0.0, 0.0)
        self._under_way: deque[tuple[float, bytes]] = deque()
        self._keys: deque[tuple[float, bytes]] = deque()
        self._stop = False
        self._fd, inner = pty.openpty()
        self._set_size(cols, rows)
        kept = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_DOWN}
        environment = {
            **kept,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
            **(env or {}),
        }
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            argv,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            env=environment,
            cwd=cwd,
            start_new_session=True,
            # the terminal becomes its controlling one, so that ctrl+c, SIGWINCH and SIGHUP are real
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509  one system call, no lock
        )
        os.close(inner)
        self._line = threading.Thread(target=self._carry, daemon=True)
        self._line.start()

    @property
    def raw(self) -> bytes:
        """Every byte that has arrived."""
        return bytes(self._raw)

    @property
    def pid(self) -> int:
        """The program's process."""
        return self.process.pid

    def screen(self) -> str:
        """The lines a person sees, without the blanks at their ends."""
        with self._drawing:
            self._draw()
            return "\n".join(line.rstrip() for line in self.term.display)

    def wait(self, what: str | Callable[[str], object], timeout: float = 30.0) -> float:
        """Until the screen matches the regular expression or the function says yes; returns the seconds."""
        matches = re.compile(what).search if isinstance(what, str) else what
        begun = time.monotonic()
        while not matches(self.screen()):
            if time.monotonic() - begun > timeout:
                message = (
                    f"{what!r} not within {timeout} s, exit {self.process.poll()}, screen:\n{self.screen()}"
                )
                raise TimeoutError(message)
            time.sleep(0.01)
        return time.monotonic() - begun

    def wait_bytes(self, what: bytes, timeout: float = 30.0) -> float:
        """Until these bytes have arrived; returns the seconds from the program's start to their arrival."""
        begun = time.monotonic()
        while (at := self._raw.find(what)) < 0:
            if time.monotonic() - begun > timeout:
                message = (
                    f"{what!r} not within {timeout} s, exit {self.process.poll()}, screen:\n{self.screen()}"
                )
                raise TimeoutError(message)
            time.sleep(0.002)
        end = at + len(what)
        return next(when for when, length in self._arrivals if length >= end) - self.started

    def settle(self, quiet: float = 0.2, timeout: float = 10.0) -> None:
        """Until nothing has arrived for `quiet` seconds, or `timeout` is over (a cursor may blink)."""
        begun = time.monotonic()
        while time.monotonic() - begun < timeout:
            last = max(begun, self._arrivals[-1][0] if self._arrivals else begun)
            rest = last + quiet - time.monotonic()
            if rest <= 0:
                return
            time.sleep(min(rest, 0.05))

    def send(self, data: bytes | str) -> None:
        """Type or paste these very bytes."""
        content = data if isinstance(data, bytes) else data.encode()
        if self._delay:
            self._keys.append((time.monotonic() + self._delay, content))
        else:
            self._write(content)

    def keys(self, *names: str, gap: float = 0.0) -> None:
        """Press keys by name ("enter", "ctrl+s", "f2") or by the character they write."""
        for name in names:
            self.send(KEYS.get(name, name))
            pause = max(gap, 0.15) if name == "bare esc" else gap  # it needs a pause: else it is alt+next
            if pause:
                time.sleep(pause)

    def paste(self, text: str) -> None:
        """Paste as a terminal does that knows bracketed paste."""
        self.send(f"\x1b[200~{text}\x1b[201~")

    def cpu_ms(self) -> float:
        """CPU of all threads the program has now, in milliseconds, drawing included."""
        total = 0
        for schedstat in Path(f"/proc/{self.pid}/task").glob("*/schedstat"):
            try:
                total += int(schedstat.read_text().split()[0])
            except (OSError, IndexError):
                continue
        return total / 1e6

    def resize(self, cols: int, rows: int) -> None:
        """Another size of the window; the kernel sends SIGWINCH."""
        with self._drawing:
            self._draw()
            self.term.resize(rows, cols)
        self._set_size(cols, rows)

    def kill(self, sig: int = signal.SIGKILL) -> int:
        """Send a signal to the program's group and wait for its end; returns its exit code."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, sig)
        return self.process.wait(20)

    def hang_up(self) -> int:
        """Close the window: the program loses its terminal (SIGHUP); returns its exit code."""
        self._end_line()
        return self.process.wait(20)

    def close(self) -> None:
        """Kill what still runs and give the terminal back."""
        self.kill()
        self._end_line()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _end_line(self) -> None:
        if not self._stop:
            self._stop = True
            self._line.join(5)
            os.close(self._fd)

    def _set_size(self, cols: int, rows: int) -> None:
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def _write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[os.write(self._fd, view) :]

    def _carry(self) -> None:
        """The line itself: takes what the program wrote, at its rate, and lets it arrive after its delay."""
        allowance, last = 0.0, time.monotonic()
        while not self._stop:
            now = time.monotonic()
            allowance = min(self._rate * 0.1, allowance + (now - last) * self._rate)
            last = now
            self._arrive(now)
            most = 65536 if not self._rate else int(allowance)
            if most < min(256, self._rate * 0.1):
                time.sleep(0.005)
                continue
            try:
                if not select.select([self._fd], [], [], 0.005 if self._delay else 0.1)[0]:
                    continue
                content = os.read(self._fd, most)
            except OSError:  # EIO: the last process has closed the terminal
                content = b""
            if not content:
                break
            allowance -= len(content)
            self._under_way.append((time.monotonic() + self._delay, content))
            if not self._delay:
                self._arrive(time.monotonic())
        self._arrive(float("inf"))

    def _arrive(self, now: float) -> None:
        while self._under_way and self._under_way[0][0] <= now:
            self._raw += self._under_way.popleft()[1]
            self._arrivals.append((time.monotonic(), len(self._raw)))
        while self._keys and self._keys[0][0] <= now and not self._stop and now != float("inf"):
            self._write(self._keys.popleft()[1])

    def _draw(self) -> None:
        """Bring the screen up to date; a sequence that is cut in two waits for its rest."""
        fresh = bytes(self._raw[self._drawn :])
        if not fresh:
            return
        self._drawn += len(fresh)
        text = self._unfinished + self._decoder.decode(fresh)
        cut = text.rfind("\x1b")
        if cut > 0 and text[cut:] == "\x1b" and (begin := text.rfind("\x1b", 0, cut)) >= 0:
            cut = (
                cut if _WHOLE.match(text, begin) else begin
            )  # the first half of ST, which ends an earlier sequence
        if cut < 0 or len(text) - cut > _LONGEST_SEQUENCE or _WHOLE.match(text, cut):
            cut = len(text)
        self._unfinished = text[cut:]
        self._stream.feed(_UNKNOWN.sub("", text[:cut]))
