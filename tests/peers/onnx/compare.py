#!/usr/bin/env python3
# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0

"""Compares the scores of `onnx_classifier` with those of ONNX Runtime in Python, for graphs as people export them.

Every graph is made here, with random weights or trained on random data. What Python lacks is left out by name.
"""

import argparse
import contextlib
import glob
import io
import os
import pathlib
import subprocess
import sys
import warnings

try:
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper
except ImportError as lacking:
    print(f"skipped: {lacking} (pip install numpy onnx onnxruntime skl2onnx scikit-learn onnxmltools lightgbm xgboost "
          "torch onnxscript transformers, and configure with -DMLL_PYTHON=<that python>)")
    sys.exit(0)

os.environ.setdefault("HF_HUB_OFFLINE", "1")
warnings.filterwarnings("ignore")
onnxruntime.set_default_logger_severity(4)
random = np.random.default_rng(1)
SIDE = 16


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class Cases:
    def __init__(self, folder, program):
        self.folder = folder
        self.program = program
        self.good = 0
        self.failed = []
        self.left_out = []

    def file(self, name):
        return str(self.folder / f"{name}.onnx")

    def check(self, name, kind, samples, feeds, output, activation=None, options=(), file=None, tolerance=1e-4,
              refused=None, heads=None, same_best=False, labels=None,
              reference=None):
        """Runs `samples` through our program, and `feeds` (one per sample) through ONNX Runtime."""
        file = file or self.file(name)
        try:
            session = onnxruntime.InferenceSession(reference or file, providers=["CPUExecutionProvider"])
        except Exception as problem:  # what Python's cannot load is for ours to load or refuse
            self.left_out.append(f"{name}: {str(problem)[:150]}")
            return
        rows = []
        for feed in feeds:
            found = session.run([output], feed)[0]
            if isinstance(found, list):
                found = [[row[label] for label in (labels or sorted(row))] for row in found]
            rows.append(np.asarray(found, dtype=np.float64).reshape(len(found), -1)[0])
        expected = np.stack(rows)
        if activation:
            expected = activation(expected)
        given = b""
        for sample in samples:
            if kind == "image":
                pixels = np.ascontiguousarray(sample if sample.ndim == 2 else sample[:, :, ::-1])  # blue first
                given += f"{sample.shape[0]} {sample.shape[1]} {1 if sample.ndim == 2 else 3}\n".encode()
                given += pixels.tobytes()
            elif kind == "vector":
                given += (" ".join(repr(float(x)) for x in np.asarray(sample, np.float32)) + "\n").encode()
            else:
                given += (sample + "\n").encode()
        call = [self.program, kind, file, str(heads or expected.shape[1]), *options]
        done = subprocess.run(call, input=given, capture_output=True, timeout=120)
        lines = done.stdout.decode().splitlines()
        if done.returncode != 0 or not lines:
            self.failed.append(f"{name}: ended with {done.returncode}: {done.stderr.decode()[-200:]}")
        elif refused is not None:
            if lines[0].startswith("refused ") and refused in lines[0]:
                self.good += 1
            else:
                self.failed.append(f"{name}: expected to be refused for '{refused}', found {lines[0][:200]}")
        elif not lines[0].startswith("description "):
            self.failed.append(f"{name}: {lines[0][:300]}")
        else:
            scores = np.array([[float(x) for x in line.split()] for line in lines[1:]])
            error = np.abs(scores - expected).max() if scores.shape == expected.shape else np.inf
            best = scores.shape == expected.shape and (scores.argmax(1) == expected.argmax(1)).all()
            if error <= tolerance and (best or not same_best):
                self.good += 1
                print(f"{name}: {error:.1e} ({lines[0][12:]})")
            else:
                self.failed.append(f"{name}: off by {error:.2e} ({lines[0][12:]})")


# --- graphs of our own -------------------------------------------------------------------------------------------


