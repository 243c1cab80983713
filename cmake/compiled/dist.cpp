#include "mll/dist/detail/select.ipp"
