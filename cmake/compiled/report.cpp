// SPDX-FileCopyrightText: the mll authors
// SPDX-License-Identifier: BSL-1.0

#include "mll/report/detail/html_batch_report.ipp"
#include "mll/report/detail/html_hub_report.ipp"
#include "mll/report/detail/html_page.ipp"
#include "mll/report/detail/html_ring.ipp"
#include "mll/report/detail/html_selection_report.ipp"
#include "mll/report/detail/png_data_uri.ipp"
