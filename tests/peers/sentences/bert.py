# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""A BERT encoder from given or random weights: as an ONNX file and in plain NumPy."""
import json
import pathlib

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


def random_model(vocabulary_size, seed=3, hidden=24, layers=2, heads=3, positions=40):
    generator = numpy.random.default_rng(seed)
    config = {"hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads, "layer_norm_eps": 1e-12}
    weights = {}

    def draw(name, *shape, mean=0.0):
        weights[name] = (mean + generator.standard_normal(shape) * 0.3).astype(numpy.float32)

    def dense(name, rows, columns):
        draw(name + ".weight", rows, columns)
        draw(name + ".bias", rows)

    def norm(name):
        draw(name + ".weight", hidden, mean=1.0)
        draw(name + ".bias", hidden)

    draw("embeddings.word_embeddings.weight", vocabulary_size, hidden)
    draw("embeddings.position_embeddings.weight", positions, hidden)
    draw("embeddings.token_type_embeddings.weight", 2, hidden)
    norm("embeddings.LayerNorm")
    for i in range(layers):
        at = f"encoder.layer.{i}."
        for part in ("query", "key", "value"):
            dense(at + "attention.self." + part, hidden, hidden)
        dense(at + "attention.output.dense", hidden, hidden)
        norm(at + "attention.output.LayerNorm")
        dense(at + "intermediate.dense", 2 * hidden, hidden)
        dense(at + "output.dense", hidden, 2 * hidden)
        norm(at + "output.LayerNorm")
    return config, weights


def load_model(folder):
    from safetensors.numpy import load_file

    folder = pathlib.Path(folder)
    config = json.loads((folder / "config.json").read_text())
    weights = load_file(folder / "model.safetensors")
    return config, {name.removeprefix("bert."): value for name, value in weights.items()}


def erf(x):
    from math import erf as exact

    return numpy.vectorize(exact, otypes=[numpy.float64])(x)


def forward(config, weights, ids):
    """The token vectors of a text, `[tokens, hidden]`, in double precision."""
    w = {name: value.astype(numpy.float64) for name, value in weights.items() if not name.startswith("pooler")}
    heads = config["num_attention_heads"]
    hidden = config["hidden_size"]

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        x = x / numpy.sqrt((x**2).mean(-1, keepdims=True) + config["layer_norm_eps"])
        return x * w[name + ".weight"] + w[name + ".bias"]

    def dense(x, name):
        return x @ w[name + ".weight"].T + w[name + ".bias"]

    x = norm(w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
             + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for i in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{i}."
        q, k, v = (dense(x, at + "attention.self." + part).reshape(len(ids), heads, -1).swapaxes(0, 1)
                   for part in ("query", "key", "value"))
        scores = q @ k.swapaxes(1, 2) / numpy.sqrt(hidden / heads)
        scores = numpy.exp(scores - scores.max(-1, keepdims=True))
        scores = scores / scores.sum(-1, keepdims=True)
        context = (scores @ v).swapaxes(0, 1).reshape(len(ids), hidden)
        x = norm(x + dense(context, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        inner = dense(x, at + "intermediate.dense")
        inner = inner * (1 + erf(inner / numpy.sqrt(2))) / 2
        x = norm(x + dense(inner, at + "output.dense"), at + "output.LayerNorm")
    return x


def write_onnx(path, config, weights):
    hidden, heads = config["hidden_size"], config["num_attention_heads"]
    nodes, tensors = [], {}

    def constant(name, value):
        tensors[name] = numpy_helper.from_array(numpy.ascontiguousarray(value), name)
        return name

    def node(kind, *inputs, **attributes):
        out = f"v{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def dense(x, name):
        product = node("MatMul", x, constant(name + ".weight.T", weights[name + ".weight"].T))
        return node("Add", product, constant(name + ".bias", weights[name + ".bias"]))

    def norm(x, name):
        return node("LayerNormalization", x, constant(name + ".weight", weights[name + ".weight"]),
                    constant(name + ".bias", weights[name + ".bias"]), axis=-1, epsilon=config["layer_norm_eps"])

    def number(name, value, kind=numpy.float32):
        return constant(name, numpy.array(value, dtype=kind))

    words = node("Gather", constant("words", weights["embeddings.word_embeddings.weight"]), "input_ids")
    kinds = node("Gather", constant("kinds", weights["embeddings.token_type_embeddings.weight"]), "token_type_ids")
    shape = node("Shape", "input_ids")
    length = node("Squeeze", node("Slice", shape, number("one", [1], numpy.int64), number("two", [2], numpy.int64)))
    places = node("Range", number("zero", 0, numpy.int64), length, number("step", 1, numpy.int64))
    positions = node("Gather", constant("positions", weights["embeddings.position_embeddings.weight"]), places)
    x = norm(node("Add", node("Add", words, kinds), positions), "embeddings.LayerNorm")
    mask = node("Unsqueeze", node("Cast", "attention_mask", to=TensorProto.FLOAT), number("axes", [1, 2], numpy.int64))
    mask = node("Mul", node("Sub", number("all", 1.0), mask), number("far", -1e9))
    split = number("split", [0, 0, heads, hidden // heads], numpy.int64)
    join = number("join", [0, 0, hidden], numpy.int64)
    for i in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{i}."
        q, k, v = (node("Transpose", node("Reshape", dense(x, at + "attention.self." + part), split), perm=perm)
                   for part, perm in (("query", [0, 2, 1, 3]), ("key", [0, 2, 3, 1]), ("value", [0, 2, 1, 3])))
        scores = node("Mul", node("MatMul", q, k), number("scale", 1 / numpy.sqrt(hidden / heads)))
        scores = node("Softmax", node("Add", scores, mask), axis=-1)
        context = node("Reshape", node("Transpose", node("MatMul", scores, v), perm=[0, 2, 1, 3]), join)
        x = norm(node("Add", x, dense(context, at + "attention.output.dense")), at + "attention.output.LayerNorm")
        inner = dense(x, at + "intermediate.dense")
        bell = node("Add", node("Erf", node("Mul", inner, number("root", numpy.sqrt(0.5)))), number("all", 1.0))
        inner = node("Mul", node("Mul", inner, bell), number("half", 0.5))
        x = norm(node("Add", x, dense(inner, at + "output.dense")), at + "output.LayerNorm")
    nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"])
              for name in ("input_ids", "attention_mask", "token_type_ids")]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["n", "t", hidden])
    graph = helper.make_graph(nodes, "bert", inputs, [output], list(tensors.values()))
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), str(path))
