#include "mll/report/detail/html_hub_report.ipp"
#include "mll/report/detail/html_page.ipp"
#include "mll/report/detail/html_selection_report.ipp"
#include "mll/report/detail/png_data_uri.ipp"
