"""Runs programs and says what they took. Standard library only, so that this process stays small: what the system
reports as a child's peak includes its parent's size at the moment of starting it."""

import json
import os
import platform
import re
import select
import signal
import subprocess
import tempfile
import time
from pathlib import Path


class Finished:
    """One run of a program: wall seconds from before its start to after its end, peak resident bytes, bytes that came
    from a disk, stdout."""

    def __init__(self, seconds, peak_rss_bytes, read_bytes, output):
        self.seconds = seconds
        self.peak_rss_bytes = peak_rss_bytes
        self.read_bytes = read_bytes
        self.output = output


def run(command, environment=None):
    """Runs command to its end. Raises RuntimeError with its last words when it fails."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        child = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err, env=environment)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode != 0:
            words = err.read().decode(errors="replace").strip().splitlines()[-3:]
            raise RuntimeError(f"{command[0]} ended with {child.returncode}: {' / '.join(words)}")
        return Finished(seconds, usage.ru_maxrss * 1024, usage.ru_inblock * 512, out.read().decode())


def private_environment(folder):
    """The environment without the person's own Headroom settings, files going to folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HEADROOM_")}
    for variable, name in (
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "state"),
        ("XDG_CACHE_HOME", "cache"),
        ("XDG_PICTURES_DIR", "pictures"),
        ("XDG_DATA_HOME", "data"),
    ):
        environment[variable] = str(Path(folder) / name)
    return environment


class Screen:
    """A virtual display for as long as the with block lasts; its value is the display's name."""

    def __init__(self, width, height):
        self.size = f"{width}x{height}x24"

    def __enter__(self):
        ours, theirs = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(theirs), "-nolisten", "tcp", "-screen", "0", self.size],
            pass_fds=[theirs],
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs)
        number = b""
        while not number.endswith(b"\n"):
            ready, _, _ = select.select([ours], [], [], 20)
            piece = os.read(ours, 16) if ready else b""
            if not piece:
                self.server.kill()
                raise RuntimeError("Xvfb did not start")
            number += piece
        os.close(ours)
        return ":" + number.decode().strip()

    def __exit__(self, *_):
        stop(self.server)


def stop(process):
    """Ends a process that this program started."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def first_frame_seconds(program, display, folder):
    """Seconds from the start of the program to the first frame of its window, which it notes in a file."""
    dump = Path(folder) / "ui.json"
    dump.unlink(missing_ok=True)
    environment = private_environment(folder)
    environment.pop("WAYLAND_DISPLAY", None)
    environment.update(DISPLAY=display, LIBGL_ALWAYS_SOFTWARE="1", HEADROOM_UI_DUMP=str(dump))
    start = time.perf_counter()
    window = subprocess.Popen([str(program)], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not dump.exists():
            if window.poll() is not None:
                raise RuntimeError(f"the window closed with {window.returncode} before its first frame")
            if time.perf_counter() - start > 60:
                raise RuntimeError("the window drew nothing within 60 s")
            time.sleep(0.002)
        return time.perf_counter() - start
    finally:
        stop(window)


def physical_cores():
    """Cores that this process may use, hyper-threads not counted twice."""
    text = Path("/proc/cpuinfo").read_text()
    pairs = set(zip(re.findall(r"physical id\s*: (\d+)", text), re.findall(r"core id\s*: (\d+)", text)))
    return min(len(pairs) or os.cpu_count(), len(os.sched_getaffinity(0)))


def machine():
    """What the figures were measured on."""
    cpu = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())
    system = re.search(r'PRETTY_NAME="(.*)"', Path("/etc/os-release").read_text())
    return {
        "cpu": cpu[1] if cpu else platform.machine(),
        "cores": physical_cores(),
        "memory_bytes": int(memory[1]) * 1024,
        "system": system[1] if system else platform.system(),
        "load_before": os.getloadavg()[0],
    }


def last_json(text):
    """The last line of text that is a JSON object."""
    return json.loads([line for line in text.splitlines() if line.startswith("{")][-1])
