"""Writes what compare_reference.py measured as tables, also into a README, between markers:

<!-- table:NAME --> ... <!-- /table:NAME -->
"""

import re


def mb(count):
    return f"{count / 2**20:.0f} MB"


def table(head, rows):
    """The first column is text, the others numbers."""
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def size_of(entry):
    return f"{entry['width']}×{entry['height']}"


def peaks_table(results):
    """What was predicted before the run, and what the run needed."""
    rows = []
    for entry in results["presets"].values():
        ours = entry["headroom"]
        predicted, actual = ours["predicted_peak_bytes"], ours["actual_peak_bytes"]
        rows.append(
            [
                size_of(entry),
                f"{predicted / 2**20:.1f} MB",
                f"{actual / 2**20:.1f} MB",
                f"{100 * (predicted / actual - 1):+.2f} %",
                mb(ours["peak_rss_bytes"]),
            ]
        )
    return table(["size", "predicted peak", "actual peak", "error", "whole process (RSS)"], rows)


def speed_table(results):
    """Seconds by stage."""
    rows = []
    for entry in results["presets"].values():
        ours = entry["headroom"]
        seconds = ours["seconds"]
        rows.append(
            [
                size_of(entry),
                *(f"{seconds[s]:.2f}" for s in ("load", "encode", "denoise", "decode", "save")),
                f"{1000 * ours['step_seconds']:.0f} ms",
                f"{ours['run_seconds']:.2f}",
            ]
        )
    return table(["size", "load", "encode", "denoise", "decode", "save", "one step", "from process start"], rows)


def reference_table(results):
    """headroom beside the reference: both figures and the ratio."""
    rows = []
    for entry in results["presets"].values():
        if "reference" not in entry:
            return "*The reference implementation was not measured.*"
        ours, theirs, ratio = entry["headroom"], entry["reference"], entry["ratios"]
        rows.append(
            [
                size_of(entry),
                f"{1000 * ours['step_seconds']:.0f} / {1000 * theirs['step_seconds']:.0f} ms",
                f"{ratio['step_seconds']:.2f}",
                f"{ours['run_seconds']:.2f} / {theirs['run_seconds']:.2f} s",
                f"{ratio['run_seconds']:.2f}",
                f"{mb(ours['peak_rss_bytes'])} / {mb(theirs['peak_rss_bytes'])}",
                f"{ratio['peak_rss_bytes']:.2f}",
            ]
        )
    return table(["size", "one step", "ratio", "from process start", "ratio", "peak RSS", "ratio"], rows)


def conditions(results):
    """Machine, versions and method in a sentence or two."""
    machine, versions = results["machine"], results["versions"]
    entry = next(iter(results["presets"].values()))
    reference = ""
    if "diffusers" in versions:
        reference = (
            f" Reference: diffusers {versions['diffusers']}, transformers {versions['transformers']}, "
            f"Python {versions['python']}."
        )
    commit = f" ({versions['commit']})" if "commit" in versions else ""
    torch = f", torch {versions['torch']}" if "torch" in versions else ""
    frame = results["first_frame_seconds"]
    window = f" From start to the window's first frame (software OpenGL): {frame:.2f} s." if frame else ""
    return (
        f"Measured on {results['date']}: {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['memory_bytes'] / 2**30:.0f} GB, {machine['system']}; headroom {versions['headroom']}{commit}{torch}, "
        f"{results['threads']} threads, float32, {entry['steps']} steps, guidance {entry['guidance']:g}; "
        f"medians of {entry['runs']} runs.{reference}{window}"
    )


TABLES = {"peaks": peaks_table, "speed": speed_table, "reference": reference_table, "conditions": conditions}


def as_markdown(results):
    return (
        f"{conditions(results)}\n\n## Memory\n\n{peaks_table(results)}\n\n## Seconds\n\n{speed_table(results)}\n\n"
        f"## Beside the reference implementation (headroom / reference)\n\n{reference_table(results)}\n"
    )


def rewrite(file, results):
    """Replaces what stands between the markers of file; markers that it lacks are an error."""
    text = file.read_text(encoding="utf-8")
    for name, make in TABLES.items():
        pattern = re.compile(rf"(<!-- table:{name} -->\n).*?(\n?<!-- /table:{name} -->)", re.DOTALL)
        text, count = pattern.subn(lambda match: match[1] + make(results) + "\n" + match[2].lstrip("\n"), text)
        if count != 1:
            raise SystemExit(
                f"{file} has no place for the table {name!r}: <!-- table:{name} --> ... <!-- /table:{name} -->"
            )
    file.write_text(text, encoding="utf-8")
