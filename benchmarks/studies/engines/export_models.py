# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Writes networks of seven architectures with random weights, as their frameworks export them, for `engines`.

usage: export_models.py FOLDER    (needs torch, torchvision, timm, onnx and onnxruntime)
"""

import os
import sys

import onnx
import timm
import torch
import torchvision
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

CLASSES = 20
MODELS = {
    "resnet18": lambda: torchvision.models.resnet18(num_classes=CLASSES),
    "mobilenet_v2": lambda: torchvision.models.mobilenet_v2(num_classes=CLASSES),
    "squeezenet1_1": lambda: torchvision.models.squeezenet1_1(num_classes=CLASSES),
    "shufflenet_v2_x1_0": lambda: torchvision.models.shufflenet_v2_x1_0(num_classes=CLASSES),
    "efficientnet_b0": lambda: torchvision.models.efficientnet_b0(num_classes=CLASSES),
    "vit_tiny": lambda: timm.create_model("vit_tiny_patch16_224", num_classes=CLASSES),
}


class Pictures(CalibrationDataReader):
    def __init__(self):
        self.left = [torch.rand(1, 3, 224, 224).numpy() for _ in range(8)]

    def get_next(self):
        return {"input": self.left.pop()} if self.left else None


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(1)
    for name, make in MODELS.items():
        network = torch.nn.Sequential(make().eval(), torch.nn.Softmax(1)).eval()
        file = os.path.join(folder, name + ".onnx")
        torch.onnx.export(network, torch.rand(2, 3, 224, 224), file, input_names=["input"], output_names=["output"],
                          dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}}, dynamo=False)
        onnx.checker.check_model(file)
        print(file)
    quantised = os.path.join(folder, "resnet18_int8.onnx")
    quantize_static(os.path.join(folder, "resnet18.onnx"), quantised, Pictures(), quant_format=QuantFormat.QDQ)
    print(quantised)


if __name__ == "__main__":
    main()
