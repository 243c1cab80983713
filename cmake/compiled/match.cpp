// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/match/detail/match.ipp"
#include "mll/match/task/detail/read_captions.ipp"
#include "mll/match/task/detail/split_class_names.ipp"
#include "mll/match/task/detail/task.ipp"
#include "mll/match/task/detail/task_match.ipp"
#include "mll/report/detail/explain.ipp"
#include "mll/report/detail/graphviz.ipp"
