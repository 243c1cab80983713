#include "mll/reuse/detail/prediction.ipp"
#include "mll/reuse/zero_shot_classifier.hpp"

template class mll::zero_shot_classifier<std::string>;
