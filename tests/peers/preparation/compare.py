# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Compares images prepared by mll with those that Pillow, torchvision, timm or Hugging Face's transformers prepare: the
configuration is the one that the library itself writes. Values may differ by 2 of 255 per pixel.

usage: compare.py --peer pillow|torchvision|timm|transformers --program SHOW_INPUT --work FOLDER
"""
import argparse
import json
import pathlib
import shutil
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--peer", required=True, choices=["pillow", "torchvision", "timm", "transformers"])
parser.add_argument("--program", required=True)
parser.add_argument("--work", type=pathlib.Path, required=True)
arguments = parser.parse_args()
try:
    import numpy
    from PIL import Image
    if arguments.peer in ("torchvision", "timm"):
        import torchvision
        from torchvision import transforms
    if arguments.peer == "timm":
        import timm.data
    if arguments.peer == "transformers":
        import torch
        import transformers
except ImportError as missing:
    print(f"skipped: {missing} (pip install numpy pillow torchvision timm transformers, and configure with "
          "-DMLL_PYTHON=<that python>)")
    sys.exit(0)

shutil.rmtree(arguments.work, ignore_errors=True)
arguments.work.mkdir(parents=True)

# Shapes that leave even and odd margins, wide and high, smaller and larger than the inputs.
SHAPES = [(375, 500), (501, 334), (224, 224), (90, 120), (257, 256), (1000, 333), (61, 400)]


def images():
    chooser = numpy.random.default_rng(7)
    out = []
    for i, (height, width) in enumerate(SHAPES):
        rows, columns = numpy.mgrid[0:height, 0:width]
        smooth = numpy.stack([rows * 255 / height, columns * 255 / width, 127 + 120 * numpy.sin(rows * columns / 900)], 2)
        noise = chooser.integers(0, 256, (height, width, 3))
        pixels = (smooth if i % 2 else 0.6 * smooth + 0.4 * noise).astype(numpy.uint8)
        path = arguments.work / f"{height}x{width}.png"
        Image.fromarray(pixels).save(path)
        out.append(path)
    return out


IMAGES = images()
failures = 0


def compare(name, files, expected, allowed):
    """`files`: of the model folder. `expected(image)`: [3, height, width]. `allowed`: in units of a prepared value."""
    global failures
    folder = arguments.work / name
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"\x3a\x00")  # an empty graph: only what is beside it is read
    for file, content in files.items():
        (folder / file).write_text(json.dumps(content))
    done = subprocess.run([arguments.program, folder, *IMAGES], capture_output=True)
    if done.returncode != 0:
        print(f"{name}: {done.stderr.decode()}")
        failures += 1
        return
    wanted = [numpy.asarray(expected(Image.open(path).convert("RGB")), dtype=numpy.float32) for path in IMAGES]
    found = numpy.frombuffer(done.stdout, numpy.float32)
    if found.size != sum(each.size for each in wanted):
        print(f"{name}: expected {sum(each.size for each in wanted)} values, found {found.size}")
        failures += 1
        return
    found = found.reshape([len(wanted), *wanted[0].shape])
    worst = 0
    for path, ours, theirs in zip(IMAGES, found, wanted):
        share = (numpy.abs(ours - theirs) / numpy.asarray(allowed, dtype=numpy.float32).reshape(-1, 1, 1)).max()
        worst = max(worst, share)
        if share > 1.001:
            print(f"  {path.name}: {share:.2f} times what is allowed, mean {numpy.abs(ours - theirs).mean():.4f}")
    failures += worst > 1.001
    print(f"{name}: largest difference {worst:.3f} of what is allowed")


def pillow():
    filters = {"nearest": Image.NEAREST, "bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
    for name, kind in filters.items():
        for width, height in ((224, 224), (31, 50), (640, 300)):
            described = {"input": {"width": width, "height": height, "scale": 1, "resize": "stretch", "interpolation": name}}
            compare(f"{name}_{width}x{height}", {"mll.json": described},
                    lambda image: numpy.asarray(image.resize((width, height), kind)).transpose(2, 0, 1), 2)


def torchvision_peer():
    modes = transforms.InterpolationMode
    for name, kind in (("bilinear", modes.BILINEAR), ("bicubic", modes.BICUBIC)):
        for side, crop in ((256, 224), (232, 224), (224, 224), (65, 64), (100, 128)):
            mean, deviation = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
            transform = transforms.Compose([transforms.Resize(side, kind), transforms.CenterCrop(crop), transforms.ToTensor(),
                                            transforms.Normalize(mean, deviation)])
            described = {"input": {"width": crop, "height": crop, "mean": mean, "deviation": deviation, "scale": 1 / 255,
                                   "resize": "crop", "interpolation": name, "short_side": side}}
            compare(f"{name}_{side}_{crop}", {"mll.json": described}, transform, [2 / 255 / each for each in deviation])


def timm_peer():
    for size, crop, kind, mode in (((3, 224, 224), 0.875, "bilinear", "center"), ((3, 224, 224), 0.9, "bicubic", "center"),
                                   ((3, 288, 288), 0.95, "bicubic", "center"), ((3, 224, 224), 1.0, "bicubic", "center"),
                                   ((3, 240, 240), 0.96, "bicubic", "squash")):
        config = {"input_size": list(size), "crop_pct": crop, "interpolation": kind, "crop_mode": mode,
                  "mean": [0.5, 0.4, 0.3], "std": [0.2, 0.3, 0.5]}
        transform = timm.data.create_transform(input_size=size, is_training=False, interpolation=kind, mean=config["mean"],
                                               std=config["std"], crop_pct=crop, crop_mode=mode)
        nested = {"architecture": "resnet18", "num_classes": 2, "label_names": ["a", "b"], "pretrained_cfg": config}
        compare(f"{kind}_{size[1]}_{crop}_{mode}", {"config.json": nested}, transform, [2 / 255 / each for each in config["std"]])


def transformers_peer():
    made = [
        ("ViTImageProcessor", {}), ("ViTImageProcessor", {"resample": 3, "size": {"height": 200, "width": 180}}),
        ("DeiTImageProcessor", {}), ("BeitImageProcessor", {}), ("SiglipImageProcessor", {}), ("CLIPImageProcessor", {}),
        ("CLIPImageProcessor", {"size": {"shortest_edge": 256}, "crop_size": {"height": 225, "width": 225}, "resample": 2}),
        ("BitImageProcessor", {}), ("ConvNextImageProcessor", {"size": {"shortest_edge": 224}, "crop_pct": 0.875}),
        ("ConvNextImageProcessor", {"size": {"shortest_edge": 384}}), ("MobileNetV1ImageProcessor", {}),
        ("MobileNetV2ImageProcessor", {}), ("MobileViTImageProcessor", {}), ("PoolFormerImageProcessor", {}),
        ("LevitImageProcessor", {}), ("EfficientNetImageProcessor", {"size": {"height": 346, "width": 346}}),
        ("EfficientNetImageProcessor", {"rescale_offset": True, "rescale_factor": 1 / 127.5, "size": {"height": 240, "width": 240}}),
    ]
    for name, options in made:
        for ending in ("", "Fast", "Pil"):
            kind = getattr(transformers, name + ending, None)
            if kind is None:
                continue
            try:
                processor = kind(**options)
            except (ImportError, ValueError) as problem:
                print(f"{name + ending}: {problem}")
                continue
            if kind.__name__ != name + ending:  # the old name of another one
                continue
            folder = arguments.work / "saved"
            processor.save_pretrained(folder)
            saved = json.loads((folder / "preprocessor_config.json").read_text()) if (folder / "preprocessor_config.json").exists() else json.loads((folder / "processor_config.json").read_text())
            deviation = saved.get("image_std") or [1, 1, 1]
            if not saved.get("do_normalize", name != "MobileViTImageProcessor"):
                deviation = [1, 1, 1]
            scale = saved.get("rescale_factor", 1 / 255)
            if name.startswith("EfficientNet") and saved.get("include_top", True):
                deviation = [each * each for each in deviation]
            compare(f"{name}{ending}_{len(list(arguments.work.iterdir()))}", {"preprocessor_config.json": saved},
                    lambda image: processor(image, return_tensors="np")["pixel_values"][0], [2 * scale / each for each in deviation])


{"pillow": pillow, "torchvision": torchvision_peer, "timm": timm_peer, "transformers": transformers_peer}[arguments.peer]()
sys.exit(1 if failures else 0)
