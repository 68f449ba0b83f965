"""The recorded fixtures, unpacked."""

import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "build" / "fixtures" / "zimage"


def unpacked():
    """The folder with tiny/ and f32/ out of tests/data/zimage.tar.xz."""
    archive = ROOT / "tests" / "data" / "zimage.tar.xz"
    stamp = FOLDER / ".from"
    made_of = f"{archive.stat().st_size} {archive.stat().st_mtime_ns}"
    if not stamp.exists() or stamp.read_text() != made_of:
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as packed:
            packed.extractall(FOLDER)
        stamp.write_text(made_of)
    return FOLDER
