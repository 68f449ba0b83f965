#!/usr/bin/env python3
"""Ten minutes on a machine with a card, put to the best use: steps in the order of their worth, one JSON line a fact.

    gpu_session.py --program FILE --out FOLDER [--device cuda:0] [--deadline SECONDS] [--quick] [--checks FOLDER]

Each step has a limit of its own, none ends the session, and what was not reached is named. --quick takes the starter
model where the real size would be taken: a rehearsal, on the stand-in card or on a slow machine. Called by
scripts/gpu_session.sh and scripts/gpu_check.sh. Needs the standard library; random weights and a table of the
decoder's convolutions also torch.
"""

import argparse
import json
import os
import pty
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import processes
from gpu_ballast import Ballast

ROOT = Path(__file__).resolve().parents[1]
PROMPT = "a cute orange cat on a light blue background"
GIB = 2**30
STEPS = []


class NotRun(Exception):
    """Why a step says nothing on this machine."""


def step(name, seconds):
    """Registers a step and the most seconds that it may take; the order of the file is the order of their worth."""
    return lambda function: STEPS.append((name, seconds, function))


class Session:
    """The program on one card; facts go into facts.jsonl as they are found."""

    def __init__(self, args):
        self.args = args
        self.out = args.out
        self.work = self.out / "work"
        self.work.mkdir(parents=True, exist_ok=True)
        self.ends = time.monotonic() + args.deadline
        self.step_ends = self.ends
        self.environment = processes.private_environment(self.work)
        self.environment["XDG_CACHE_HOME"] = str(self.work / "cache")
        self.card = ""
        self.step = ""
        self.models = {}

    def left(self):
        return max(1.0, min(self.ends, self.step_ends) - time.monotonic())

    def fact(self, **values):
        with open(self.out / "facts.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"step": self.step, "card": self.card, **values}) + "\n")

    def call(self, command, environment=None):
        """Standard output of a command; raises RuntimeError with its last words when it fails or is late."""
        try:
            done = subprocess.run(
                [str(part) for part in command],
                env={**self.environment, **(environment or {})},
                capture_output=True,
                text=True,
                timeout=self.left(),
                cwd=self.work,
            )
        except subprocess.TimeoutExpired as late:
            raise RuntimeError(f"{command[0]} was not done within {late.timeout:.0f} s") from late
        if done.returncode != 0:
            words = " / ".join((done.stderr or done.stdout).strip().splitlines()[-3:])
            raise RuntimeError(f"{Path(command[0]).name} {command[1]} ended with {done.returncode}: {words}")
        return done.stdout

    def program(self, *arguments, **environment):
        return json.loads(self.call([self.args.program, *arguments, "--json"], environment).splitlines()[-1])

    def devices(self):
        return self.program("devices")["devices"]

    def free_bytes(self):
        found = [d["free_bytes"] for d in self.devices() if d["id"] == self.args.device]
        if not found:
            raise RuntimeError(f"{self.args.device} is gone")
        return found[0]

    def request(self, size, steps, *more, dtype="auto", model=None):
        common = ["--device", self.args.device, "--dtype", dtype, "--size", f"{size}x{size}", "--steps", str(steps)]
        return [*common, "--seed", "1", "-p", PROMPT, *(["--model", str(model)] if model else []), *more]

    def picture(self, label, size, steps, *more, dtype="auto", model=None, on_step=None, **environment):
        """One picture; the answer of generate is a fact under `label`. on_step(n) is called when step n begins."""
        file = self.work / "picture.png"
        file.unlink(missing_ok=True)
        command = [self.args.program, "generate", *self.request(size, steps, *more, dtype=dtype, model=model)]
        command += ["-o", file, "--json"]
        notes = []
        if on_step is None:
            answer = json.loads(self.call(command, environment).splitlines()[-1])
        else:
            answer, notes = self.watched(command, on_step, environment)
        self.fact(label=label, dtype=dtype, notes=notes, **answer)
        return answer

    def watched(self, command, on_step, environment):
        """Like call, on a terminal, where the program shows its steps. Returns its answer and its remarks."""
        ours, theirs = pty.openpty()
        child = subprocess.Popen(
            [str(part) for part in command],
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=theirs,
            cwd=self.work,
        )
        os.close(theirs)
        seen, text, ends = 0, "", time.monotonic() + self.left()
        try:
            while time.monotonic() < ends:
                try:
                    text += os.read(ours, 4096).decode(errors="replace")
                except OSError:  # the other end is closed
                    break
                for number in map(int, re.findall(r"denoise (\d+)/", text)):
                    if number > seen:
                        seen = number
                        on_step(seen)
            else:
                child.kill()
            out = child.communicate()[0].decode()
        finally:
            os.close(ours)
        remarks = [line for line in re.split(r"[\r\n]+", text) if line.strip() and not line.startswith(("[#", "[.", "\033"))]
        if child.returncode != 0:
            raise RuntimeError(f"generate ended with {child.returncode}: {' / '.join(remarks[-3:])}")
        return json.loads(out.splitlines()[-1]), remarks

    def model(self, transformer):
        """A folder with random weights of Z-Image-Turbo's shapes; with --quick None, the starter model."""
        if self.args.quick:
            return None
        if transformer not in self.models:
            free = {place: shutil.disk_usage(place).free for place in ("/dev/shm", self.work)}
            need = 35 * GIB if transformer == "F32" else 22 * GIB
            place = next((p for p, bytes_free in free.items() if bytes_free > need), None)
            if place is None:
                raise NotRun(f"no place for {need >> 30} GiB of random weights")
            folder = Path(place) / f"headroom-random-{transformer}"
            maker = ROOT / "tools/real-size/make_model.py"
            self.call([sys.executable, maker, folder, "--transformer", transformer, "--weights", "random"])
            self.models[transformer] = folder
        return self.models[transformer]

    def sizes(self):
        return (128, 256) if self.args.quick else (512, 1024)

    def run(self):
        for name, seconds, function in STEPS:
            self.step, start = name, time.monotonic()
            if self.ends - start < 3:
                self.say("not reached", function, 0)
                continue
            self.step_ends = start + seconds
            try:
                verdict = function(self) or "ok"
            except NotRun as why:
                verdict = f"not run: {why}"
            except RuntimeError as error:
                verdict = f"failed: {error}"
            except Exception as error:  # an error of this script must not take the other steps with it
                verdict = f"broken: {type(error).__name__}: {error}"
            self.say(verdict, function, time.monotonic() - start)
        for folder in self.models.values():
            shutil.rmtree(folder, ignore_errors=True)
        for file in ("receipts.jsonl", "calibration.json", "rates.json", "cards.json"):
            for found in self.work.rglob(file):
                shutil.copy(found, self.out / file)
        shutil.rmtree(self.work, ignore_errors=True)

    def say(self, verdict, function, seconds):
        self.fact(verdict=verdict, seconds=round(seconds, 1))
        print(f"{self.step:4} {seconds:6.1f} s  {function.__doc__.splitlines()[0]:60} {verdict}", flush=True)


def peaks(answer):
    """Predicted and actual in GiB: what is in use, and what is held, which a run takes beforehand."""

    def pair(kind):
        return f"{answer[f'predicted_{kind}_bytes'] / GIB:.2f}/{answer[f'actual_{kind}_bytes'] / GIB:.2f}"

    return f"{pair('in_use')} ({pair('peak')} held)"


@step("S0", 30)
def machine(session):
    """The machine, and what it says of its cards."""
    for command in (["nvidia-smi"], ["nvidia-smi", "-q", "-d", "MEMORY,CLOCK"], ["lscpu"], ["df", "-h", "/dev/shm"]):
        if shutil.which(command[0]):
            found = subprocess.run(command, capture_output=True, text=True, timeout=session.left())
            session.fact(command=" ".join(command), says=found.stdout)
    report = session.program("devices")
    session.card = next((d["name"] for d in report["devices"] if d["id"] == session.args.device), "")
    session.fact(machine=processes.machine(), devices=report)
    if not session.card:
        raise RuntimeError(f"there is no {session.args.device} that the program can use: {report['notes']}")
    return session.card


@step("S1", 60)
def own_overhead(session):
    """What the card holds beside the allocator, from the first run on."""
    before = session.free_bytes()
    answer = session.picture("first run of all", session.sizes()[0], 2)
    session.picture("second run", session.sizes()[0], 2)
    session.fact(free_before=before, free_after=session.free_bytes())
    return f"GiB predicted/actual {peaks(answer)}"


@step("S2", 60)
def calibration(session):
    """What libraries allocate for themselves, in each number format."""
    for dtype in ("bf16", "fp32", "fp16"):
        session.fact(dtype=dtype, calibration=session.program("calibrate", "--device", session.args.device, "--dtype", dtype))
    # And the rates behind the first seconds: a plan with and without measuring them.
    session.program("plan", "--device", session.args.device)
    seconds = []
    for is_known in (False, True):
        if not is_known:
            (session.work / "cache/headroom/rates.json").unlink()
        start = time.monotonic()
        session.program("plan", "--device", session.args.device)
        seconds.append(time.monotonic() - start)
    session.fact(rates_measured_in_s=seconds[0] - seconds[1])
    return f"rates measured in {seconds[0] - seconds[1]:.2f} s"


@step("S3", 60)
def decoder(session):
    """The decoder's convolutions: format and layout, seconds and workspace."""
    table = Path(__file__).with_name("gpu_convolutions.py")
    device = session.args.device if not session.args.quick else "cpu"
    if subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode != 0:
        raise NotRun("this Python has no torch")
    for line in session.call([sys.executable, table, device, *(["--quick"] if session.args.quick else [])]).splitlines():
        session.fact(**json.loads(line))


@step("S4", 60)
def fixtures(session):
    """The recorded cases of the reference, in float32."""
    check = ROOT / "tools/reference/check_pipeline.py"
    jobs = ["--jobs", "2" if session.args.quick else "8"]
    found = session.call(
        [sys.executable, check, "--program", session.args.program, "--device", session.args.device, "--slack", "50", *jobs]
    )
    session.fact(says=found)


@step("S7", 110)
def real_size(session):
    """Z-Image-Turbo's shapes with everything in memory: predicted, actual, seconds."""
    model = session.model("BF16")
    answers = [session.picture("resident", size, 8, model=model) for size in session.sizes()]
    return "GiB predicted/actual " + ", ".join(map(peaks, answers))


@step("S8", 170)
def small_cards(session):
    """Cards of 5.8, 7.8 and 3.8 GiB: another program holds the rest."""
    told, trouble = [], []
    for gib in (5.8, 7.8, 3.8):
        with Ballast(session, gib * GIB):
            for size in session.sizes():
                for settings in ("expandable_segments:True", "expandable_segments:False"):
                    if gib != 5.8 and settings.endswith("False"):
                        continue
                    label = f"{gib} GiB left, {settings}"
                    try:
                        answer = session.picture(
                            label, size, 8, "--vram-reserve", "256M", model=session.model("BF16"), PYTORCH_CUDA_ALLOC_CONF=settings
                        )
                        told.append(f"{gib}: {peaks(answer)}")
                    except RuntimeError as error:
                        session.fact(label=label, size=size, error=str(error))
                        trouble.append(f"{label}, {size}: {error}")
    if trouble:
        raise RuntimeError("; ".join(trouble))
    return "GiB predicted/actual " + ", ".join(told)


@step("S5", 80)
def plans(session):
    """Every way to save memory beside everything in memory, in float32."""
    size = session.sizes()[-1]
    need = session.picture("resident", size, 4, "--dump", session.work / "whole.safetensors", dtype="fp32")["predicted_peak_bytes"]
    off = []
    for share in (0.8, 0.6, 0.45, 0.35):
        dump = session.work / "part.safetensors"
        try:
            answer = session.picture(f"{share} of it", size, 4, "--vram-cap", str(int(need * share)), "--dump", dump, dtype="fp32")
        except RuntimeError as error:
            session.fact(share=share, error=str(error))
            continue
        # The dump has every step's latents: equal bytes are equal numbers.
        same = dump.read_bytes() == (session.work / "whole.safetensors").read_bytes()
        session.fact(share=share, equal=same, plan=answer["plan"])
        if not same:
            off.append(str(share))
    return f"not bit by bit equal: {', '.join(off)}" if off else "all bit by bit equal"


@step("S9", 60)
def others_come_and_go(session):
    """Another program takes memory in step 3 and gives it back in step 5."""
    size = session.sizes()[-1]
    with Ballast(session, 7.8 * GIB) as ballast:
        more = {3: 2 * GIB, 5: 0}

        def on_step(number):
            if number in more:
                ballast.grow(more[number])

        answer = session.picture("others come and go", size, 8, model=session.model("BF16"), on_step=on_step)
    return f"GiB predicted/actual {peaks(answer)}"


@step("S10", 120)
def streaming(session):
    """Seconds a step with more and more layers streamed, from bf16 and from float32 files."""
    for transformer in ("BF16", "F32"):
        model = session.model(transformer)
        for layers in (0, 2, 4, 6) if session.args.quick else (0, 10, 20, 30):
            config = session.work / "streaming.yaml"
            names = f"layers.0-{layers - 1}" if layers else ""
            config.write_text(f"model:\n  offload_layers: [{names}]\n")
            session.picture(f"{layers} layers of a {transformer} file", session.sizes()[-1], 4, "--config", config, model=model)


@step("S12", 60)
def allocator(session):
    """The allocator's model and every stage's requests, on this driver."""
    if session.args.checks is None:
        raise NotRun("the checks were not given")
    # What the checks take from their surroundings on the stand-in: the card's bytes and generation.
    about = {"FAKE_TOTAL": str(64 * GIB), "FAKE_MAJOR": "9", "FAKE_COPY_LIMIT": "0"}
    for settings in ("", "expandable_segments:True"):
        check = [session.args.checks / "fake_card_allocator_test", "--gtest_brief=1", "--gtest_filter=CudaAllocator.*"]
        session.call(check, {**about, "PYTORCH_CUDA_ALLOC_CONF": settings})
    if session.args.quick:
        return "the allocator alone"
    session.call([session.args.checks / "fake_card_stages_test", "--gtest_brief=1"], about)
    return None


@step("S11", 90)
def memcheck(session):
    """Illegal accesses, by compute-sanitizer."""
    tool = shutil.which("compute-sanitizer")
    if tool is None:
        raise NotRun("there is no compute-sanitizer")
    command = [tool, "--tool", "memcheck", "--error-exitcode", "9", session.args.program, "generate"]
    session.call([*command, *session.request(128, 1), "-o", session.work / "checked.png"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cuda:0")
    parser.add_argument("--deadline", type=float, default=570, help="seconds for everything (570)")
    parser.add_argument("--quick", action="store_true", help="the starter model in place of the real size")
    parser.add_argument("--checks", type=Path, help="folder of the two checks that bring their own libtorch calls")
    args = parser.parse_args()
    args.program, args.out = args.program.absolute(), args.out.absolute()
    Session(args).run()


if __name__ == "__main__":
    main()
