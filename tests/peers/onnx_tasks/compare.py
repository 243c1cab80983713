# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Runs the ONNX graph of a solved task in ONNX Runtime and compares it with mll: pixels as the experts see them, and
probabilities, for every way of preparing images, images that shrink and grow, and a task with a general model.

usage: compare.py --program SHOW_ANSWERS --work FOLDER
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--work", type=pathlib.Path, required=True)
arguments = parser.parse_args()
try:
    import numpy
    import onnx
    import onnxruntime
except ImportError as missing:
    print(f"skipped: {missing} (pip install numpy onnx onnxruntime, and configure with -DMLL_PYTHON=<that python>)")
    sys.exit(0)

shutil.rmtree(arguments.work, ignore_errors=True)
arguments.work.mkdir(parents=True)
rng = numpy.random.default_rng(3)


def write_network(name, outputs):
    """Colours of the four quarters of an image -> weights. Sees a pixel that differs by a level."""
    def tensor(key, array):
        return onnx.numpy_helper.from_array(numpy.asarray(array, dtype=numpy.float32), key)
    filters = rng.normal(0, 0.3, (4, 3, 3, 3))
    filters[numpy.arange(3), numpy.arange(3), 1, 1] += 1
    nodes = [onnx.helper.make_node("Conv", ["image", "filters"], ["found"], kernel_shape=[3, 3], pads=[1, 1, 1, 1]),
             onnx.helper.make_node("Relu", ["found"], ["positive"]),
             onnx.helper.make_node("GlobalAveragePool", ["positive"], ["pooled"]),
             onnx.helper.make_node("Flatten", ["pooled"], ["flat"]),
             onnx.helper.make_node("Gemm", ["flat", "weights", "bias"], ["out"], transB=1)]
    graph = onnx.helper.make_graph(
        nodes, name, [onnx.helper.make_tensor_value_info("image", 1, ["n", 3, "h", "w"])],
        [onnx.helper.make_tensor_value_info("out", 1, ["n", outputs])],
        [tensor("filters", filters), tensor("weights", rng.normal(0, 2, (outputs, 4))), tensor("bias", rng.normal(0, 0.1, outputs))])
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 11)], ir_version=7),
              arguments.work / (name + ".onnx"))


def write_image(height, width):
    rows, columns = numpy.mgrid[0:height, 0:width]
    smooth = numpy.stack([rows * 255 / height, columns * 255 / width, 127 + 120 * numpy.sin(rows * columns / 90)], 2)
    pixels = (0.5 * smooth + 0.5 * rng.integers(0, 256, (height, width, 3))).astype(numpy.uint8)
    path = arguments.work / f"{height}x{width}.ppm"
    path.write_bytes(b"P6\n%d %d\n255\n" % (width, height) + pixels.tobytes())
    return path, pixels


write_network("a", 3)
write_network("b", 3)
write_network("general", 4)
# The size of the inputs, smaller, larger, twice as large, larger in one direction only.
IMAGES = [write_image(*shape) for shape in ((32, 32), (20, 17), (64, 64), (96, 128), (75, 110), (61, 20), (24, 90), (7, 5), (333, 500))]
failures = 0
# Fit, interpolation, short side, rounding, width, height.
WAYS = [("stretch", "area", 0, "even", 32, 32), ("stretch", "area", 0, "even", 40, 24)]
WAYS += [(fit, kind, 0, "even", 32, 32) for fit in ("stretch", "crop", "letterbox") for kind in ("nearest", "bilinear", "bicubic", "lanczos")]
WAYS += [("crop", "area", 0, "even", 32, 32), ("letterbox", "area", 0, "even", 40, 28), ("crop", "bilinear", 37, "even", 32, 32),
         ("crop", "bicubic", 36, "down", 31, 29), ("crop", "bilinear", 24, "even", 32, 32), ("stretch", "bicubic", 40, "even", 32, 32)]
for fit, kind, side, rounding, width, height in WAYS:
    name = f"{fit} {kind} {side} {rounding} {width}x{height}"
    done = subprocess.run([arguments.program, arguments.work, fit, kind, str(side), rounding, str(width), str(height),
                           *[path for path, _ in IMAGES]], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"{name}: {done.returncode} {done.stderr.decode()}")
    values = numpy.frombuffer(done.stdout, numpy.float32)
    probabilities = values[:3 * len(IMAGES)].reshape(len(IMAGES), 3)
    tensors = values[3 * len(IMAGES):].reshape(len(IMAGES), 3, height, width)

    graph = onnx.load(arguments.work / "task.onnx")
    onnx.checker.check_model(graph, full_check=True)
    first = next(node for node in graph.graph.node if node.op_type == "Conv")
    graph.graph.output.append(onnx.helper.make_tensor_value_info(first.input[0], 1, None))
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    worst, worst_share = 0, 0
    for (path, pixels), expected, tensor in zip(IMAGES, probabilities, tensors):
        # The second of a batch, beside another one.
        batch = numpy.stack([255 - pixels, pixels])
        found, answer, seen = session.run(["probabilities", "answer", first.input[0]], {"input": batch})
        levels = numpy.abs(seen[1] - tensor) * 255
        share = (levels > 0.5).mean()
        difference = numpy.abs(found[1] - expected).max()
        worst, worst_share = max(worst, difference), max(worst_share, share)
        wanted = expected.argmax() if expected.max() >= 0.4 else -1
        clear = abs(expected.max() - 0.4) > 2e-3 and numpy.diff(numpy.sort(expected))[-1] > 4e-3
        # Sums of float32 round ties as they come. Pillow adds up the places of nearest pixels, and their rounding errors:
        # where one is exactly between two, a row or column may be its neighbour.
        # Likewise a pixel on the edge of an area belongs to it or not, as compilers round its place.
        by_area = kind == "area" and fit != "stretch"
        allowed = 0.04 if kind == "nearest" else 0.15 if by_area else 0.02
        most_levels = 255 if kind == "nearest" else 3.5 if by_area else 1.5
        if share > allowed or levels.max() > most_levels or difference > (1e-4 if share == 0 else 2e-3) or (clear and answer[1] != wanted):
            print(f"  {name}, {path.name}: {share:.4f} of the pixels differ by up to {levels.max():.1f} levels, "
                  f"probabilities by {difference:.2g}; answer {answer[1]}, expected {wanted}")
            failures += 1
    print(f"{name}: {worst_share:.4f} of the pixels differ, probabilities by up to {worst:.2g}", flush=True)
sys.exit(1 if failures else 0)
