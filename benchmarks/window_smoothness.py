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
import tempfile
import threading
import time
from pathlib import Path

import processes
from driven_window import Window

MOVES_A_SECOND = 125


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
        window = Window(args.program.resolve(), display, folder, ["--pretend-vram", "4G"])
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
