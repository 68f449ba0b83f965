"""The program's window, driven by xdotool. For the benchmarks of the window."""

import json
import os
import subprocess
import time
from pathlib import Path

import processes


class Window:
    """The program's window on a display, read through its HEADROOM_UI_DUMP."""

    def __init__(self, program, display, folder, options):
        self.display = display
        self.dump = Path(folder) / "ui.json"
        environment = processes.private_environment(folder)
        environment.pop("WAYLAND_DISPLAY", None)
        environment.update(DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1", HEADROOM_UI_DUMP=str(self.dump))
        (Path(folder) / "pictures").mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [str(program), "--device", "cpu", *options],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def read(self):
        return json.loads(self.dump.read_text())

    def state(self):
        return self.read()["state"]

    def wait(self, condition, seconds=180):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the window closed with {self.process.returncode}")
            if self.dump.exists() and condition(self.state()):
                return
            time.sleep(0.05)
        raise RuntimeError("the window did not come to the state that was waited for")

    def tool(self, *arguments):
        subprocess.run(["xdotool", *map(str, arguments)], env={**os.environ, "DISPLAY": self.display}, check=True)

    def click(self, widget):
        place = self.read()["widgets"][widget]
        self.tool("mousemove", int(place["x"] + place["w"] / 2), int(place["y"] + place["h"] / 2))
        time.sleep(0.3)
        self.tool("click", 1)
        time.sleep(0.3)

    def type_into(self, widget, text):
        self.click(widget)
        self.tool("key", "ctrl+a")
        self.tool("type", "--delay", "40", text)
        self.tool("key", "Tab")

    def cpu_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
