# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""The memory of examples/hub_tool while it labels many photos of 24 megapixels.

usage: photos.py --tool PROGRAM --work DIR [--photos N] [--distinct N] [--width N] [--height N] [--max-bytes N]

Writes `--distinct` photos with random contents, and links to them: `--photos` files in three folders. Fails if labelling
takes more than `--max-bytes` of memory. Empties the folder --work. Needs the standard library only.
"""

import argparse
import os
import random
import resource
import shutil
import struct
import time

import use


def segment(marker, data):
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data


def jpeg(width, height, seed):
    """A baseline JPEG with half the resolution for colours: brightness that wanders, and noise in each block.

    Both its Huffman tables give 4 bits to every symbol.
    """
    rng = random.Random(seed)

    def signed(value):
        """The number of bits of a coefficient, and these."""
        size = abs(value).bit_length()
        return size, format(value if value >= 0 else value + (1 << size) - 1, f"0{size}b") if size else ""

    sizes = range(12)  # of differences of brightness
    symbols = [0, *range(1, 8)]  # end of the block; coefficients of 1 to 7 bits
    noise = []
    for _ in range(400):
        bits = ""
        for _ in range(rng.randrange(2, 9)):
            size, value = signed(rng.choice((-1, 1)) * rng.randrange(1, 1 << rng.randrange(1, 5)))
            bits += format(symbols.index(size), "04b") + value
        noise.append(bits + "0000")
    steps = []
    for change in range(-40, 41):
        size, value = signed(change)
        steps.append(format(size, "04b") + value)
    flat = steps[40] + "0000"  # blocks of colour that stay the same
    level = 0
    rows = []
    for _ in range((height + 15) // 16):
        bits = []
        for _ in range((width + 15) // 16):
            for _ in range(4):
                change = rng.randrange(-40, 41)
                if not -400 < level + change < 400:
                    change = -change
                level += change
                bits.append(steps[change + 40])
                bits.append(noise[rng.randrange(400)])
            bits.append(flat + flat)
        rows.append("".join(bits))
    data = "".join(rows)
    data += "1" * (-len(data) % 8)
    body = int(data, 2).to_bytes(len(data) // 8, "big").replace(b"\xff", b"\xff\0")
    frame = struct.pack(">BHHB", 8, height, width, 3) + bytes([1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0])
    table = lambda kind, values: bytes([kind, 0, 0, 0, len(values)] + [0] * 12) + bytes(values)
    return (b"\xff\xd8" + segment(0xDB, bytes([0] + [2] * 64)) + segment(0xC0, frame) + segment(0xC4, table(0x00, sizes)) +
            segment(0xC4, table(0x10, symbols)) + segment(0xDA, bytes([3, 1, 0, 2, 0, 3, 0, 0, 63, 0])) + body + b"\xff\xd9")


def main():
    arguments = argparse.ArgumentParser()
    for name in ("--tool", "--work"):
        arguments.add_argument(name, required=True)
    arguments.add_argument("--opencv", default="1")
    # A photo of 24 megapixels is 72 MB of pixels: 40 of them whole would take three times the limit.
    for name, default in (("--photos", 40), ("--distinct", 4), ("--width", 6000), ("--height", 4000), ("--max-bytes", 10**9)):
        arguments.add_argument(name, type=int, default=default)
    given = arguments.parse_args()
    if given.opencv != "1":
        use.skip("this build has no OpenCV")
    shutil.rmtree(given.work, ignore_errors=True)
    os.makedirs(given.work)
    at = lambda *path: os.path.join(given.work, *path)
    words = ["apple", "leaf", "sky"]
    use.make_graph(given.work, words)
    os.makedirs(at("photos"))
    size = 0
    for k in range(given.distinct):
        with open(at("photos", f"{k}.jpg"), "wb") as out:
            size += out.write(jpeg(given.width, given.height, k))
    for i in range(given.photos):
        os.makedirs(at("samples", f"n{i % 3}"), exist_ok=True)
        os.link(at("photos", f"{i % given.distinct}.jpg"), at("samples", f"n{i % 3}", f"{i}.jpg"))
    rng = random.Random(1)
    use.write_onnx(at("fruit.onnx"), [[rng.uniform(-1, 1) for _ in range(12)] for _ in words], softmax=True)
    use.write_text(at("fruit.labels.txt"), "".join(word + "\n" for word in words))

    tool = use.Tool(given.tool, given.work)
    tool("init", "hub.mll", "--representation", "samples", "--graph", "edges.tsv", "--words", "words.tsv")
    tool("add", "hub.mll", "fruit.onnx")
    start = time.monotonic()
    told = tool.json("label", "hub.mll")
    seconds = time.monotonic() - start
    use.check(told["labelled"] == ["fruit"] and told["nodes"] == 3, "all photos are labelled")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    print(f"{given.photos} photos of {given.width} x {given.height} ({size // given.distinct} bytes each, {given.distinct} "
          f"distinct): peak memory {peak / 1e6:.0f} MB, {seconds:.0f} s")
    use.check(peak < given.max_bytes, f"labelling takes less than {given.max_bytes} bytes")
    shutil.rmtree(at("samples"))
    shutil.rmtree(at("photos"))


main()
