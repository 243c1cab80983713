#include "mll/core/detail/error.ipp"
#include "mll/core/detail/visible_text.ipp"
#include "mll/core/text/detail/fold_case.ipp"
