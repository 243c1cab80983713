# SPDX-FileCopyrightText: the mll authors
# SPDX-License-Identifier: BSL-1.0
#
# Untested: no test of mll runs Spack. From the root of a clone:
#   spack repo create build/spack_repo mll_local; cp -R cmake/packaging/spack/mll build/spack_repo/packages/
#   spack repo add build/spack_repo; spack install mll@main
import os

from spack.package import *


class Mll(CMakePackage):
    """Model Label Learning in C++20, header-only: zero-shot classifiers from a hub of experts."""

    homepage = "https://arxiv.org/abs/2408.11449"
    git = os.environ.get("MLL_REPOSITORY", "file://" + os.getcwd())

    license("BSL-1.0")

    version("main", branch="main")

    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("eigen@3.4:")
    depends_on("boost@1.74:+graph")
    depends_on("xtensor@0.24:")
    depends_on("cccl@2:")

    def cmake_args(self):
        return [self.define("MLL_DEVELOPMENT", False), self.define("MLL_COMPILED", False)]
