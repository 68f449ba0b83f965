#!/usr/bin/env python3
"""How smooth the window is while a picture is made, and how quietly it sleeps when idle.

    window_smoothness.py --program build/release/bin/headroom [--size 1024] [--steps 8] [--runs 2]

Opens the window on a virtual display, so everything is drawn by the processor, and makes pictures with the starter
model: with the pointer moving all the time and with the pointer at rest, in turn. Prints frames a second and the cost
of a frame meanwhile, the seconds of denoising either way, and what ten idle seconds take. Needs Xvfb and xdotool; the
machine should be idle, its load is printed.
"""

import argparse
import json
import os
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import processes

MOVES_A_SECOND = 125


class Window:
    """The program's window on a display, read through its HEADROOM_UI_DUMP."""

    def __init__(self, program, display, folder):
        self.display = display
        self.dump = Path(folder) / "ui.json"
        environment = processes.private_environment(folder)
        environment.pop("WAYLAND_DISPLAY", None)
        environment.update(DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1", HEADROOM_UI_DUMP=str(self.dump))
        (Path(folder) / "pictures").mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [str(program), "--device", "cpu", "--pretend-vram", "4G"],
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


def move_pointer(window, stop):
    """Moves the pointer over all panels until stop is set."""
    while not stop.is_set():
        moves = []
        for i in range(MOVES_A_SECOND):
            x = 60 + i * 1160 // MOVES_A_SECOND
            moves += ["mousemove", x, 120 + (i * 37) % 600, "sleep", 1 / MOVES_A_SECOND]
        window.tool(*moves)


def make_picture(window, moving):
    """One picture; the frames drawn while it was denoised and the seconds that took."""
    stop = threading.Event()
    made = window.state()["pictures"]
    window.click("generate")
    window.tool("mousemove", 640, 6)
    mover = threading.Thread(target=move_pointer, args=(window, stop))
    if moving:
        mover.start()
    try:
        window.wait(lambda s: s["stage"] == "denoise" and s["step"] >= 1)
        first = last = end = window.state()
        while last["pictures"] == made and window.process.poll() is None:
            if last["stage"] == "denoise":
                end = last
            time.sleep(0.05)
            last = window.state()
    finally:
        stop.set()
        if moving:
            mover.join()
    window.wait(lambda s: s["jobs"] == 0)
    seconds = end["seconds"] - first["seconds"]
    steps = end["step"] - first["step"]
    return {
        "frames_a_second": (end["frames"] - first["frames"]) / seconds,
        "frame_ms": end["frame_ms"],
        "step_seconds": seconds / max(1, steps),
    }


def sleep_idle(window):
    """Frames and processor time of twelve seconds, of which the first one follows an input."""
    window.click("theme")
    window.wait(lambda s: s["theme"] == "light")
    before = window.state()
    time.sleep(2)
    cpu = window.cpu_seconds()
    time.sleep(10)
    cpu = window.cpu_seconds() - cpu
    window.click("theme")
    window.wait(lambda s: s["theme"] == "dark")
    return {"frames_in_12_s": window.state()["frames"] - before["frames"], "cpu_seconds_in_10_s": cpu}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--runs", type=int, default=2)
    args = parser.parse_args()
    print(json.dumps(processes.machine()))
    with tempfile.TemporaryDirectory() as folder, processes.Screen(1280, 800) as display:
        window = Window(args.program.resolve(), display, folder)
        try:
            window.wait(lambda s: s["language"] != "")
            window.click("example.0")
            window.click(f"preset.{args.size}")
            window.type_into("steps.value", str(args.steps))
            window.wait(lambda s: s["can_generate"] and s["steps"] == args.steps and s["width"] == args.size)
            make_picture(window, moving=False)  # loads the model; does not count
            for run in range(args.runs):
                for moving in (True, False):
                    figures = make_picture(window, moving)
                    name = "pointer moving" if moving else "pointer at rest"
                    print(f"run {run + 1}, {name}: {figures['frames_a_second']:.1f} frames a second, "
                          f"{figures['frame_ms']:.1f} ms a frame, {figures['step_seconds']:.2f} s a step")
            idle = sleep_idle(window)
            print(f"idle: {idle['frames_in_12_s']} frames in 12 s from an input on, "
                  f"{idle['cpu_seconds_in_10_s']:.2f} s of processor time in the last 10 s")
        finally:
            processes.stop(window.process)
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
