# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Runs a section of docs/experts.md: its program writes an expert, its command tries the expert, and the scores must be
those that the framework itself computes, to 1e-3.

usage: compare.py --section NAME --page docs/experts.md --program HUB_TOOL --work FOLDER
Prints "skipped: <reason>" if a package is missing, or hub_tool has no engine for the expert.
"""
import argparse
import importlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--section", required=True)
parser.add_argument("--page", type=pathlib.Path, required=True)
parser.add_argument("--program", required=True)
parser.add_argument("--work", type=pathlib.Path, required=True)
arguments = parser.parse_args()

TITLES = {"pytorch": "PyTorch", "timm": "timm", "hugging_face": "Hugging Face", "ultralytics": "Ultralytics",
          "keras": "Keras, tf2onnx", "scikit_learn": "scikit-learn", "lightgbm": "LightGBM"}
PACKAGES = {"pytorch": ["torch", "torchvision"], "timm": ["torch", "timm"], "hugging_face": ["torch", "transformers"],
            "ultralytics": ["torch", "torchvision", "onnx"], "keras": ["torch", "onnx"], "scikit_learn": ["sklearn", "skl2onnx"],
            "lightgbm": ["lightgbm", "onnxmltools"]}


def skip(reason):
    print("skipped: " + reason)
    sys.exit(0)


for package in ["numpy", "PIL", *PACKAGES[arguments.section]]:
    try:
        importlib.import_module(package)
    except ImportError as missing:
        skip(f"{missing} (pip install numpy pillow torch torchvision timm transformers onnx scikit-learn skl2onnx lightgbm "
             "onnxmltools, and configure with -DMLL_PYTHON=<that python>)")
import numpy
from PIL import Image

shutil.rmtree(arguments.work, ignore_errors=True)
arguments.work.mkdir(parents=True)
os.chdir(arguments.work)
rows, columns = numpy.mgrid[0:48, 0:64]
Image.fromarray(numpy.stack([rows * 5, columns * 3, (rows * columns) % 256], 2).astype(numpy.uint8)).save("photo.png")

page = arguments.page.read_text()
section = next(part for part in re.split(r"^## ", page, flags=re.M) if part.startswith(TITLES[arguments.section] + "\n"))
namespace = {"__name__": "page"}
for block in re.findall(r"^```python\n(.*?)^```", section, re.S | re.M):
    exec(compile(block, str(arguments.page), "exec"), namespace)
commands = re.findall(r"^    (hub_tool .*)$", section, re.M)


def softmax(logits):
    shifted = numpy.exp(logits - logits.max(-1, keepdims=True))
    return shifted / shifted.sum(-1, keepdims=True)


def small_network(torch, layout):
    """A classifier that ends with softmax, for frameworks that are not here."""
    class Network(torch.nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(3)
            self.layers = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.AvgPool2d(30), torch.nn.Flatten(),
                                              torch.nn.Linear(4, 2), torch.nn.Softmax(1))

        def forward(self, x):
            return self.layers(x.permute(0, 3, 1, 2) if layout == "nhwc" else x)

    return Network().eval()


def pytorch():
    import torch
    from torchvision import transforms
    prepare = transforms.Compose([transforms.Resize(36), transforms.CenterCrop(32), transforms.ToTensor(),
                                  transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])
    return softmax(namespace["model"](prepare(Image.open("photo.png"))[None]).detach().numpy()), ["cat", "dog"]


def timm():
    import timm.data
    model = namespace["model"]
    prepare = timm.data.create_transform(**timm.data.resolve_data_config(model.pretrained_cfg))
    return softmax(model(prepare(Image.open("photo.png"))[None]).detach().numpy()), ["n02121620", "n02084071"]


def hugging_face():
    import transformers
    processor = transformers.ViTImageProcessor.from_pretrained("hf_pets")
    pixels = processor(Image.open("photo.png"), return_tensors="pt")["pixel_values"]
    return softmax(namespace["model"](pixel_values=pixels).logits.detach().numpy()), ["cat", "dog"]


def ultralytics():
    import onnx
    import torch
    from torchvision import transforms
    model = small_network(torch, "nchw")
    torch.onnx.export(model, torch.zeros(1, 3, 32, 32), "best.onnx", dynamo=False)
    written = onnx.load("best.onnx")  # what ultralytics 8 adds
    for key, value in {"names": "{0: 'cat', 1: \"dog's\"}", "imgsz": "[32, 32]", "task": "classify", "stride": "1"}.items():
        written.metadata_props.add(key=key, value=value)
    onnx.save(written, "best.onnx")
    prepare = transforms.Compose([transforms.Resize(32), transforms.CenterCrop(32), transforms.ToTensor()])
    return model(prepare(Image.open("photo.png"))[None]).detach().numpy(), ["cat", "dog's"]


def keras():
    import torch
    model = small_network(torch, "nhwc")
    torch.onnx.export(model, torch.zeros(1, 32, 32, 3), "cats.onnx", dynamo=False)
    pathlib.Path("cats.mll.json").write_text(re.search(r"^```json\n(.*?)^```", section, re.S | re.M)[1])
    pixels = numpy.asarray(Image.open("photo.png").resize((32, 32), Image.BILINEAR), dtype=numpy.float32) / 127.5 - 1
    return model(torch.from_numpy(pixels)[None]).detach().numpy(), ["cat", "dog"]


def scikit_learn():
    return namespace["model"].predict_proba(namespace["rows"][:3]), ["cat", "dog"]


def lightgbm():
    return namespace["model"].predict_proba(namespace["rows"][:3]), ["dog", "cat"]


expected, names = globals()[arguments.section]()
for command in commands:
    done = subprocess.run([arguments.program, *shlex.split(command)[1:], "--json"], capture_output=True, text=True)
    print("+", command, "->", done.returncode)
    print(done.stdout + done.stderr)
    if done.returncode != 0:
        not_opencv = ("OpenCV", "expected 1 output", "dimensions (images)", "found ONNX type")
        if any(reason in done.stderr for reason in not_opencv):
            skip("OpenCV does not run this expert: " + done.stderr.strip())
        sys.exit("failed: " + command)
    answers = json.loads(done.stdout)["answers"]
    if len(answers) != len(expected):
        sys.exit(f"failed: {len(expected)} answers expected, {len(answers)} found")
    for answer, wanted in zip(answers, expected):
        scores = dict(zip(answer["heads"], answer["scores"]))
        if sorted(scores) != sorted(names):
            sys.exit(f"failed: heads {names} expected, {answer['heads']} found")
        worst = max(abs(scores[name] - float(value)) for name, value in zip(names, wanted))
        print(f"largest difference {worst:.2e}")
        if worst > 1e-3:
            sys.exit(f"failed: expected {dict(zip(names, wanted))}, found {scores}")
if not commands:
    sys.exit("failed: the section has no command")
