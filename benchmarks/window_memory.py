#!/usr/bin/env python3
"""How soon the window's size cards follow when other programs take memory or give it back.

    window_memory.py --program build/release/bin/headroom [--rounds 3]

Opens the window with the starter model on a pretended card of 256 MB and lets pretended programs hold now more, now
less of it, first with nothing else to do, then while a picture is made, which must not end meanwhile. Prints the seconds
from each change to the moment when the window reports all five cards anew; it reports five times a second and looks at
memory four times, so up to 0.45 s of that are no work. What is work is printed too: the processor time of the thread
that answers for the cards, and for the table of all sizes after them. Needs Xvfb and xdotool; the machine should be
idle, its load is printed.
"""

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

import processes
from driven_window import Window

# Megabytes that others hold: each change alters what cards say.
HELD = (222, 0, 228, 214, 222, 104)


def shown(window):
    """What the cards say, or nothing while some of it is not known yet."""
    cards = window.state()["cards"]
    if any(card["state"] == "pending" for card in cards.values()):
        return None
    return {name: (card["state"], json.dumps(card)) for name, card in cards.items()}


def thread_seconds(process):
    """Processor seconds of each of its threads."""
    seconds = {}
    for thread in Path(f"/proc/{process.pid}/task").iterdir():
        try:
            seconds[thread.name] = int((thread / "schedstat").read_text().split()[0]) / 1e9
        except FileNotFoundError:
            pass  # it has ended
    return seconds


def follow(window, others, megabytes):
    """Seconds until the cards have changed and stay as they are."""
    before = shown(window)
    fresh = others.with_suffix(".new")
    fresh.write_text(f"{megabytes}M blender\n" if megabytes else "")
    begin = time.monotonic()
    fresh.replace(others)
    changed = None
    last = before
    while time.monotonic() - begin < 5:
        now = shown(window)
        if now is not None and now != last:
            changed = time.monotonic() - begin
            last = now
        time.sleep(0.01)
    if changed is None:
        raise RuntimeError(f"the cards did not change with {megabytes} MB held by others")
    time.sleep(random.random() / 4)  # the window looks four times a second: not always at the same moment
    return changed, {name: state for name, (state, _) in last.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    print(json.dumps(processes.machine()))
    with tempfile.TemporaryDirectory() as folder, processes.Screen(1280, 800) as display:
        others = Path(folder) / "others.txt"
        others.write_text("")
        options = ["--pretend-vram", "256M", "--vram-reserve", "16M", "--pretend-others", str(others)]
        window = Window(args.program.resolve(), display, folder, options)
        try:
            window.wait(lambda s: s["language"] != "" and s["recommended"] != "")
            window.click("example.0")
            time.sleep(3)
            answering = None
            for busy in (False, True):
                if busy:
                    window.click("preset.1024")
                    window.type_into("steps.value", "1000")
                    window.click("generate")
                    window.wait(lambda s: s["running"])
                every = []
                before = thread_seconds(window.process)
                for _ in range(args.rounds):
                    for megabytes in HELD:
                        seconds, states = follow(window, others, megabytes)
                        every.append(seconds)
                        print(f"{megabytes} MB held: {seconds:.2f} s, {sorted(set(states.values()))}")
                        if busy and not window.state()["running"]:
                            raise RuntimeError("the picture ended before the measurement did")
                after = thread_seconds(window.process)
                worked = {name: after[name] - before.get(name, 0) for name in after if name != str(window.process.pid)}
                if answering is None:  # nothing else works while the window has nothing else to do
                    answering = max(worked, key=worked.get)
                when = "while a picture is made" if busy else "nothing else to do"
                print(
                    f"{when}: median {statistics.median(every):.2f} s, longest {max(every):.2f} s, "
                    f"processor time {1000 * worked[answering] / len(every):.0f} ms a change",
                    flush=True,
                )
        finally:
            processes.stop(window.process)
    print(f"load at the end: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
