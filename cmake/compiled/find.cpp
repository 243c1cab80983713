#include "mll/find/detail/concept_evidence.ipp"