def image_graph(file, before=(), after=("Softmax",), batch="n", dtype=TensorProto.FLOAT, shape=None, weights=(),
                opset=13, outputs=None, width=4, features=8):
    """Conv, Relu, GlobalAveragePool, Flatten, Gemm between `before` and `after`. Returns the output's name."""
    kernel = random.normal(0, .3, (features, 3, 3, 3)).astype(np.float32)
    matrix = random.normal(0, 2, (width, features)).astype(np.float32)
    bias = random.normal(0, .1, width).astype(np.float32)
    constants = [numpy_helper.from_array(a, n) for a, n in ((kernel, "K"), (matrix, "W"), (bias, "B"))] + list(weights)
    nodes = list(before)
    first = nodes[-1].output[0] if nodes else "image"
    nodes += [helper.make_node("Conv", [first, "K"], ["c"]), helper.make_node("Relu", ["c"], ["r"]),
              helper.make_node("GlobalAveragePool", ["r"], ["p"]), helper.make_node("Flatten", ["p"], ["f"]),
              helper.make_node("Gemm", ["f", "W", "B"], ["logits"], transB=1)]
    last = "logits"
    for index, operator in enumerate(after):
        if isinstance(operator, str):
            operator = helper.make_node(operator, [last], [f"after{index}"])
        nodes.append(operator)
        last = operator.output[0]
    declared = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [batch, w])
                for n, w in (outputs or [(last, width)])]
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info(
        "image", dtype, shape or [batch, 3, SIDE, SIDE])], declared, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    onnx.save(model, file)
    return last


