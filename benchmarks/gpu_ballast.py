"""Another program that holds a card's memory, so that a large card is as small as a laptop's."""

import os
import subprocess
import sys

# Needs only the driver's own library. Reads numbers of bytes to hold, one a line, and answers each.
HOLDER = """
import ctypes, sys
cuda = ctypes.CDLL("libcuda.so.1")
def call(name, *arguments):
    code = getattr(cuda, name)(*arguments)
    if code: sys.exit(f"{name} says {code}")
def free_bytes():
    free, total = ctypes.c_size_t(), ctypes.c_size_t()
    call("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
    return free.value
device, context = ctypes.c_int(), ctypes.c_void_p()
call("cuInit", 0)
call("cuDeviceGet", ctypes.byref(device), int(sys.argv[1]))
call("cuDevicePrimaryCtxRetain", ctypes.byref(context), device)
call("cuCtxSetCurrent", context)
PIECE = 64 << 20
held = []
for line in sys.stdin:
    wanted = int(line) // PIECE
    while len(held) < wanted:
        block = ctypes.c_uint64()
        call("cuMemAlloc_v2", ctypes.byref(block), ctypes.c_size_t(PIECE))
        held.append(block)
    while len(held) > wanted:
        call("cuMemFree_v2", held.pop())
    print(free_bytes(), flush=True)
"""


class Ballast:
    """Holds all but `bytes_left` of the session's card while the with block lasts. On the stand-in card, where every
    process sees a card of its own, the file that FAKE_OTHERS_FILE names says what others hold."""

    def __init__(self, session, bytes_left):
        self.session, self.bytes_left = session, bytes_left
        self.file = os.environ.get("FAKE_OTHERS_FILE")
        self.holder = None

    def __enter__(self):
        if self.file is None:
            number = self.session.args.device.partition(":")[2] or "0"
            self.holder = subprocess.Popen(
                [sys.executable, "-c", HOLDER, number], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        self.base = self.session.free_bytes() - self.bytes_left
        self.grow(0)
        return self

    def grow(self, more):
        """Holds so many bytes more than at first."""
        held = max(0, int(self.base + more))
        if self.file is not None:
            with open(self.file, "w", encoding="utf-8") as file:
                file.write(str(held))
            return
        self.holder.stdin.write(f"{held}\n")
        self.holder.stdin.flush()
        answer = self.holder.stdout.readline()
        if not answer:
            raise RuntimeError("the program that holds the card's memory ended")
        self.session.fact(held_by_ballast=held, free_beside_it=int(answer))

    def __exit__(self, *_):
        if self.file is not None:
            os.remove(self.file)
        else:
            self.holder.stdin.close()
            self.holder.wait()
