#include "mll/reuse/detail/prediction.ipp"