IMAGES = [np.clip(random.normal(c, 40, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)
          for c in ((40, 90, 200), (200, 30, 60), (128, 128, 128), (10, 240, 90), (250, 250, 20), (90, 20, 160),
                    (60, 60, 200))]
SCALED = [np.transpose(i.astype(np.float32) / 255, (2, 0, 1))[None] for i in IMAGES]


def feeds_of(arrays, name="image"):
    return [{name: a} for a in arrays]


def own_graphs(cases):
    def run(name, feeds=None, activation=None, options=(), **how):
        check = {k: how.pop(k) for k in ("tolerance", "refused", "same_best", "output", "heads") if k in how}
        last = image_graph(cases.file(name), **how)
        batch = how.get("batch", "n")
        made = feeds or feeds_of(SCALED)
        if isinstance(batch, int):
            made = [{k: np.repeat(v, batch, 0) for k, v in f.items()} for f in made]
        cases.check(name, "image", IMAGES, made, check.pop("output", last), activation, options, **check)

    def constant(values, name):
        return numpy_helper.from_array(np.asarray(values, np.float32), name)

    mean = constant(np.array([.4, .5, .3]).reshape(1, 3, 1, 1), "mean")
    node = helper.make_node
    run("open_batch")
    run("subtract", before=[node("Sub", ["image", "mean"], ["x"])], weights=[mean])
    run("subtract_divide", before=[node("Sub", ["image", "mean"], ["y"]), node("Div", ["y", "mean"], ["x"])],
        weights=[mean])
    run("batch_of_1", batch=1)
    run("batch_of_4", batch=4)
    run("subtract_batch_of_4", batch=4, before=[node("Sub", ["image", "mean"], ["x"])], weights=[mean])
    run("relu6", before=[node("Clip", ["image", "lo", "hi"], ["x"])],
        weights=[numpy_helper.from_array(np.float32(v), n) for v, n in ((0, "lo"), (.6, "hi"))])
    run("logits", after=(), activation=softmax)
    run("log_softmax", after=(node("LogSoftmax", ["logits"], ["o"], axis=1),), activation=softmax)
    run("sigmoid", after=("Sigmoid",))
    run("softmax_by_hand", after=(node("Exp", ["logits"], ["e"]), node("ReduceSum", ["e", "one"], ["s"], keepdims=1),
                                  node("Div", ["e", "s"], ["o"])),
        weights=[numpy_helper.from_array(np.array([1], np.int64), "one")])
    run("one_head", width=1, after=(), activation=sigmoid)
    run("reshaped", after=(node("Softmax", ["logits"], ["s"], axis=1), node("Unsqueeze", ["s", "ax"], ["o"])),
        weights=[numpy_helper.from_array(np.array([2, 3], np.int64), "ax")], outputs=[("o", 4)])
    run("logits_and_features", after=(), outputs=[("f", 8), ("logits", 4)], output="logits", activation=softmax)
    run("logits_and_probabilities", after=(node("Softmax", ["logits"], ["probabilities"], axis=1),),
        outputs=[("logits", 4), ("probabilities", 4)], output="probabilities")
    run("two_of_the_same_width", after=(node("Relu", ["logits"], ["b"]),), outputs=[("logits", 4), ("b", 4)],
        output="b", options=("output=b",), activation=softmax)
    run("two_unnamed", after=(node("Relu", ["logits"], ["b"]), node("Abs", ["logits"], ["a"])),
        outputs=[("a", 4), ("b", 4)], output="b", refused="name it in options.output_name")
    run("uint8_nhwc", dtype=TensorProto.UINT8, shape=["n", SIDE, SIDE, 3], feeds=feeds_of([i[None] for i in IMAGES]),
        before=[node("Cast", ["image"], ["a"], to=1), node("Div", ["a", "d"], ["b"]),
                node("Transpose", ["b"], ["x"], perm=[0, 3, 1, 2])], weights=[constant(255, "d")])
    run("float_nhwc", shape=["n", SIDE, SIDE, 3], feeds=feeds_of([np.transpose(a, (0, 2, 3, 1)) for a in SCALED]),
        before=[node("Transpose", ["image"], ["x"], perm=[0, 3, 1, 2])])
    run("float16_input", dtype=TensorProto.FLOAT16, feeds=feeds_of([a.astype(np.float16) for a in SCALED]),
        before=[node("Cast", ["image"], ["x"], to=1)], tolerance=1e-3)
    run("double_input", dtype=TensorProto.DOUBLE, feeds=feeds_of([a.astype(np.float64) for a in SCALED]),
        before=[node("Cast", ["image"], ["x"], to=1)])
    run("int64_input", dtype=TensorProto.INT64,
        feeds=feeds_of([np.transpose(i, (2, 0, 1))[None].astype(np.int64) for i in IMAGES]),
        before=[node("Cast", ["image"], ["a"], to=1), node("Div", ["a", "d"], ["x"])], weights=[constant(255, "d")])
    # Batch normalisation that is left in training mode would mix the samples of a batch; so does this.
    run("mixes_samples", before=[node("ReduceMean", ["image"], ["m"], axes=[0], keepdims=1),
                                 node("Mul", ["image", "m"], ["x"])])
    run("mixes_fixed_batch", batch=4, before=[node("ReduceMean", ["image"], ["m"], axes=[0], keepdims=1),
                                              node("Mul", ["image", "m"], ["x"])], refused="other values for a sample")
    # Weights beside the file.
    image_graph(cases.file("inside"))
    onnx.save(onnx.load(cases.file("inside")), cases.file("outside"), save_as_external_data=True,
              location="outside.data", size_threshold=0)
    cases.check("outside", "image", IMAGES, feeds_of(SCALED), "after0")
    # The whole of a graph in half precision.
    with contextlib.suppress(ImportError):
        from onnxconverter_common import float16
        for keep in (True, False):
            name = f"float16_{'weights' if keep else 'all'}"
            onnx.save(float16.convert_float_to_float16(onnx.load(cases.file("inside")), keep_io_types=keep),
                      cases.file(name))
            cases.check(name, "image", IMAGES, feeds_of([a if keep else a.astype(np.float16) for a in SCALED]),
                        "after0", tolerance=2e-3)
    quantised(cases)


def quantised(cases):
    try:
        from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_dynamic, quantize_static
    except ImportError as lacking:
        cases.left_out.append(f"quantised graphs: {lacking}")
        return

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.left = feeds_of(SCALED)

        def get_next(self):
            return self.left.pop() if self.left else None

    source = cases.file("inside")
    for name, how in (("int8_qdq", QuantFormat.QDQ), ("int8_operators", QuantFormat.QOperator)):
        quantize_static(source, cases.file(name), Reader(), quant_format=how)
        cases.check(name, "image", IMAGES, feeds_of(SCALED), "after0", tolerance=1e-2, same_best=True)
    quantize_dynamic(source, cases.file("int8_dynamic"))
    cases.check("int8_dynamic", "image", IMAGES, feeds_of(SCALED), "after0", tolerance=1e-2, same_best=True)


# --- scikit-learn, LightGBM, XGBoost -----------------------------------------------------------------------------

FEATURES = random.normal(0, 1, (300, 6)).astype(np.float32)
CLASSES = (FEATURES[:, :3] + random.normal(0, .3, (300, 3))).argmax(1)
TEXTS = [" ".join(random.choice(np.array(words.split()), random.integers(2, 9)))
         for words in ("cat dog paw fur The mouse", "sun rain Wind the cloud storm", "goal ball Team win the score")
         for _ in range(40)]
TEXT_CLASSES = np.repeat(np.arange(3), 40)


def with_locale(cases, file):
    """ONNX Runtime folds letters by a locale that small systems lack: Python is given another one."""
    model = onnx.load(file, load_external_data=False)
    folding = [node for node in model.graph.node if node.op_type == "StringNormalizer"]
    if not folding:
        return file
    for node in folding:
        node.attribute.append(helper.make_attribute("locale", "C.UTF-8"))
    onnx.save(model, cases.file("reference"))
    return cases.file("reference")


def vectors(cases, name, model, initial, outputs, samples=None, dtype=np.float32, options=(), heads=None, **how):
    samples = FEATURES[:9] if samples is None else samples
    onnx.save(model, cases.file(name))
    cases.check(name, "vector", samples, [{initial: s[None].astype(dtype)} for s in samples], outputs, None, options,
                **how)


def scikit_learn(cases):
    try:
        from skl2onnx import convert_sklearn
        from skl2onnx.common.data_types import (DoubleTensorType, FloatTensorType, Int64TensorType,
                                                StringTensorType)
        from sklearn.compose import ColumnTransformer
        from sklearn.ensemble import (AdaBoostClassifier, ExtraTreesClassifier, GradientBoostingClassifier,
                                      HistGradientBoostingClassifier, RandomForestClassifier)
        from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.naive_bayes import GaussianNB, MultinomialNB
        from sklearn.neighbors import KNeighborsClassifier
        from sklearn.neural_network import MLPClassifier
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder, StandardScaler
        from sklearn.svm import SVC
        from sklearn.tree import DecisionTreeClassifier
    except ImportError as lacking:
        cases.left_out.append(f"scikit-learn: {lacking}")
        return
    plain = {"zipmap": False}
    kinds = {
        "logistic": LogisticRegression(), "forest": RandomForestClassifier(8), "trees": ExtraTreesClassifier(8),
        "boosting": GradientBoostingClassifier(n_estimators=6), "hist_boosting": HistGradientBoostingClassifier(max_iter=6),
        "ada": AdaBoostClassifier(n_estimators=5), "mlp": MLPClassifier((5,), max_iter=60),
        "neighbours": KNeighborsClassifier(5), "bayes": GaussianNB(), "tree": DecisionTreeClassifier(max_depth=4),
        "scaled": make_pipeline(StandardScaler(), LogisticRegression()), "svc": SVC(probability=True),
    }
    for name, model in kinds.items():
        for binary in (False, True):
            model.fit(FEATURES, CLASSES > 0 if binary else CLASSES)
            full = f"skl_{name}{'_binary' if binary else ''}"
            try:
                made = convert_sklearn(model, initial_types=[("x", FloatTensorType([None, 6]))],
                                       options={id(model): plain})
            except Exception as problem:
                cases.left_out.append(f"{full}: {str(problem)[:100]}")
                continue
            vectors(cases, full, made, "x", "probabilities")
    model = LogisticRegression().fit(FEATURES, np.array(["pear", "apple", "fig"])[CLASSES])
    for name, how in (("map", {}), ("columns", {"zipmap": "columns"})):
        made = convert_sklearn(model, initial_types=[("x", FloatTensorType([None, 6]))], options={id(model): how})
        if name == "map":
            vectors(cases, "skl_map_of_texts", made, "x", "output_probability")
        else:
            onnx.save(made, cases.file("skl_columns"))
            cases.check("skl_columns", "vector", FEATURES[:3], [{"x": s[None]} for s in FEATURES[:3]],
                        made.graph.output[-1].name, refused="name it in options.output_name", heads=3)
    made = convert_sklearn(LogisticRegression().fit(FEATURES, CLASSES), initial_types=[("x", FloatTensorType([None, 6]))])
    vectors(cases, "skl_map_of_numbers", made, "x", "output_probability")
    made = convert_sklearn(model, initial_types=[("x", DoubleTensorType([None, 6]))], options={id(model): plain})
    vectors(cases, "skl_double", made, "x", "probabilities", dtype=np.float64)
    whole = np.round(FEATURES * 3)
    counted = LogisticRegression().fit(whole, CLASSES)
    made = convert_sklearn(counted, initial_types=[("x", Int64TensorType([None, 6]))], options={id(counted): plain})
    vectors(cases, "skl_int64", made, "x", "probabilities", whole[:9], np.int64)
    made = convert_sklearn(counted, initial_types=[("x", FloatTensorType([None, None]))], options={id(counted): plain})
    vectors(cases, "skl_open_width", made, "x", "probabilities", whole[:9], options=("width=6",))
    made = convert_sklearn(counted, initial_types=[("x", FloatTensorType([1, 6]))], options={id(counted): plain})
    vectors(cases, "skl_batch_of_1", made, "x", "probabilities", whole[:9])
    # One input per column, as for a data frame.
    columns = ColumnTransformer([("a", StandardScaler(), [0, 1, 2]), ("b", OneHotEncoder(handle_unknown="ignore"), [3])])
    frame = make_pipeline(columns, LogisticRegression()).fit(whole, CLASSES)
    made = convert_sklearn(frame, initial_types=[("a", FloatTensorType([None, 3])), ("b", FloatTensorType([None, 1]))],
                           options={id(frame): plain})
    onnx.save(made, cases.file("skl_frame"))
    cases.check("skl_frame", "vector", whole[:9, :4], [{"a": s[None, :3].astype(np.float32), "b": s[None, 3:4].astype(
        np.float32)} for s in whole[:9]], "probabilities")
    for name, model in (
            ("tfidf", make_pipeline(TfidfVectorizer(), LogisticRegression())),
            ("tfidf_cased", make_pipeline(TfidfVectorizer(lowercase=False, ngram_range=(1, 2)), LogisticRegression())),
            ("counts", make_pipeline(CountVectorizer(), MultinomialNB()))):
        model.fit(TEXTS, TEXT_CLASSES)
        for shape, suffix in (([None, 1], ""), ([None], "_flat")):
            made = convert_sklearn(model, initial_types=[("text", StringTensorType(shape))], options={id(model): plain})
            onnx.save(made, cases.file(f"skl_{name}{suffix}"))
            samples = TEXTS[::11] + ["ÄÖÜ Wind", ""]
            cases.check(f"skl_{name}{suffix}", "text", samples,
                        [{"text": np.array([s]).reshape([1] * len(shape))} for s in samples], "probabilities",
                        reference=with_locale(cases, cases.file(f"skl_{name}{suffix}")))


def boosted_trees(cases):
    try:
        import onnxmltools
        from onnxmltools.convert.common.data_types import FloatTensorType
    except ImportError as lacking:
        cases.left_out.append(f"boosted trees: {lacking}")
        return
    initial = [("x", FloatTensorType([None, 6]))]
    for binary in (False, True):
        suffix = "_binary" if binary else ""
        target = (CLASSES > 0).astype(int) if binary else CLASSES
        with contextlib.suppress(ImportError):
            import lightgbm
            model = lightgbm.LGBMClassifier(n_estimators=6, verbose=-1).fit(FEATURES, target)
            vectors(cases, f"lightgbm{suffix}", onnxmltools.convert_lightgbm(model, initial_types=initial, zipmap=False,
                                                                          target_opset=15), "x", "probabilities")
            vectors(cases, f"lightgbm_map{suffix}", onnxmltools.convert_lightgbm(model, initial_types=initial,
                                                                              target_opset=15), "x", "probabilities")
        with contextlib.suppress(ImportError):
            import xgboost
            model = xgboost.XGBClassifier(n_estimators=6).fit(FEATURES, target)
            try:
                made = onnxmltools.convert_xgboost(model, initial_types=initial, target_opset=15)
            except Exception as problem:
                cases.left_out.append(f"xgboost{suffix}: {str(problem)[:100]}")
                continue
            vectors(cases, f"xgboost{suffix}", made, "x", "probabilities")


# --- PyTorch ------------------------------------------------------------------------------------------------------


def pytorch(cases):
    try:
        import torch
    except ImportError as lacking:
        cases.left_out.append(f"PyTorch: {lacking}")
        return
    torch.manual_seed(1)
    nn = torch.nn
    net = nn.Sequential(nn.Conv2d(3, 8, 3, stride=2), nn.BatchNorm2d(8), nn.ReLU6(), nn.Conv2d(8, 8, 3, groups=8),
                        nn.Hardswish(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(), nn.Linear(8, 5)).eval()
    image = torch.zeros(2, 3, SIDE, SIDE)

    def export(name, model, arguments, names, dynamic, **how):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            try:
                torch.onnx.export(model, arguments, cases.file(name), input_names=names, output_names=["out"], **how,
                                  **dynamic)
            except Exception as problem:
                cases.left_out.append(f"{name}: {str(problem)[:120]}")
                return False
        return True

    exporters = [("torchscript", {"dynamo": False})]
    if "dynamo" not in torch.onnx.export.__code__.co_varnames:
        exporters = [("torchscript", {})]
    else:
        exporters.append(("dynamo", {"dynamo": True}))
    for exporter, how in exporters:
        for ending, model, activation in (("logits", net, softmax), ("softmax", nn.Sequential(net, nn.Softmax(1)), None),
                                          ("sigmoid", nn.Sequential(net, nn.Sigmoid()), None)):
            for is_open in (True, False):
                dynamic = {}
                if is_open and exporter == "dynamo":
                    dynamic = {"dynamic_shapes": ({0: torch.export.Dim("n")},)}
                elif is_open:
                    dynamic = {"dynamic_axes": {"image": {0: "n"}, "out": {0: "n"}}}
                name = f"torch_{exporter}_{ending}{'' if is_open else '_fixed'}"
                if not export(name, model, (image if is_open else image[:1],), ["image"], dynamic, **how):
                    continue
                cases.check(name, "image", IMAGES, feeds_of(SCALED), "out", activation)
    transformers_of(cases, export)


def transformers_of(cases, export):
    try:
        import torch
        import transformers
    except ImportError as lacking:
        cases.left_out.append(f"transformers: {lacking}")
        return
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + sorted({w.lower() for t in TEXTS for w in t.split()})
    vocabulary = cases.folder / "vocab.txt"
    vocabulary.write_text("\n".join(words) + "\n")
    tokenizer = transformers.BertTokenizer(str(vocabulary)) if not hasattr(transformers, "BertTokenizerFast") else \
        transformers.BertTokenizerFast(vocab={w: i for i, w in enumerate(words)}, vocab_file=str(vocabulary))
    (cases.folder / "fast").mkdir(exist_ok=True)
    tokenizer.save_pretrained(str(cases.folder / "fast"))
    size = {"vocab_size": len(words), "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
            "intermediate_size": 64, "num_labels": 3, "initializer_range": .5}
    distil = {"vocab_size": len(words), "dim": 32, "n_layers": 2, "n_heads": 2, "hidden_dim": 64, "num_labels": 3,
              "initializer_range": .5}

    class Wrapped(torch.nn.Module):
        def __init__(self, model):
            super().__init__()
            self.model = model

        def forward(self, *arguments):
            return self.model(*arguments).logits

    for name, model, names in (
            ("bert", transformers.BertForSequenceClassification(transformers.BertConfig(
                attn_implementation="eager", **size)), ["input_ids", "attention_mask", "token_type_ids"]),
            ("distilbert", transformers.DistilBertForSequenceClassification(transformers.DistilBertConfig(
                attn_implementation="eager", **distil)), ["input_ids", "attention_mask"]),
            ("electra", transformers.ElectraForSequenceClassification(transformers.ElectraConfig(
                embedding_size=16, attn_implementation="eager", **size)),
             ["input_ids", "attention_mask", "token_type_ids"])):
        example = torch.ones(2, 7, dtype=torch.int64)
        axes = {n: {0: "n", 1: "t"} for n in names}
        how = {"dynamo": False} if "dynamo" in torch.onnx.export.__code__.co_varnames else {}
        if not export(name, Wrapped(model.eval()), tuple([example] * len(names)), names,
                      {"dynamic_axes": {**axes, "out": {0: "n"}}}, opset_version=14, **how):
            continue
        samples = TEXTS[::9] + ["unknown words here", "Storm CLOUD!"]
        feeds = []
        for text in samples:
            encoded = tokenizer(text, return_tensors="np")
            feeds.append({n: np.asarray(encoded.get(n, np.zeros_like(encoded["input_ids"])), np.int64) for n in names})
        for file in (vocabulary, cases.folder / "fast" / "tokenizer.json"):
            if file.exists():
                cases.check(f"{name}_{file.suffix[1:]}", "text", samples, feeds, "out", softmax,
                            (f"tokenizer={file}",), file=cases.file(name))
    for name, model in (
            ("vit", transformers.ViTForImageClassification(transformers.ViTConfig(
                image_size=SIDE, patch_size=4, hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
                intermediate_size=64, num_labels=4, attn_implementation="eager", initializer_range=.5))),
            ("resnet", transformers.ResNetForImageClassification(transformers.ResNetConfig(
                embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], num_labels=4)))):
        how = {"dynamo": False} if "dynamo" in torch.onnx.export.__code__.co_varnames else {}
        if export(name, Wrapped(model.eval()), (torch.zeros(2, 3, SIDE, SIDE),), ["pixel_values"],
                  {"dynamic_axes": {"pixel_values": {0: "n"}, "out": {0: "n"}}}, opset_version=17, **how):
            cases.check(name, "image", IMAGES, feeds_of(SCALED, "pixel_values"), "out", softmax)


# --- graphs of a folder that is no part of the project ------------------------------------------------------------


def given_graphs(cases, folder):
    for file in sorted(glob.glob(os.path.join(folder, "**", "*.onnx"), recursive=True)):
        name = os.path.relpath(file, folder)
        try:
            session = onnxruntime.InferenceSession(with_locale(cases, file), providers=["CPUExecutionProvider"])
        except Exception as problem:
            cases.left_out.append(f"{name}: {str(problem)[:150]}")
            continue
        first = session.get_inputs()[0]
        output = [o for o in session.get_outputs() if not o.type.startswith(("tensor(int64", "tensor(string"))][-1]
        if len(first.shape) == 4:
            feeds = feeds_of(SCALED, first.name)
            cases.check(name, "image", IMAGES, feeds, output.name, file=file, tolerance=1e-4)
        elif first.type == "tensor(string)":
            samples = ["good film", "Bad plot and bad actors", "the movie"]
            feeds = [{first.name: np.array([s]).reshape([1] * len(first.shape))} for s in samples]
            cases.check(name, "text", samples, feeds, output.name, file=file, reference=with_locale(cases, file))
        elif len(first.shape) == 2 and first.type == "tensor(float)":
            samples = random.normal(0, 2, (7, first.shape[1])).astype(np.float32)
            cases.check(name, "vector", samples, feeds_of([s[None] for s in samples], first.name), output.name, file=file)
        elif first.type == "tensor(int64)":
            vocabulary = cases.folder / "given.txt"
            vocabulary.write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\ncat\ndog\n")
            samples, feeds = ["cat dog", "dog", "a cat"], []
            for ids in ([2, 4, 5, 3], [2, 5, 3], [2, 1, 4, 3]):
                feeds.append({i.name: np.array([ids]) if i.name == "input_ids" else
                              np.full((1, len(ids)), int("mask" in i.name)) for i in session.get_inputs()})
            cases.check(name, "text", samples, feeds, output.name, softmax, (f"tokenizer={vocabulary}",), file=file)


def main():
    given = argparse.ArgumentParser()
    given.add_argument("--program", required=True)
    given.add_argument("--work", required=True)
    given = given.parse_args()
    folder = pathlib.Path(given.work)
    folder.mkdir(parents=True, exist_ok=True)
    cases = Cases(folder, given.program)
    own_graphs(cases)
    scikit_learn(cases)
    boosted_trees(cases)
    pytorch(cases)
    graphs = os.environ.get("MLL_ONNX_GRAPHS", os.environ.get("MLL_ONNX_GRAPHS_DEFAULT", ""))
    if os.path.isdir(graphs):
        given_graphs(cases, graphs)
    for reason in cases.left_out:
        print("left out:", reason)
    for reason in cases.failed:
        print("FAILED", reason)
    print(f"{cases.good} graphs as ONNX Runtime {onnxruntime.__version__} in Python, {len(cases.failed)} others, "
          f"{len(cases.left_out)} left out")
    sys.exit(1 if cases.failed else 0)


main()
