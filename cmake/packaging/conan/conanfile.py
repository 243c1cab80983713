# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
"""Conan 2 recipe of mll: `conan create cmake/packaging/conan` from the root of the repository."""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load

required_conan_version = ">=2.0"


class MllConan(ConanFile):
    name = "mll"
    description = "Model Label Learning: zero-shot classifiers from a hub of experts"
    license = "BSL-1.0"
    homepage = "https://arxiv.org/abs/2408.11449"
    topics = ("machine-learning", "zero-shot", "ensemble", "onnx", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    no_copy_source = True

    def set_version(self):
        project = load(self, os.path.join(self.recipe_folder, "..", "..", "..", "CMakeLists.txt"))
        self.version = re.search(r"project\(mll VERSION ([0-9.]+)", project).group(1)

    def export_sources(self):
        root = os.path.join(self.recipe_folder, "..", "..", "..")
        for pattern in ("CMakeLists.txt", "LICENSE", "include/*", "cmake/*.cmake", "cmake/*.in"):
            copy(self, pattern, root, self.export_sources_folder)

    def layout(self):
        cmake_layout(self)

    def requirements(self):
        self.requires("eigen/[>=3.4 <6]", transitive_headers=True)
        self.requires("boost/[>=1.74]", transitive_headers=True, options={"header_only": True})
        self.requires("xtensor/[>=0.24]", transitive_headers=True)
        self.requires("thrust/[>=1.17]", transitive_headers=True)

    def validate(self):
        if self.settings.get_safe("compiler.cppstd"):
            check_min_cppstd(self, 20)

    def package_id(self):
        self.info.clear()

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["MLL_DEVELOPMENT"] = False
        toolchain.cache_variables["MLL_COMPILED"] = False
        toolchain.generate()

    def build(self):
        CMake(self).configure()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))

    def package_info(self):
        # mll's own CMake files define its targets and components, and find what these need.
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = [os.path.join("share", "cmake", "mll")]
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
