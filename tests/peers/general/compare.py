# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Compares the embeddings of a small random CLIP, exported to ONNX, with those of the model in PyTorch: the folder as
Hugging Face lays it out, and as open_clip does. Images are prepared by Pillow here.

usage: compare.py --program SHOW_GENERAL --work FOLDER
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--work", type=pathlib.Path, required=True)
arguments = parser.parse_args()
os.environ["HF_HUB_OFFLINE"] = "1"
try:
    import numpy
    import onnx  # noqa: F401: the exporter needs it
    import torch
    from PIL import Image
    from transformers import CLIPConfig, CLIPImageProcessor, CLIPModel, CLIPTokenizer
except ImportError as missing:
    print(f"skipped: {missing} (pip install numpy onnx pillow tokenizers torch transformers, and configure with "
          "-DMLL_PYTHON=<that python>)")
    sys.exit(0)

SIZE, PROMPT = 32, "a photo of a {}"
TEXTS = ["cat", "a very large dog: it barks", "Tench, Tinca tinca", "caf\u00e9 \u4e2d", "many " * 90]
pair = arguments.work / "pair"
shutil.rmtree(arguments.work, ignore_errors=True)
(pair / "onnx").mkdir(parents=True)


def tokenizer():
    """A tokenizer of CLIP's kind: every byte, inside and at the end of a word, and a few merges."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    alphabet = [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]
    merges = [("p", "h"), ("o", "t"), ("ph", "ot"), ("phot", "o</w>"), ("c", "a"), ("ca", "t</w>"), ("d", "o"),
              ("do", "g</w>")]
    pieces = alphabet + [letter + "</w>" for letter in alphabet] + ["".join(merge) for merge in merges]
    pieces += ["<|startoftext|>", "<|endoftext|>"]
    out = CLIPTokenizer(vocab={piece: i for i, piece in enumerate(pieces)}, merges=merges)
    out.model_max_length = 77
    return out, len(pieces)


torch.manual_seed(1)
tokens, count = tokenizer()
tokens.save_pretrained(pair)
start, end = count - 2, count - 1
encoder = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2}
model = CLIPModel(CLIPConfig(
    text_config={**encoder, "vocab_size": count, "bos_token_id": start, "eos_token_id": end, "pad_token_id": end},
    vision_config={**encoder, "image_size": SIZE, "patch_size": 8}, projection_dim=16)).eval()
with torch.no_grad():
    for parameter in model.parameters():
        if parameter.ndim > 1:
            parameter.mul_(3)  # or the embeddings would hardly differ
model.save_pretrained(pair)
processor = CLIPImageProcessor(size={"shortest_edge": SIZE}, crop_size={"height": SIZE, "width": SIZE})
processor.save_pretrained(pair)


class Encoder(torch.nn.Module):
    def __init__(self, encode):
        super().__init__()
        self.model, self.encode = model, encode

    def forward(self, *inputs):
        out = self.encode(*inputs)
        return out if torch.is_tensor(out) else out.pooler_output


def image_features(pixel_values):
    return model.get_image_features(pixel_values=pixel_values)


def text_features(input_ids, attention_mask):
    return model.get_text_features(input_ids=input_ids, attention_mask=attention_mask)


def export(encode, inputs, names, output, file):
    torch.onnx.export(Encoder(encode), inputs, file, input_names=names, output_names=[output], dynamo=False,
                      dynamic_axes={name: {0: "n"} for name in [*names, output]})


ids = torch.full((2, 77), end)
export(image_features, (torch.zeros(2, 3, SIZE, SIZE),), ["pixel_values"], "image_embeds",
       pair / "onnx" / "vision_model.onnx")
export(text_features, (ids, torch.ones_like(ids)), ["input_ids", "attention_mask"], "text_embeds",
       pair / "onnx" / "text_model.onnx")

open_clip = arguments.work / "open_clip"
open_clip.mkdir()
shutil.copy(pair / "onnx" / "vision_model.onnx", open_clip / "visual.onnx")
shutil.copy(pair / "onnx" / "text_model.onnx", open_clip / "textual.onnx")
shutil.copy(pair / "tokenizer.json", open_clip)
shutil.copy(pair / "model.safetensors", open_clip)
mean, deviation = list(processor.image_mean), list(processor.image_std)
(open_clip / "open_clip_config.json").write_text(json.dumps({
    "model_cfg": {"embed_dim": 16, "vision_cfg": {"image_size": SIZE}},
    "preprocess_cfg": {"mean": mean, "std": deviation, "interpolation": "bicubic", "resize_mode": "shortest"}}))

random = numpy.random.default_rng(1)
images = []
for i, (height, width) in enumerate([(32, 32), (48, 61), (70, 40), (33, 200)]):
    coarse = random.integers(0, 256, (height // 4 + 1, width // 4 + 1, 3), dtype=numpy.uint8)
    images.append(arguments.work / f"{i}.png")
    Image.fromarray(coarse).resize((width, height), Image.BICUBIC).save(images[-1])


def prepare(file):
    image = Image.open(file)
    width, height = image.size
    shape = (SIZE, SIZE * height // width) if width < height else (SIZE * width // height, SIZE)
    image = image.resize(shape, Image.BICUBIC)
    left, top = (shape[0] - SIZE) // 2, (shape[1] - SIZE) // 2
    pixels = numpy.asarray(image.crop((left, top, left + SIZE, top + SIZE)), dtype=numpy.float32) / 255
    return ((pixels - numpy.array(mean)) / numpy.array(deviation)).transpose(2, 0, 1).astype(numpy.float32)


def unit(rows):
    rows = rows.numpy().astype(float)
    return rows / numpy.linalg.norm(rows, axis=1, keepdims=True)


with torch.no_grad():
    of_images = Encoder(image_features)(torch.from_numpy(numpy.stack([prepare(file) for file in images])))
    encoded = tokens([PROMPT.format(text) for text in TEXTS], padding="max_length", max_length=77, truncation=True,
                     return_tensors="pt")
    of_texts = Encoder(text_features)(encoded["input_ids"], encoded["attention_mask"])
expected = numpy.concatenate([unit(of_images), unit(of_texts)])
scale = float(model.logit_scale.detach().exp())
apart = min(abs(a - b).max() for i, a in enumerate(expected) for b in expected[:i])
if apart < 1e-2:
    sys.exit(f"the test is too easy: embeddings are {apart:.2g} apart")
for folder in (pair, open_clip):
    answer = subprocess.run([arguments.program, str(folder), PROMPT, *map(str, images), "--", *TEXTS],
                            capture_output=True, text=True)
    if answer.returncode != 0:
        sys.exit(answer.stderr)
    lines = answer.stdout.splitlines()
    rows = numpy.array([[float(number) for number in line.split()] for line in lines[1:]])
    rows /= numpy.linalg.norm(rows, axis=1, keepdims=True)
    difference = abs(rows - expected)
    print(f"{folder.name}: images differ by {difference[:len(images)].max():.2g}, texts by "
          f"{difference[len(images):].max():.2g}, the scale by {abs(float(lines[0]) - scale):.2g}; different "
          f"embeddings by {apart:.2g} or more")
    if not (difference.max() <= 1e-4 and abs(float(lines[0]) - scale) <= 1e-4 * scale):
        sys.exit("the embeddings differ")
